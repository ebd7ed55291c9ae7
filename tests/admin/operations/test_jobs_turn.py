"""Of several workers one does the jobs, and beats; a job that hangs takes no other job with it."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from admin.operations.jobs import Job, run_due, run_until
from admin.operations.jobs_turn import LONGEST_JOB, JobsTurn
from admin.operations.lease import HELD_FOR, KEPT_EVERY
from broker.monitoring import heartbeat
from broker.process import Process
from state.ephemeral import StoreUnavailable
from tests.contracts.test_lease import Monotonic
from tests.world import World, make_world

SOON = 60.0


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path)


def test_of_two_workers_one_does_the_jobs_and_beats(world: World) -> None:
    first, second = JobsTurn(world.process), JobsTurn(world.process)
    second.keep()
    first.keep()
    assert heartbeat.last_beat(world.process.store) == world.clock()
    done = []
    for turn in (first, second):
        jobs = (Job("one", timedelta(seconds=1), lambda _, turn=turn: done.append(turn)),)
        run_due(world.process, jobs, {}, turn=turn)
    assert done == [second]


def test_who_does_not_do_the_jobs_does_not_beat(world: World) -> None:
    JobsTurn(world.process).keep()
    world.clock.advance(20)
    JobsTurn(world.process).keep()
    assert heartbeat.last_beat(world.process.store) == world.clock() - timedelta(seconds=20)


def test_it_beats_for_as_long_as_it_has_the_turn(world: World) -> None:
    turn = JobsTurn(world.process)
    for _ in range(12):
        turn.keep()
        world.clock.advance(KEPT_EVERY)
        seen = heartbeat.last_beat(world.process.store)
        assert seen is not None and not heartbeat.is_silent(seen, world.clock())
        assert world.clock() - seen <= heartbeat.EVERY + timedelta(seconds=KEPT_EVERY)


def test_a_job_that_hangs_lets_another_worker_have_the_others(world: World) -> None:
    clock = Monotonic()
    hanging, other = JobsTurn(world.process, clock), JobsTurn(world.process)
    hanging.keep()
    assert hanging.begins("one")
    for _ in range(int(LONGEST_JOB / KEPT_EVERY)):
        clock.now += KEPT_EVERY
        hanging.keep()
        world.clock.advance(KEPT_EVERY)
    other.keep()
    assert not other.begins("one"), "a long job is no job that hangs"
    clock.now += KEPT_EVERY
    hanging.keep()
    world.clock.advance(HELD_FOR + 1)
    clock.now += HELD_FOR + 1
    hanging.keep()
    other.keep()
    assert other.begins("one")
    assert not hanging.begins("one")


def test_without_a_store_the_turn_ends_before_another_could_have_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Monotonic()
    turn = JobsTurn(world.process, clock)
    turn.keep()

    def away(*_: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(world.process.store, "batch", away)
    clock.now += HELD_FOR - 1
    turn.keep()
    assert turn.begins("one"), "nobody can have it yet"
    clock.now += 1
    turn.keep()
    assert not turn.begins("one")


def test_it_is_given_back_at_the_end(world: World) -> None:
    stop, turn = threading.Event(), JobsTurn(world.process)
    thread = threading.Thread(target=turn.keep_until, args=(stop,))
    thread.start()
    while not turn.begins("one"):
        pass
    stop.set()
    thread.join(SOON)
    world.clock.advance(2)
    other = JobsTurn(world.process)
    other.keep()
    assert other.begins("one")


def test_what_waits_is_done_at_once_after_the_others_had_their_turn(world: World) -> None:
    """Not half a second later: what nobody is held up by has no pause."""
    turn, stop, came, rested = JobsTurn(world.process), threading.Event(), list[str](), list[int]()
    turn.keep()

    def much(_: Process) -> bool:
        came.append("much")
        if len(came) == 40:
            stop.set()
        return True

    jobs = (
        Job("much", timedelta(hours=1), much),
        Job("other", timedelta(hours=1), lambda _: came.append("other")),
    )
    stop.wait = lambda _: pytest.fail("it paused")  # type: ignore[assignment,method-assign]
    run_until(stop, world.process, jobs, turn=turn, rest=lambda: rested.append(len(came)))
    assert came[:3] == ["much", "other", "much"]
    assert len(rested) == len(came)


def test_nothing_begins_without_the_turn(world: World) -> None:
    came, due = list[str](), dict[str, datetime]()
    jobs = (Job("one", timedelta(seconds=1), lambda _: came.append("one")),)
    assert not run_due(world.process, jobs, due, turn=JobsTurn(world.process))
    assert came == [] and due == {}
