"""What an administrator sees to do about means, and how long."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from admin.means import asking, decisions, letters, to_do
from admin.means.to_do import MeansTask
from assurance.factors import FactorKind
from assurance.levels import AssuranceLevel
from assurance.means import IssuedMeans
from assurance.means_requests import (
    Contact,
    MeansOutcome,
    MeansRequest,
    RequestKind,
    seal_contact,
)
from directory.people import Person, Role
from state.db import writing
from tests.admin.means.conftest import DAY, Held, Made, around, desk, wish
from tests.clocks import START
from tests.keys_for_tests import make_sealer


def tasks(session: Session, day: int, at: str = "bakery") -> list[tuple[str, str, str]]:
    found = to_do.at(session, at, START + day * DAY)
    return [(str(one.task), one.name, one.reason) for one in found]


@pytest.fixture
def sent(session: Session, asked: Made) -> MeansRequest:
    request = asked()
    with writing(session):
        decisions.approve(session, desk(), request.id)
    return request


@pytest.mark.parametrize(
    ("day", "shown"),
    [(1, None), (19, None), (20, "lapses"), (29, "lapses"), (30, "lapsed"), (400, "lapsed")],
)
def test_an_activation_that_lapses_or_lapsed(
    session: Session, sent: MeansRequest, day: int, shown: str | None
) -> None:
    assert tasks(session, day) == ([(shown, "Noa Smit", "")] if shown else [])
    assert tasks(session, day, "garden") == [], "of another organisation"


def test_a_new_letter_takes_it_away(session: Session, sent: MeansRequest) -> None:
    later: datetime = START + 31 * DAY
    with writing(session):
        letters.send_again(session, around(now=later), sent.means_id)
    assert tasks(session, 31) == []
    assert tasks(session, 51) == [("lapses", "Noa Smit", "")]


def test_a_refusal_is_there_for_thirty_days_with_its_reason(session: Session, asked: Made) -> None:
    request = asked()
    with writing(session):
        decisions.refuse(session, desk(), request.id, "Het adres klopt niet.")
    assert (
        tasks(session, 0)
        == tasks(session, 29)
        == [("refused", "Noa Smit", "Het adres klopt niet.")]
    )
    assert tasks(session, 30) == []


def test_what_was_asked_anew_is_not_refused_any_more(session: Session, asked: Made) -> None:
    request = asked()
    with writing(session):
        decisions.refuse(session, desk(), request.id, "Het adres klopt niet.")
    who = session.get_one(IssuedMeans, request.means_id).person_id
    with writing(session):
        asking.ask(session, around(now=START + DAY), wish(colleague=who))
    assert tasks(session, 1) == []


def test_what_is_active_ended_or_blocked_asks_nothing(
    session: Session, sent: MeansRequest, held: Held
) -> None:
    held()
    assert [name for _, name, _ in tasks(session, 31)] == ["Noa Smit"]
    with writing(session):
        made = session.get_one(IssuedMeans, sent.means_id)
        session.get_one(Person, made.person_id).blocked_at = START
    assert tasks(session, 31) == []
    with writing(session):
        session.get_one(Person, made.person_id).blocked_at = None
        made.ends_at = START + DAY
    assert tasks(session, 31) == []


def test_a_change_that_nobody_confirmed_needs_a_new_letter_too(
    session: Session, held: Held
) -> None:
    means_id = held()
    with writing(session):
        request = MeansRequest(
            id="change",
            means_id=means_id,
            kind=RequestKind.CHANGE,
            organisation_id="bakery",
            asked_by="jan",
            asked_at=START,
            reference="ABCD2345",
            level=AssuranceLevel.EH3,
            role=Role.MEMBER,
            factor=FactorKind.TOTP,
            organisations=["bakery"],
            contact=seal_contact(make_sealer(), "change", Contact(("Straat 1", "Plaats"))),
            outcome=MeansOutcome.APPROVED,
            decided_at=START,
        )
        session.add(request)
        session.flush()
        letters.send(session, desk(), request)
    assert [task for task, _, _ in tasks(session, 1)] == []
    assert [task for task, _, _ in tasks(session, 31)] == ["lapsed"]
    later = START + 31 * DAY
    with writing(session):
        letters.send_again(session, around(now=later), means_id)
    assert tasks(session, 31) == []


def test_what_can_be_mended_stands_first() -> None:
    assert list(MeansTask) == [MeansTask.LAPSED, MeansTask.LAPSES, MeansTask.REFUSED]
