"""The role of an administrator ends after five years; in Python and in the database alike."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.mandates import administrators, companies
from consent import requests
from directory import administrator_role
from directory.administrator_role import administers
from directory.organisations import Organisation
from directory.people import Membership, Person, Role
from tests.clocks import START
from tests.databases import make_database

DAY = timedelta(days=1)


def place(since: datetime, role_since: datetime | None = None) -> Membership:
    return Membership(
        id="place",
        person_id="jan",
        organisation_id="bakery",
        role=Role.ADMINISTRATOR,
        since=since,
        role_since=role_since,
    )


@pytest.mark.parametrize(
    ("since", "extended", "last"),
    [
        (datetime(2022, 3, 1, 9, tzinfo=UTC), None, date(2027, 3, 1)),
        (datetime(2022, 3, 1, 23, 30, tzinfo=UTC), None, date(2027, 3, 2)),
        (datetime(2024, 2, 29, 9, tzinfo=UTC), None, date(2029, 2, 28)),
        (datetime(2019, 3, 1, tzinfo=UTC), datetime(2026, 5, 5, tzinfo=UTC), date(2031, 5, 5)),
    ],
)
def test_five_years_after_it_was_given(
    since: datetime, extended: datetime | None, last: date
) -> None:
    row = place(since, extended)
    of_day = datetime(last.year, last.month, last.day, 12, tzinfo=UTC)
    assert administrator_role.last_day(row) == last
    assert administrator_role.role_of(row, of_day) is Role.ADMINISTRATOR
    assert administrator_role.role_of(row, of_day + DAY) is Role.MEMBER


@pytest.mark.parametrize(("days", "counts"), [(0, True), (-1, True), (1, False), (365, False)])
def test_M_06_a_role_that_ended_opens_nothing_though_no_row_changed(
    tmp_path: Path, days: int, counts: bool
) -> None:
    now = datetime(2027, 3, 1, 12, tzinfo=UTC) + days * DAY
    with Session(make_database(tmp_path), expire_on_commit=False) as session:
        session.add(Organisation(id="bakery", kvk="90001201", name="De Korenmolen"))
        session.add(Person(id="jan", display_name="Jan", created_at=START))
        session.flush()
        row = place(datetime(2022, 3, 1, 9, tzinfo=UTC))
        session.add(row)
        session.flush()
        found = session.scalars(select(Membership.id).where(administers(now))).all()
        assert bool(found) is counts
        assert bool(administrators.organisations_of(session, "jan", now)) is counts
        assert bool(requests.administrators_of(session, "bakery", now)) is counts
        (company,) = companies.of_person(session, "jan", now)
        assert company.is_administered is counts
        assert (administrator_role.role_of(row, now) is Role.ADMINISTRATOR) is counts
