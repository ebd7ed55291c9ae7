"""Which processes run, as an operator sees it who replaces the master key."""

from __future__ import annotations

import pytest

from admin import presence
from admin.keys.master_key_survey import lacking, named, sealing_with
from admin.presence import SEEN_FOR, SHOWN_EVERY, RunningProcess
from state.stores.memory import MemoryStore
from tests.clocks import FakeClock

OLD, NEW = "0000000a", "0000000b"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(clock: FakeClock) -> MemoryStore:
    return MemoryStore(clock)


@pytest.mark.parametrize("second", [0, 15, 59])
def test_who_lives_is_seen_at_every_moment(
    store: MemoryStore, clock: FakeClock, second: int
) -> None:
    one = RunningProcess("web-1/1", (OLD,))
    clock.advance(second)
    for _ in range(10):
        presence.show(store, one, clock())
        for _ in range(3):
            assert presence.seen(store, clock()) == (one,)
            clock.advance(SHOWN_EVERY / 3)


@pytest.mark.parametrize("second", [0, 30, 59])
def test_who_ended_is_seen_for_two_minutes_at_most(
    store: MemoryStore, clock: FakeClock, second: int
) -> None:
    clock.advance(second)
    presence.show(store, RunningProcess("web-1/1", (OLD,)), clock())
    clock.advance(SEEN_FOR / 2)
    assert presence.seen(store, clock())
    clock.advance(SEEN_FOR / 2)
    assert presence.seen(store, clock()) == ()


def test_each_is_seen_once_as_it_was_last(store: MemoryStore, clock: FakeClock) -> None:
    for process in (
        RunningProcess("web-2/1", (OLD, NEW)),
        RunningProcess("web-1/1", (OLD,)),
        RunningProcess("web-1/1", (NEW, OLD)),
    ):
        presence.show(store, process, clock())
        clock.advance(31)
    assert presence.seen(store, clock()) == (
        RunningProcess("web-1/1", (NEW, OLD)),
        RunningProcess("web-2/1", (OLD, NEW)),
    )


def test_what_holds_a_step_up() -> None:
    before, between = RunningProcess("a", (OLD,)), RunningProcess("b", (OLD, NEW))
    after, last = RunningProcess("c", (NEW, OLD)), RunningProcess("d", (NEW,))
    everybody = (before, between, after, last)
    assert lacking(everybody, NEW) == [before]
    assert sealing_with(everybody, [OLD]) == [before, between]
    assert sealing_with((after, last), [OLD]) == [] == lacking((between, after, last), NEW)
    assert named(everybody[:3]) == "a, b, c" and named(everybody) == "a, b, c and 1 more"
