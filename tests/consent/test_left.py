"""Who left an organisation acts for it no more by a mandate of before, at the next use."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from consent import places
from consent.authority import AuthorityRefusal, RefusalReason
from consent.options import options
from consent.recheck import recheck
from directory.people import Membership, Role
from state import audit
from state.audit import EventTag
from tests.clocks import START
from tests.consent.conftest import BAKERY, GARDEN, YEAR, Register, terms

DAY = timedelta(days=1)


def leave(register: Register, until: timedelta | None, kvk: str = BAKERY) -> None:
    register.session.add(
        Membership(
            person_id="jan",
            organisation_id=register.organisations[kvk],
            role=Role.MEMBER,
            since=START - YEAR,
            until=None if until is None else START + until,
        )
    )
    register.session.flush()


@pytest.mark.parametrize(
    ("until", "confirmed", "holds"),
    [
        (None, None, True),  # is there
        (DAY, None, True),  # will leave
        (timedelta(0), None, False),  # left at this moment
        (-DAY, None, False),
        (-DAY, -30 * DAY, False),  # extended before
        (-DAY, -DAY, False),  # at the very moment
        (-DAY, -DAY / 2, True),  # given since, by who administers
    ],
)
def test_M_07_a_mandate_of_before_ends_with_the_place(
    register: Register, until: timedelta | None, confirmed: timedelta | None, holds: bool
) -> None:
    row = register.mandate()
    register.session.flush()
    (before,) = options(register.session, "jan", terms()).usable
    assert recheck(register.session, "jan", before.authority, terms()) is None
    if confirmed is not None:
        row.confirmed_at = START + confirmed
    leave(register, until)
    found = options(register.session, "jan", terms())
    assert [one.key for one in found.usable] == ([before.key] if holds else [])
    left = places.left_behind(register.session, [row], START)
    assert left == (frozenset() if holds else {row.id}), "lists say what a login says"
    refusal = recheck(register.session, "jan", before.authority, terms())
    if holds:
        assert (refusal, found.refused) == (None, ())
    else:
        told = AuthorityRefusal(RefusalReason.LEFT, before.authority)
        assert refusal == told and found.refused == (told,)


def test_who_never_had_a_place_or_left_another_organisation_acts(register: Register) -> None:
    register.mandate()
    leave(register, -DAY, GARDEN)
    (option,) = options(register.session, "jan", terms()).usable
    assert recheck(register.session, "jan", option.authority, terms()) is None


@pytest.mark.parametrize(
    ("given", "left", "stays"),
    [
        (-30 * DAY, -DAY, False),
        (-DAY / 2, -DAY, True),  # given since
        (-30 * DAY, DAY, True),  # the place is not over
        (-30 * DAY, None, True),
    ],
)
def test_M_07_who_comes_back_begins_without_what_was_given_before(
    register: Register, given: timedelta, left: timedelta | None, stays: bool
) -> None:
    row = register.mandate(since=given)
    other = register.mandate(GARDEN, since=given)
    leave(register, left)
    (place,) = register.session.scalars(select(Membership))
    back = places.begin_anew(register.session, place, START)
    place.until = None
    assert back == ([] if stays else [row])
    usable = {one.authority.mandate_id for one in options(register.session, "jan", terms()).usable}
    assert usable == ({row.id, other.id} if stays else {other.id})
    events = audit.recent(register.session, tags=[EventTag.MANDATE_REVOKED])
    assert [one.details["mandate"] for one in events] == ([] if stays else [row.id])
