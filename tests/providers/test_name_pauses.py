"""What a page may say of wrong passwords follows the name that was typed, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from providers import name_pauses
from providers.pauses import FREE_TRIES, PAUSES, pause_after
from state.stores.memory import MemoryStore
from tests.clocks import FakeClock

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("failures", "pause"),
    [
        (0, None),
        (1, None),
        (4, None),
        (5, MINUTE),
        (6, None),
        (10, 5 * MINUTE),
        (15, 15 * MINUTE),
        (40, 15 * MINUTE),
    ],
)
def test_every_fifth_wrong_password_begins_a_longer_pause(
    failures: int, pause: timedelta | None
) -> None:
    assert pause_after(failures) == pause
    assert FREE_TRIES == 5 and max(PAUSES) == 15 * MINUTE


def test_a_pause_is_of_one_name_ends_by_itself_and_a_right_password_forgets() -> None:
    clock = FakeClock()
    store = MemoryStore(clock)
    ends = [name_pauses.refused(store, "daan", clock.now) for _ in range(FREE_TRIES)]
    assert ends == [None] * 4 + [clock.now + MINUTE]
    assert name_pauses.refused(store, "liv", clock.now) is None
    clock.advance(59)
    assert name_pauses.refused(store, "daan", clock.now) == ends[-1]  # nothing is counted
    clock.advance(1)
    ends = [name_pauses.refused(store, "daan", clock.now) for _ in range(FREE_TRIES)]
    assert ends == [None] * 4 + [clock.now + 5 * MINUTE]
    name_pauses.forget(store, "daan")
    assert [name_pauses.refused(store, "daan", clock.now) for _ in range(4)] == [None] * 4
