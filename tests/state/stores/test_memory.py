from __future__ import annotations

from state.ephemeral import Put
from state.stores.memory import SWEEP_AT_MOST, MemoryStore
from tests.clocks import FakeClock


def test_what_expired_is_swept_little_by_little(clock: FakeClock) -> None:
    store = MemoryStore(clock)
    store.batch([Put(f"old-{number}", b"x", 5) for number in range(SWEEP_AT_MOST + 10)])
    clock.advance(6)
    store.get("a")
    assert len(store) == 10
    store.get("a")
    assert len(store) == 0


def test_a_value_that_was_renewed_is_not_swept(clock: FakeClock) -> None:
    store = MemoryStore(clock)
    store.put("a", b"old", 5)
    store.put("a", b"new", 60)
    clock.advance(6)
    assert store.get("a") == b"new"
    assert store.get("a") == b"new"
