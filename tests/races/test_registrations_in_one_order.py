"""Whoever writes documents and whoever writes what is kept of metadata wait for each other, never
both: each comes to its end in every round.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest
from sqlalchemy.orm import Session

from state.registrations import current_revision
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
