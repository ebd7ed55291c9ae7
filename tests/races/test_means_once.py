"""Of two who do the same with a means at one moment one does; a company keeps an administrator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from assurance import means
from assurance.means import IssuedMeans, MeansLink
from assurance.means_letters import MeansLetter
from assurance.means_requests import MeansOutcome, MeansRequest, RequestKind
from directory.organisations import Organisation
from directory.people import Membership, Person, Role
from providers.accounts import Account
from state.db import new_id, writing
from tests.clocks import START
from tests.keys_for_tests import make_sealer
from tests.races import means_acts as acts
from tests.races.acts import YEAR
from tests.races.racers import ROUNDS, Racers

Prepare = Callable[[Session], None]
EVERY_ROUND = range(ROUNDS)


def colleagues(session: Session) -> None:
    for number in EVERY_ROUND:
        session.add(Person(id=f"p{number}", display_name=f"P{number}", created_at=START))
        session.flush()
        session.add(
            Membership(
                person_id=f"p{number}", organisation_id="bakery", role=Role.MEMBER, since=START
            )
        )


def asked(session: Session, **facts: Any) -> None:
    """By Roos, who administers."""
    colleagues(session)
    session.flush()
    session.execute(
        update(Membership).where(Membership.person_id == "roos").values(role=Role.ADMINISTRATOR)
    )
    for number in EVERY_ROUND:
        session.add(
            IssuedMeans(id=f"m{number}", person_id=f"p{number}", level=acts.EH2, asked_at=START)
        )
        session.flush()
        session.add(
            MeansRequest(
                id=f"r{number}",
                means_id=f"m{number}",
                kind=RequestKind.NEW,
                organisation_id="bakery",
                asked_by="roos",
                asked_at=START,
                reference="ABCD2345",
                level=acts.EH2,
                role=Role.MEMBER,
                organisations=["bakery"],
                contact=b"",
                **facts,
            )
        )


def approved(session: Session) -> None:
    asked(session, outcome=MeansOutcome.APPROVED, decided_at=START)
    session.flush()
    session.add_all(
        MeansLetter(
            id=f"l{number}",
            means_id=f"m{number}",
            code_hash=make_sealer().fingerprint("test", str(number)),
            mail_hash="x",
            sent_at=START,
            until=START + YEAR,
            tries=0,
            mails=1,
        )
        for number in EVERY_ROUND
    )


def almost_over(session: Session) -> None:
    """The letters of people whose address is known."""
    approved(session)
    session.flush()
    people = update(Person).where(Person.id.like("p%"))
    session.execute(people.values(email="noa@voorbeeld.example"))


def two_administrators(session: Session) -> None:
    """Of a company for each round, each with a means."""
    for number in EVERY_ROUND:
        place = f"o{number}"
        session.add(Organisation(id=place, kvk=f"8{number:07}", name=place))
        for name in ("jan", "eva"):
            person = f"{name}{number}"
            session.add(Person(id=person, display_name=person, created_at=START))
            session.flush()
            values = {"asked_at": START, "approved_at": START, "activated_at": START}
            session.add(
                IssuedMeans(id=f"m-{name}-{number}", person_id=person, level=acts.EH2, **values)
            )
            session.add(
                Account(person_id=person, user_name=person, level=acts.EH2, created_at=START)
            )
            session.add(
                Membership(
                    person_id=person,
                    organisation_id=place,
                    role=Role.ADMINISTRATOR,
                    since=START,
                )
            )
            session.flush()
            session.add(
                MeansLink(
                    id=new_id(),
                    means_id=f"m-{name}-{number}",
                    organisation_id=place,
                    role=Role.ADMINISTRATOR,
                    gives_place=True,
                    since=START,
                )
            )


def offices(session: Session) -> None:
    """One for each round, with two administrators and a colleague of each."""
    for number in EVERY_ROUND:
        place = f"o{number}"
        session.add(Organisation(id=place, kvk=f"80{number:06}", name=place))
        for who in ("jan", "eva"):
            colleague = f"{who}-p{number}"
            session.add(Person(id=colleague, display_name=colleague, created_at=START))
            session.flush()
            session.add_all(
                Membership(person_id=one, organisation_id=place, role=role, since=START)
                for one, role in ((who, Role.ADMINISTRATOR), (colleague, Role.MEMBER))
            )


ONE_WINS: dict[str, tuple[Prepare, Any]] = {
    "two who ask for the same colleague": (colleagues, acts.ask),
    "two who ask a restricted one": (offices, acts.ask_restricted),
    "two approvals": (asked, acts.approve),
    "one letter used twice": (approved, acts.activate),
    "two workers who remind of one letter": (almost_over, acts.remind),
    "two administrators who end each other": (two_administrators, acts.end_the_other),
}


@pytest.mark.parametrize("name", ONE_WINS)
def test_M_04_of_two_at_once_one_does(session: Session, url: str, two: Racers, name: str) -> None:
    prepare, act = ONE_WINS[name]
    with writing(session):
        prepare(session)
    found = two.race(url, act)
    assert [sorted(map(str, pair)) for pair in found] == [["False", "True"]] * ROUNDS, found
    session.rollback()
    if name.startswith("two approvals"):
        assert session.scalar(select(func.count()).select_from(MeansLetter)) == ROUNDS
    if name.startswith("two administrators"):
        query = select(func.count()).select_from(Membership).where(Membership.until.is_(None))
        here = query.where(Membership.organisation_id.like("o%"))
        assert session.scalar(here) == ROUNDS, "each company keeps one"


def mergers(session: Session, at: str) -> None:
    """Two companies for each round, and a restricted means at one of them, ``at`` o or q."""
    offices(session)
    for number in EVERY_ROUND:
        other = f"q{number}"
        session.add(Organisation(id=other, kvk=f"81{number:06}", name=other))
        session.flush()
        session.add_all(
            Membership(person_id=one, organisation_id=other, role=role, since=START)
            for one, role in (("jan", Role.ADMINISTRATOR), (f"jan-p{number}", Role.MEMBER))
        )
        person = f"eva-p{number}"
        session.add(
            IssuedMeans(
                id=f"kept-{number}",
                person_id=person,
                level=acts.EH2,
                provider_oin=acts.TOWN,
                asked_at=START - YEAR,
                approved_at=START - YEAR,
                activated_at=START - YEAR,
            )
        )
        session.flush()
        session.add(
            MeansLink(
                id=new_id(),
                means_id=f"kept-{number}",
                organisation_id=f"{at}{number}",
                role=Role.MEMBER,
                gives_place=False,
                since=START - YEAR,
            )
        )


@pytest.mark.parametrize(
    ("at", "ask"), [("q", acts.ask_where_all_goes), ("o", acts.ask_where_all_leaves)], ids="qo"
)
def test_a_merger_and_who_asks_a_restricted_means_leave_one(
    session: Session, url: str, two: Racers, at: str, ask: Any
) -> None:
    """Asked a moment before, it ends with the merger; a moment after, it is refused."""
    with writing(session):
        mergers(session, at)
    found = two.race(url, ask, acts.merge)
    assert set(found) <= {(True, 1), (False, 0)}, found
    session.rollback()
    for number in EVERY_ROUND:
        kept = means.restricted_at(session, f"o{number}", START)
        assert [one.id for one in kept] == [f"kept-{number}"], found
        assert means.restricted_at(session, f"q{number}", START) == []
