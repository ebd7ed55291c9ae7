"""Chain mandates that stand: taken back at once, all of an intermediary in one stroke, and undone
for a moment.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.chains import given
from admin.chains.given import ChainRevocation
from admin.mandates.administrators import NotAdministrator
from admin.mandates.given import TooLateToUndo
from assurance.levels import AssuranceLevel
from broker.sso.logout import LogoutNotifier
from consent.chains import ChainMandate
from consent.mandates import Mandate
from directory.people import Membership, Role
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.admin.chains.conftest import OTHER, UUID, YEAR, Made, allowing
from tests.admin.mandates.test_ending import login
from tests.admin.mandates.test_ending import standing as grants
from tests.clocks import START
from tests.deliveries import waiting_in
from tests.keys_for_tests import make_sealer

WANTED = ChainRevocation(
    Actor.administrator("jan"),
    {UUID: allowing()},
    START,
    LogoutNotifier(make_sealer(), {}, {}, START),
)


def at(seconds: float, by: str = "jan") -> ChainRevocation:
    now = START + timedelta(seconds=seconds)
    return replace(WANTED, actor=Actor.administrator(by), now=now)


def standing(session: Session) -> set[str]:
    query = session.query(ChainMandate).populate_existing()
    return {row.id for row in query if row.revoked_at is None}


def test_one_service_or_all_of_an_intermediary(session: Session, chain: Made) -> None:
    first = chain()
    chain("beside", granted_by=None)  # a document gave the same: it does not survive either
    chain("other", service_uuid=OTHER)
    chain("elsewhere", intermediary_id="garden")
    with writing(session):
        assert given.revoke(session, first, WANTED) == 2
        assert given.revoke(session, first, WANTED) == 0
    assert standing(session) == {"other", "elsewhere"}
    with writing(session):
        assert given.revoke_all(session, "bakery", "office", at(60)) == 1
    assert standing(session) == {"elsewhere"}
    events = audit.recent(session, tags=[EventTag.CHAIN_MANDATE_REVOKED])
    assert {(one.person_id, one.details["intermediary"]) for one in events} == {("jan", "office")}
    mails = waiting_in(session, make_sealer())
    assert {mail.recipient for mail in mails} == {"roos@x.example"}
    assert any("Vergunningen" in mail.text for mail in mails)


def test_what_somebody_reached_through_it_ends(session: Session, chain: Made) -> None:
    first = chain()
    with writing(session):
        session.add(
            Mandate(
                person_id="roos",
                organisation_id="office",
                service_uuid=None,
                level=AssuranceLevel.EH3,
                valid_from=START - YEAR,
                valid_until=START + YEAR,
            )
        )
    login(session, "for the bakery", represented="90001201")
    login(session, "for the office", represented="90001542", at=START - timedelta(minutes=2))
    with writing(session):
        given.revoke(session, first, WANTED)
    assert grants(session) == ["for the office"]


@pytest.mark.parametrize(
    ("seconds", "by", "is_undone"),
    [(0, "jan", True), (30, "jan", True), (30.1, "jan", False), (1, "anna", False)],
)
def test_one_stroke_is_undone_as_one(
    session: Session, chain: Made, seconds: float, by: str, is_undone: bool
) -> None:
    chain("other", service_uuid=OTHER, revoked_at=START - YEAR / 2, revoked_by="jan")
    first = chain()
    chain("beside", granted_by=None)
    with writing(session):
        session.add(
            Membership(
                person_id="roos",
                organisation_id="bakery",
                role=Role.ADMINISTRATOR,
                since=START - YEAR,
            )
        )
        given.revoke_all(session, "bakery", "office", WANTED)
    if is_undone:
        with writing(session):
            assert given.restore(session, first, at(seconds, by)) == 2
        assert standing(session) == {"given", "beside"}
        return
    who = "roos" if by == "anna" else by
    with pytest.raises(TooLateToUndo), writing(session):
        given.restore(session, first, at(seconds, who))
    assert standing(session) == set()


@pytest.mark.parametrize("facts", [{"by": "roos"}], ids=["of another organisation"])
def test_M_01_nobody_elses_administrator_takes_it_back(
    session: Session, chain: Made, facts: dict[str, Any]
) -> None:
    first = chain()
    with pytest.raises(NotAdministrator), writing(session):
        given.revoke(session, first, at(0, **facts))
    assert standing(session) == {"given"}
