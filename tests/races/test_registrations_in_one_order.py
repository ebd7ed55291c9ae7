"""Whoever writes documents and whoever writes what is kept of metadata wait for each other, never
both: each comes to its end in every round.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from sqlalchemy.orm import Session

from state.db import writing
from state.registrations import Kind, current_revision, raise_revision, save
from tests.clocks import START
from tests.races import registration_acts as acts
from tests.races.racers import ROUNDS, Act, Racers

PAIRS: Final[dict[str, tuple[Act, Act]]] = {
    "a list that is taken": (acts.take, acts.apply_federation),
    "metadata that are approved": (acts.approve, acts.apply_makelaars),
    "rows of many": (acts.write_both, acts.apply_makelaars),
    "rows that begin anew": (acts.settle, acts.apply_makelaars),
    "a list and rows that begin anew": (acts.take, acts.settle),
    "a key that is changed": (acts.rotate, acts.apply_federation),
    "a key and a list": (acts.rotate, acts.take),
    "two that write documents": (acts.apply_makelaars, acts.apply_makelaars),
}


@pytest.fixture
def begun(session: Session) -> Iterator[Session]:
    acts.begin(session)
    yield session


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_both_come_to_their_end(
    begun: Session, url: str, two: Racers, pair: tuple[Act, Act]
) -> None:
    before = current_revision(begun)
    found = two.race(url, *pair)
    assert found == [(acts.DONE, acts.DONE)] * ROUNDS
    begun.rollback()
    assert current_revision(begun) > before


def test_of_many_changes_the_revision_rises_once_and_of_none_never(session: Session) -> None:
    with writing(session):
        for name in ("a", "b", "c"):
            assert save(session, Kind.SERVICE, name, {}, START)
        assert current_revision(session) == 0  # nobody waits for it yet
    assert current_revision(session) == 1
    session.rollback()
    with pytest.raises(ZeroDivisionError), writing(session):
        raise_revision(session)
        _ = 1 / 0
    with writing(session):
        pass
    assert current_revision(session) == 1
    with writing(session):
        with session.begin_nested():
            raise_revision(session)
        assert current_revision(session) == 1
    assert current_revision(session) == 2
