"""Chain mandates of documents beside what an administrator of the client decided."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.registrations.pruning import Prune
from broker.settings import Settings
from consent.chains import ChainMandate
from consent.mandates import LAPSED
from state.db import writing
from tests.admin.registrations.documents import (
    BAKERY,
    GARDEN,
    PERSON,
    SERVICE,
    UUID,
    applied,
    chain,
    outcomes,
)
from tests.clocks import START

LATER = date(2031, 12, 31)
SOONER = date(2027, 6, 30)


@pytest.fixture(autouse=True)
def known(session: Session, settings: Settings, tmp_path: Path) -> None:
    applied(session, settings, tmp_path, SERVICE, BAKERY, GARDEN, PERSON)


def _chain_on_a_screen(session: Session) -> None:
    with writing(session):
        row = session.scalars(select(ChainMandate)).one()
        session.add(row.again(datetime(2029, 1, 1, tzinfo=UTC), by="sanne", now=START))


def test_a_chain_mandate_of_an_administrator_stays_and_is_listed(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    applied(session, settings, tmp_path, chain())
    _chain_on_a_screen(session)
    prune = Prune(also_used=True)
    (outcome,) = outcomes(session, settings, tmp_path, chain(until=SOONER), also_taking=True)
    line = f"chain mandate at {UUID}, given at /beheer, until 2029-01-01"
    assert outcome.stays == (line,)
    outcomes(session, settings, tmp_path, PERSON, prune=prune)
    session.rollback()
    ends = {row.granted_by: row.revoked_at for row in session.scalars(select(ChainMandate))}
    assert ends["sanne"] is None


@pytest.mark.parametrize(
    ("by", "how"), [("sanne", "taken back at /beheer"), (LAPSED, "lapsed unused")]
)
def test_what_an_administrator_took_back_no_document_chains_again(
    session: Session, settings: Settings, tmp_path: Path, by: str, how: str
) -> None:
    applied(session, settings, tmp_path, chain())
    with writing(session):
        row = session.scalars(select(ChainMandate)).one()
        row.revoked_at, row.revoked_by = START, by
    (outcome,) = outcomes(session, settings, tmp_path, chain())
    assert outcome.stays == (f"{how} on 2026-11-02: give it anew at /beheer",)
    session.rollback()
    assert session.scalars(select(ChainMandate)).one().revoked_at == START
