"""Who administers an organisation, today."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from admin.mandates.administrators import NotAdministrator, demand, organisations_of
from directory.organisations import Organisation
from directory.people import Membership, Person, Role
from state.db import writing
from tests.clocks import START

SECOND = timedelta(seconds=1)


def theirs(session: Session, person_id: str = "jan", now: datetime = START) -> list[str]:
    return [place.id for place in organisations_of(session, person_id, now)]


@pytest.mark.parametrize(
    ("membership", "administers"),
    [
        ({}, True),
        ({"role": Role.MEMBER}, False),
        ({"since": START}, True),
        ({"since": START + SECOND}, False),
        ({"until": START}, False),
        ({"until": START + SECOND}, True),
    ],
)
def test_an_administrator_is_one_from_the_first_day_to_the_last(
    session: Session, bakery: str, membership: dict[str, Any], administers: bool
) -> None:
    with writing(session):
        row = session.get_one(Membership, "jan")
        for name, value in membership.items():
            setattr(row, name, value)
    assert theirs(session) == ([bakery] if administers else [])


def test_a_member_administers_nothing(session: Session, bakery: str) -> None:
    assert theirs(session, "roos") == [] and theirs(session, "nobody") == []


@pytest.mark.parametrize(
    ("model", "name", "column"),
    [(Person, "jan", "blocked_at"), (Organisation, "bakery", "suspended_at")],
)
def test_who_is_blocked_or_suspended_decides_nothing(
    session: Session, bakery: str, model: type, name: str, column: str
) -> None:
    with writing(session):
        setattr(session.get_one(model, name), column, START)
    assert theirs(session) == []


def test_nobody_acts_for_an_organisation_of_somebody_else(session: Session, bakery: str) -> None:
    assert demand(session, "jan", bakery, START).name == "De Korenmolen"
    for person_id, place in (("jan", "garden"), ("roos", bakery), ("jan", "unknown")):
        with pytest.raises(NotAdministrator):
            demand(session, person_id, place, START)
