"""How far our clock lies from others, and whose is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from broker.monitoring import clocks
from state.stores.memory import MemoryStore
from tests.clocks import FakeClock
from tests.databases import make_database

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("theirs", "ahead"), [(-3.0, 3.0), (0.0, 0.0), (1.5, 0.0), (2.0, 0.0), (9.0, -7.0)]
)
def test_what_a_slow_answer_took_is_no_difference(theirs: float, ahead: float) -> None:
    answered = NOON + timedelta(seconds=theirs)
    found = clocks.ahead(NOON, answered, NOON + timedelta(seconds=2))
    assert found == timedelta(seconds=ahead)


@pytest.mark.parametrize(
    ("found", "ours", "any_of_them"),
    [
        pytest.param({}, False, False, id="X-08 no other clock"),
        pytest.param({"database": 5}, False, False, id="X-08 what tokens can bear"),
        pytest.param({"database": -5}, False, False, id="X-08 the same behind"),
        pytest.param({"database": 6}, True, True, id="X-08 one other clock"),
        pytest.param({"database": -6}, True, True, id="X-08 one other clock, behind"),
        pytest.param({"database": 180, "store": 181}, True, True, id="X-08 two against us"),
        pytest.param({"database": 180, "store": 0}, False, True, id="X-08 the database is wrong"),
        pytest.param({"database": 1, "store": -9}, False, True, id="X-08 the store is wrong"),
    ],
)
def test_a_clock_may_differ_five_seconds_and_the_majority_is_right(
    found: dict[str, float], ours: bool, any_of_them: bool
) -> None:
    differences = {name: timedelta(seconds=seconds) for name, seconds in found.items()}
    assert clocks.is_ours_wrong(differences) is ours
    assert clocks.differ(differences) is any_of_them


class AnswersLate(MemoryStore):
    """A store whose server has a clock; a second passes before it is read, and one after."""

    def __init__(self, ours: FakeClock, ahead: float) -> None:
        super().__init__(ours)
        self.ours, self.ahead = ours, timedelta(seconds=ahead)

    def server_time(self) -> datetime | None:
        self.ours.advance(1)
        theirs = self.ours() - self.ahead
        self.ours.advance(1)
        return theirs


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = make_database(tmp_path)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


def test_sqlite_and_a_store_in_the_process_have_no_clock_to_compare_with(session: Session) -> None:
    clock = FakeClock()
    assert clocks.measure(session, MemoryStore(clock), clock) == {}


@pytest.mark.parametrize(("ahead", "found"), [(0, 0), (0.5, 0), (60, 59), (-60, -59)])
def test_a_server_with_a_clock_is_compared_with_what_the_question_took(
    session: Session, ahead: float, found: float
) -> None:
    clock = FakeClock()
    seen = clocks.measure(session, AnswersLate(clock, ahead), clock)
    assert seen == {clocks.STORE: timedelta(seconds=found)}
