"""The bakery with its administrators Jan and Eva, and what the clock does there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from admin.terms import digest, lapsing
from admin.terms.run import TermRun
from assurance.levels import AssuranceLevel
from consent.chains import ChainMandate
from consent.mandates import Mandate
from consent.requests import MandateRequest, RequestState
from directory.organisations import Organisation
from directory.people import Membership, Person, Role
from state.db import writing
from state.outbox import Message, OutboxRow
from tests.clocks import START
from tests.databases import make_database
from tests.deliveries import waiting_in
from tests.giving import service
from tests.keys_for_tests import make_sealer

UUID = "7f1e6c1a-90b4-4d0e-9b52-3c1f0a77d2e4"
DAY = timedelta(days=1)
LONG = timedelta(days=4 * 365)


@dataclass
class Bakery:
    session: Session
    now: datetime = START
    link_level: AssuranceLevel | None = None

    def run(self, unused_months: int = 24) -> TermRun:
        return TermRun(
            now=self.now,
            unused_months=unused_months,
            link_level=self.link_level,
            base_url="https://login.example",
            sealer=make_sealer(),
            services={UUID: service(UUID)},
            portals={},
            downstreams={},
        )

    def add(self, *rows: Any) -> None:
        with writing(self.session):
            self.session.add_all(rows)

    def mandate(
        self, name: str = "m", *, since: timedelta = -DAY, until: timedelta = LONG, **more: Any
    ) -> None:
        row = Mandate(
            id=name,
            person_id="roos",
            organisation_id="bakery",
            service_uuid=UUID,
            level=AssuranceLevel.EH3,
            valid_from=self.now + since,
            valid_until=self.now + until,
            **more,
        )
        self.add(row)

    def chain(
        self, name: str = "c", *, until: timedelta = LONG, by_link: bool = False, **more: Any
    ) -> None:
        """To an office, from yesterday on."""
        if self.session.get(Organisation, "office") is None:
            self.add(Organisation(id="office", kvk="90001542", name="Kantoor Yilmaz"))
        row = ChainMandate(
            id=name,
            organisation_id="bakery",
            intermediary_id="office",
            service_uuid=UUID,
            level=AssuranceLevel.EH3,
            valid_from=self.now - DAY,
            valid_until=self.now + until,
            by_link=by_link,
            **more,
        )
        self.add(row)

    def request(self, asked: timedelta) -> None:
        self.add(
            MandateRequest(
                id="r",
                person_id="roos",
                organisation_id="bakery",
                service_uuid=UUID,
                level=AssuranceLevel.EH3,
                reference="ABCD2345",
                state=RequestState.OPEN,
                asked_at=self.now + asked,
            )
        )

    def change(self, change: Callable[[Session], None]) -> None:
        with writing(self.session):
            change(self.session)

    def digests(self, days: float = 0) -> list[Message]:
        """What administrators get after so many more days."""
        self.now += days * DAY
        for person_id in digest.whom_to_ask(self.session, self.run()):
            digest.tell(self.run(), self.session, person_id)
        return self.mails()

    def clean(self, days: float = 0) -> list[Message]:
        """What leaves when the job cleans up after so many more days."""
        self.now += days * DAY
        for portion in (
            lapsing.end_mandates,
            lapsing.end_chains,
            lapsing.close_requests,
            lapsing.tell_unanswered,
        ):
            with writing(self.session):
                assert portion(self.run(), self.session) is None
        return self.mails()

    def mails(self) -> list[Message]:
        """The new ones, by who gets them; afterwards none waits."""
        self.session.rollback()
        found = waiting_in(self.session, make_sealer())
        with writing(self.session):
            self.session.execute(delete(OutboxRow))
        return sorted(found, key=lambda one: one.recipient)

    def number(self, model: type[Any]) -> int:
        return self.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def bakery(tmp_path: Path) -> Iterator[Bakery]:
    with Session(make_database(tmp_path), expire_on_commit=False) as session:
        made = Bakery(session)
        made.add(Organisation(id="bakery", kvk="90001201", name="De Korenmolen"))
        people = (("jan", "nl"), ("eva", "en"), ("roos", "nl"))
        made.add(
            *(
                Person(
                    id=name,
                    display_name=name.capitalize(),
                    email=f"{name}@x.example",
                    locale=locale,
                    created_at=START,
                )
                for name, locale in people
            )
        )
        made.add(
            *(
                Membership(
                    id=name,
                    person_id=name,
                    organisation_id="bakery",
                    role=Role.MEMBER if name == "roos" else Role.ADMINISTRATOR,
                    since=START - 30 * DAY,
                )
                for name, _ in people
            )
        )
        yield made
