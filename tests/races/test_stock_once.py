"""A delivery of devices is taken into stock once, also by two at the same moment."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assurance.factors import StockedDevice
from tests.races import acts
from tests.races.racers import ROUNDS, Racers


def test_of_two_who_take_one_delivery_in_the_second_finds_it_known(
    session: Session, url: str, two: Racers
) -> None:
    found = two.race(url, acts.stock_devices)
    assert [sorted(map(str, pair)) for pair in found] == [["0", "3"]] * ROUNDS, found
    session.rollback()
    assert session.scalar(select(func.count()).select_from(StockedDevice)) == 3 * ROUNDS
