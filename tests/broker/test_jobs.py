"""Jobs come in their time, and one that fails keeps no other from coming."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from broker.jobs import JOBS, Job, run_due
from broker.start import Parts
from state import trace
from state.db import writing
from state.trace import TraceRecord
from tests.world import make_world


def test_each_job_comes_in_its_time_and_a_failing_one_stops_no_other(tmp_path: Path) -> None:
    world, came = make_world(tmp_path), list[str]()

    def fail(_: Parts) -> None:
        came.append("fails")
        raise ValueError

    jobs = (
        Job("fails", timedelta(seconds=10), fail),
        Job("works", timedelta(seconds=30), lambda _: came.append("works")),
    )
    due: dict[str, datetime] = {}
    run_due(world.parts, jobs, due)
    run_due(world.parts, jobs, due)
    assert came == ["fails", "works"]
    world.clock.advance(11)
    run_due(world.parts, jobs, due)
    assert came == ["fails", "works", "fails"]


def test_traces_go_after_their_retention(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    now = world.clock()
    with world.session() as session, writing(session):
        trace.save(session, TraceRecord("AAAA0000", now, now, "refused"))
    purge = next(job for job in JOBS if job.name == "purge")
    purge.run(world.parts)
    with world.session() as session:
        assert trace.find(session, "AAAA0000") is not None
    world.clock.advance(8 * 86400)
    purge.run(world.parts)
    with world.session() as session:
        assert trace.find(session, "AAAA0000") is None
