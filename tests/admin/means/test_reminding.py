"""Who does not activate is reminded twice, and each reminder comes once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from admin.means import decisions, ending, letters, reminding
from admin.means.ending import EndMoment, EndWish
from assurance import means_letters
from assurance.means import IssuedMeans
from assurance.means_letters import MeansLetter
from assurance.means_requests import MeansRequest
from directory.people import Person
from state.db import writing
from state.outbox import Message, OutboxRow
from tests.admin.means.conftest import DAY, Made, around, desk, site
from tests.clocks import START
from tests.deliveries import waiting_in
from tests.keys_for_tests import make_sealer

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("holds", "after", "due"),
    [
        (30, 19 * DAY + 23 * HOUR, 0),
        (30, 20 * DAY, 1),
        (30, 27 * DAY + 23 * HOUR, 1),
        (30, 28 * DAY, 2),
        (30, 30 * DAY - HOUR, 2),
        (30, 30 * DAY, 0),  # the time is over
        (30, 31 * DAY, 0),
        (10, HOUR, 0),  # not at once
        (10, 7 * DAY, 0),
        (10, 8 * DAY, 2),
        (2, HOUR, 0),
        (60, 49 * DAY, 0),
        (60, 50 * DAY, 1),
    ],
)
def test_when_a_reminder_is_due(holds: int, after: timedelta, due: int) -> None:
    assert means_letters.reminder(START, START + holds * DAY, START + after) == due


def remind(session: Session, now: datetime) -> list[Message]:
    """What leaves at this moment, when two workers look."""
    found = [one.id for one in means_letters.to_remind(session, now)]
    at = site()
    here = replace(at, notifier=replace(at.notifier, now=now))
    for _ in range(2):
        for letter_id in found:
            with writing(session):
                reminding.remind(session, here, letter_id)
    return taken(session)


def taken(session: Session) -> list[Message]:
    session.rollback()
    mails = waiting_in(session, make_sealer())
    with writing(session):
        session.execute(delete(OutboxRow))
    return mails


@pytest.fixture
def sent(session: Session, asked: Made) -> MeansRequest:
    """Approved at the start: letter and mail are on their way."""
    request = asked()
    with writing(session):
        decisions.approve(session, desk(), request.id)
    taken(session)
    return request


def test_who_does_not_activate_is_reminded_on_day_20_and_on_day_28(
    session: Session, sent: MeansRequest
) -> None:
    days = {day: remind(session, START + day * DAY) for day in range(1, 32)}
    assert [day for day, mails in days.items() if mails] == [20, 28]
    (mail,) = days[20]
    assert mail.recipient == "noa@voorbeeld.example" and "31 december 2026" not in mail.subject
    assert "https://login.example/activeren" in mail.text and "Bakery" in mail.text
    letter = session.scalars(select(MeansLetter)).one()
    assert letter.code_hash not in mail.text and letter.reminded == 2


def test_a_worker_that_stood_still_reminds_once(session: Session, sent: MeansRequest) -> None:
    assert len(remind(session, START + 29 * DAY)) == 1
    assert remind(session, START + 29 * DAY + HOUR) == []


def test_another_letter_has_reminders_of_its_own(session: Session, sent: MeansRequest) -> None:
    assert len(remind(session, START + 28 * DAY)) == 1
    later = START + 31 * DAY
    with writing(session):
        letters.send_again(session, around(now=later), sent.means_id)
    taken(session)
    assert remind(session, later + 19 * DAY) == []
    assert len(remind(session, later + 20 * DAY)) == 1


def _used(session: Session, request: MeansRequest) -> None:
    session.scalars(select(MeansLetter)).one().used_at = START


def _blocked(session: Session, request: MeansRequest) -> None:
    made = session.get_one(IssuedMeans, request.means_id)
    session.get_one(Person, made.person_id).blocked_at = START


def _withdrawn(session: Session, request: MeansRequest) -> None:
    wish = EndWish(request.means_id, ("bakery",), EndMoment.NOW)
    ending.end(session, around(), wish)


def _nameless(session: Session, request: MeansRequest) -> None:
    made = session.get_one(IssuedMeans, request.means_id)
    session.get_one(Person, made.person_id).email = None


@pytest.mark.parametrize("change", [_used, _blocked, _withdrawn, _nameless])
def test_who_has_nothing_to_activate_is_not_reminded(
    session: Session, sent: MeansRequest, change: Made
) -> None:
    with writing(session):
        change(session, sent)
    taken(session)
    assert remind(session, START + 20 * DAY) == []
