"""Rows go in small portions, and only those that meet every condition."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from state import purging
from state.purging import delete_some
from state.registrations import Kind, Registration
from tests.clocks import START


def left(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Registration)) or 0


@pytest.fixture
def seven(session: Session) -> Session:
    """Seven rows, a minute apart; the key of a table here is its name."""
    for number in range(7):
        row = Registration(kind=Kind.SERVICE, name=f"s{number}", document={})
        row.changed_at = START + timedelta(minutes=number)
        session.add(row)
    session.flush()
    return session


def test_a_portion_goes_at_a_time_until_fewer_are_left(
    seven: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purging, "PORTION", 3)
    assert [delete_some(seven, Registration.name) for _ in range(4)] == [3, 3, 1, 0]


def test_only_what_meets_every_condition_goes(seven: Session) -> None:
    over = Registration.changed_at < START + timedelta(minutes=5)
    assert delete_some(seven, Registration.name, over, Registration.name > "s1") == 3
    names = seven.scalars(select(Registration.name).order_by(Registration.name)).all()
    assert names == ["s0", "s1", "s5", "s6"]


def test_it_goes_with_the_transaction_of_the_caller(seven: Session) -> None:
    seven.commit()
    assert delete_some(seven, Registration.name) == 7
    seven.rollback()
    assert left(seven) == 7
