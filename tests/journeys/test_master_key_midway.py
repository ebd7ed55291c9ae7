"""The master key is replaced while something runs: whatever the step, it goes on while the key of
before is kept. Where that was dropped too soon nothing is given, the trace says why, and it goes on
once the key is put back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pytest
from structlog.testing import capture_logs

from state import trace_search
from state.trace_search import Wanted
from tests.broker.portal import set_clock
from tests.journeys import midway
from tests.journeys.midway import OWN, make_midway
from tests.journeys.running import RUNS, Instances, a_session
from tests.journeys.test_master_key import STEPS, restart, take

# The portal of this world has no second service for ``a_session``; "in a session" stands for it.
BEGUN: Final = [run for run in RUNS if run is not a_session]
NAMES: Final = (*(run.__name__ for run in BEGUN), *midway.STEPS)
KEPT: Final = {"prepared": 1, "switched": 2, "sealed anew": 3}
ASKS_AGAIN: Final = ("in a session", "a_console", "at_mijn")  # by a login, which is told nothing


def begun(at: Instances) -> dict[str, Callable[[], bool]]:
    set_clock(at.world)
    going: dict[str, Callable[[], bool]] = {run.__name__: run(at) for run in BEGUN}
    for name, begin in midway.STEPS.items():
        going[name] = _given(begin(at, OWN))
    return going


def _given(go_on: midway.GoOn) -> Callable[[], bool]:
    return lambda: go_on().given


@pytest.fixture(scope="module", params=KEPT)
def kept(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, bool]:
    at = make_midway(tmp_path_factory.mktemp("kept"))
    going = begun(at)
    for step in STEPS[: KEPT[request.param]]:
        take(at.world, *step)
    at.world.clock.advance(1)
    return {name: go_on() for name, go_on in going.items()}


@pytest.mark.parametrize("name", NAMES)
def test_K_07_what_runs_goes_on_while_the_old_key_is_there(
    kept: dict[str, bool], name: str
) -> None:
    assert kept[name]


@dataclass(frozen=True)
class Dropped:
    """How one thing went without the old key."""

    given: bool
    is_logged: bool
    is_traced: bool


@pytest.fixture(scope="module")
def dropped(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Dropped, bool]]:
    at = make_midway(tmp_path_factory.mktemp("dropped"))
    going = begun(at)
    for step in STEPS[:3]:
        take(at.world, *step)
    file = at.world.process.settings.keys.master_key_file
    both = file.read_bytes()
    take(at.world, *STEPS[3])
    without = {name: _without(at, go_on) for name, go_on in going.items()}
    file.write_bytes(both)
    restart(at.world)
    return {name: (without[name], go_on()) for name, go_on in going.items()}


def _without(at: Instances, go_on: Callable[[], bool]) -> Dropped:
    at.world.clock.advance(1)
    since = at.world.clock()
    with capture_logs() as logs:
        given = go_on()
    wanted = Wanted(outcome="not_begun", since=since)
    with at.world.session() as session:
        found = trace_search.newest(session, wanted, limit=5)
        traced = [one.record.measured.get("other_master_key") for one in found]
    logged = any(one["event"] == "seal.wrong_master_key" for one in logs)
    return Dropped(given, logged, is_traced=traced == [True])


@pytest.mark.parametrize("name", NAMES)
def test_K_07_a_key_that_was_dropped_too_soon_is_named(
    dropped: dict[str, tuple[Dropped, bool]], name: str
) -> None:
    without, _ = dropped[name]
    if name in ASKS_AGAIN:
        assert not without.is_traced
        return
    assert (without.given, without.is_logged, without.is_traced) == (False, True, True)


@pytest.mark.parametrize("name", [run.__name__ for run in BEGUN])
def test_K_07_it_goes_on_once_the_key_is_put_back(
    dropped: dict[str, tuple[Dropped, bool]], name: str
) -> None:
    _, again = dropped[name]
    assert again
