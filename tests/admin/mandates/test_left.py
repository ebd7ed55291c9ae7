"""What somebody who left still has on paper is no company, is not to be extended, and does not
stand in the way of giving it anew.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from admin.mandates import companies, end_date, giving, to_do
from admin.mandates.given import NoSuchMandate
from consent import mandates, places
from consent.changes import TermChange
from consent.mandates import Mandate
from directory import dates
from directory.people import Membership
from state.db import writing
from tests.admin.mandates.conftest import UUID, YEAR, Made
from tests.clocks import START
from tests.giving import around, chosen, known, service

DAY = timedelta(days=1)
TODAY = dates.day_of(START)
HERE = around({UUID: service(UUID)})
END = START + 30 * DAY


def leave(session: Session, until: timedelta | None) -> None:
    """Roos works there until this moment, from now on counted; None: never did."""
    with writing(session):
        place = session.get_one(Membership, "roos")
        if until is None:
            session.delete(place)
        else:
            place.until = START + until


@pytest.fixture
def given(session: Session, bakery: str, mandate_of_roos: Made) -> Mandate:
    """A month ago, by a document, and ending soon."""
    made: Mandate = mandate_of_roos(granted_by=None, valid_until=dates.end_of(dates.day_of(END)))
    with writing(session):
        session.add(known("roos"))
        made.valid_from = START - 30 * DAY
    return made


@pytest.mark.parametrize(
    ("until", "confirmed", "counts"),
    [
        (-DAY, None, False),
        (timedelta(0), None, False),
        (-DAY, -2 * DAY, False),
        (-DAY, -DAY / 2, True),  # given since
        (None, None, True),  # a mandate alone
    ],
)
def test_M_07_a_company_is_one_where_a_mandate_counts(
    session: Session,
    given: Mandate,
    until: timedelta | None,
    confirmed: timedelta | None,
    counts: bool,
) -> None:
    leave(session, until)
    with writing(session):
        given.confirmed_at = None if confirmed is None else START + confirmed
    found = [one.id for one in companies.of_person(session, "roos", START)]
    assert found == (["bakery"] if counts else [])
    left = places.left_behind(session, [given], START)
    assert left == (frozenset() if counts else {"given"})
    assert [one.id for one in to_do.ending(session, "bakery", START)] == (
        ["given"] if counts else []
    )


def test_what_counts_is_shown_before_what_was_left_behind(
    session: Session, given: Mandate, mandate_of_roos: Made
) -> None:
    """Though it ends sooner."""
    leave(session, -DAY)
    mandate_of_roos("since", valid_until=START + 20 * DAY, confirmed_at=START)
    rows = [given, session.get_one(Mandate, "since")]
    left = places.left_behind(session, rows, START)
    assert [row.id for row in mandates.shown(rows, START, left)] == ["since"]
    assert [row.id for row in mandates.shown(rows, START)] == ["given"]


@pytest.mark.parametrize("days", [300, 10])
def test_M_07_another_end_date_makes_nothing_count_again(
    session: Session, given: Mandate, days: int
) -> None:
    leave(session, -DAY)
    with pytest.raises(NoSuchMandate), writing(session):
        end_date.change(session, HERE, given, TODAY + days * DAY)
    assert companies.of_person(session, "roos", START) == []


@pytest.mark.parametrize("days", [300, 30, 10])
def test_giving_it_anew_is_giving_it(session: Session, given: Mandate, days: int) -> None:
    """To the same day too: what stands on paper is nothing."""
    leave(session, -DAY)
    wish = replace(chosen("roos", UUID, TODAY), until=TODAY + days * DAY)
    plan = giving.plan(session, HERE, wish)
    (planned,) = plan.changes
    assert (planned.change, planned.current) == (TermChange.NEW, None)
    with writing(session):
        giving.give(session, HERE, wish, shown=plan.digest)
    (counts,) = to_do.counting(session, "bakery", START)
    assert counts.id != "given" and dates.day_of(counts.valid_until) == wish.until
    session.refresh(given)
    assert given.revoked_at is None and given.confirmed_at is None
    assert [one.id for one in companies.of_person(session, "roos", START)] == ["bakery"]


def test_who_is_there_has_what_was_given(session: Session, given: Mandate) -> None:
    leave(session, YEAR)
    assert [one.id for one in to_do.counting(session, "bakery", START)] == ["given"]
    (planned,) = giving.plan(session, HERE, chosen("roos", UUID, TODAY + 300 * DAY)).changes
    assert planned.change is TermChange.EXTENDED
