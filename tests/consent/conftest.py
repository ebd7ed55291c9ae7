"""A small register: Jan, his bakery, an accountant and a garden firm."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy.orm import Session

from assurance.levels import AssuranceLevel
from consent.chains import ChainMandate
from consent.mandates import Mandate
from consent.options import Terms
from directory.organisations import Organisation
from directory.people import Person
from tests.clocks import START
from tests.databases import make_database

Row = TypeVar("Row", Mandate, ChainMandate)
L = AssuranceLevel
SERVICE = "7f1e6c1a-90b4-4d0e-9b52-3c1f0a77d2e4"
OTHER_SERVICE = "867e12fc-c1de-4b3d-99dd-0c55a35b3a2e"
BAKERY, OFFICE, GARDEN = "90001201", "90001542", "90001639"
YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Rules:
    """What the check reads of a service."""

    uuid: str = SERVICE
    chain_mandates: bool = True
    chain_level: AssuranceLevel = L.EH3
    branch_restrictions: bool = True


def terms(
    rules: Rules | None = None,
    *,
    reached: AssuranceLevel = L.EH3,
    needed: AssuranceLevel = L.EH3,
    now: datetime = START,
) -> Terms:
    return Terms(
        service=rules or Rules(), reached=reached, needed=needed, now=now, unused_months=24
    )


@dataclass
class Register:
    """People and organisations by name; mandates as they are asked for."""

    session: Session
    organisations: dict[str, str] = field(default_factory=dict)

    def mandate(
        self,
        kvk: str = BAKERY,
        *,
        service: str | None = SERVICE,
        level: AssuranceLevel = L.EH3,
        branches: tuple[str, ...] = (),
        since: timedelta = -YEAR,
        until: timedelta = YEAR,
        revoked: bool = False,
    ) -> Mandate:
        row = Mandate(
            person_id="jan",
            organisation_id=self.organisations[kvk],
            service_uuid=service,
            level=level,
            branches=list(branches),
            valid_from=START + since,
            valid_until=START + until,
            revoked_at=START if revoked else None,
        )
        return self._kept(row)

    def chain(
        self,
        kvk: str = GARDEN,
        intermediary: str = OFFICE,
        *,
        level: AssuranceLevel = L.EH3,
        until: timedelta = YEAR,
    ) -> ChainMandate:
        row = ChainMandate(
            organisation_id=self.organisations[kvk],
            intermediary_id=self.organisations[intermediary],
            service_uuid=SERVICE,
            level=level,
            valid_from=START - YEAR,
            valid_until=START + until,
        )
        return self._kept(row)

    def _kept(self, row: Row) -> Row:
        self.session.add(row)
        self.session.flush()
        return row


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    engine = make_database(tmp_path)
    with Session(engine, expire_on_commit=False) as session:
        session.add(Person(id="jan", display_name="Jan de Vries", created_at=START))
        made = Register(session)
        for kvk, name in ((BAKERY, "De Korenmolen"), (OFFICE, "Kantoor"), (GARDEN, "Groenrijk")):
            organisation = Organisation(kvk=kvk, name=name)
            session.add(organisation)
            session.flush()
            made.organisations[kvk] = organisation.id
        session.commit()
        yield made
