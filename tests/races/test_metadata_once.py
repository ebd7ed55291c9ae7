"""Of two workers one looks at an address, and one tells operators."""

from __future__ import annotations

from sqlalchemy.orm import Session

from state.db import writing
from tests.races import metadata_acts
from tests.races.racers import ROUNDS, Racers


def test_of_two_workers_one_looks_at_each_address(session: Session, url: str, two: Racers) -> None:
    with writing(session):
        metadata_acts.rows(session, ROUNDS)
    found = two.race(url, metadata_acts.claim)
    assert [sorted(map(str, pair)) for pair in found] == [["False", "True"]] * ROUNDS, found


def test_of_two_workers_one_tells_what_ends(session: Session, url: str, two: Racers) -> None:
    with writing(session):
        metadata_acts.rows(session, ROUNDS)
    found = two.race(url, metadata_acts.tell_ends)
    assert [sorted(map(str, pair)) for pair in found] == [["0", "1"]] * ROUNDS, found
