"""Jobs come in their time, and one that fails keeps no other from coming."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from admin.audit.verification import verify
from admin.operations.jobs import JOBS, Job, run_due, seal_audit
from admin.operations.purges import purge
from assurance.levels import AssuranceLevel
from broker.monitoring import heartbeat
from broker.process import Process
from directory.people import Person
from providers import browser_counts
from providers.accounts import Account
from providers.browser_counts import AccountBrowser
from state import audit, trace, trace_search
from state.audit import AuditEvent, EventTag
from state.db import writing
from state.outbox import Message, OutboxRow, enqueue
from state.trace import TraceRecord
from state.trace_search import Wanted
from tests.clocks import START
from tests.world import World, make_world


def test_each_job_comes_in_its_time_and_a_failing_one_stops_no_other(tmp_path: Path) -> None:
    world, came = make_world(tmp_path), list[str]()

    def fail(_: Process) -> None:
        came.append("fails")
        raise ValueError

    jobs = (
        Job("fails", timedelta(seconds=10), fail),
        Job("works", timedelta(seconds=30), lambda _: came.append("works")),
    )
    due: dict[str, datetime] = {}
    run_due(world.process, jobs, due)
    run_due(world.process, jobs, due)
    assert came == ["fails", "works"]
    world.clock.advance(11)
    run_due(world.process, jobs, due)
    assert came == ["fails", "works", "fails"]


def test_traces_go_after_their_retention(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    now = world.clock()
    with world.session() as session, writing(session):
        trace.save(session, TraceRecord("AAAA0000", now, now, "refused"))
    purge = next(job for job in JOBS if job.name == "purge")
    purge.run(world.process)
    with world.session() as session:
        assert trace.find(session, "AAAA0000") is not None
    world.clock.advance(8 * 86400)
    purge.run(world.process)
    with world.session() as session:
        assert trace.find(session, "AAAA0000") is None


def test_a_job_that_comes_every_second_shows_that_now_and_then(tmp_path: Path) -> None:
    world, due = make_world(tmp_path), dict[str, datetime]()
    jobs = (Job("often", timedelta(seconds=1), lambda _: None),)
    shown = []
    for _ in range(40):
        run_due(world.process, jobs, due)
        shown.append(heartbeat.last_successes(world.process.store, ["often"])["often"])
        world.clock.advance(1)
    assert len(set(shown)) == 3


def test_everything_with_a_retention_goes_and_the_rest_stays(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    keep = world.process.settings.retention
    assert world.walk("Meldportaal Bodem", "Polderpoort", "jan").run().status == 200
    with world.session() as session, writing(session):
        for sent in (world.clock(), None):
            message = Message("mail", "a@voorbeeld.example", "x", "x")
            row = session.get_one(
                OutboxRow, enqueue(session, world.process.sealer, message, world.clock())
            )
            if sent is not None:
                row.sent_at, row.due_at, row.sealed = sent, None, None
    seal_audit(world.process)
    whole = counts(world)
    assert min(whole.values()) > 0, whole

    def left(days: int) -> dict[str, int]:
        world.clock.now = begun + timedelta(days=days + 1)
        purge(world.process)
        return counts(world)

    begun = world.clock()
    assert purge(world.process) is None
    assert counts(world) == whole
    assert left(keep.trace_days) == {**whole, "trace": 0}
    found = left(max(keep.outbox_days, keep.session_days))
    assert (found["grant"], found["session"], found["outbox"]) == (0, 0, 1), "one still waits"
    assert found["login_history"] == whole["login_history"]
    assert left(keep.history_days)["login_history"] == 0
    assert counts(world)["audit_event"] == whole["audit_event"]
    with world.session() as session, writing(session):
        audit.record(session, AuditEvent(EventTag.EXPORT_MADE, world.clock()))
    seal_audit(world.process)
    assert left(keep.audit_days)["audit_event"] == 2, "the newest, and that it was purged"
    assert counts(world)["person_key"] == 0
    with world.session() as session:
        report = verify(session, world.process.sealer)
    assert report.is_whole, report.faults
    assert report.begins_after > 0


def test_a_purge_goes_in_portions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world(tmp_path)
    monkeypatch.setattr("state.purging.PORTION", 3)
    now = world.clock()
    with world.session() as session, writing(session):
        for number in range(8):
            trace.save(session, TraceRecord(f"AAAA000{number}", now, now, "refused"))
    with world.session() as session, writing(session):
        assert trace.purge(session, now + timedelta(days=1)) == 3
    world.clock.advance(8 * 86400)
    purge(world.process)
    with world.session() as session:
        assert trace_search.newest(session, Wanted(), limit=1) == []


def counts(world: World) -> dict[str, int]:
    names = ["trace", "login_history", "grant", "session", "outbox", "audit_event", "person_key"]
    with world.session() as session:
        return {n: session.scalar(text(f'SELECT count(*) FROM "{n}"')) or 0 for n in names}


def test_counts_of_wrong_passwords_in_a_browser_go_a_month_after_the_last(process: Process) -> None:
    with process.sessions() as session, writing(session):
        session.add(Person(id="roos", display_name="Roos", created_at=START))
        session.flush()
        account = Account(
            id="account", person_id="roos", user_name="roos", level=AssuranceLevel.EH3,
            created_at=START,
        )  # fmt: skip
        session.add(account)
        session.flush()
        for age, name in ((browser_counts.KEPT, "a" * 16), (timedelta(seconds=1), "b" * 16)):
            browser_counts.count(session, "account", name, process.clock() - age)
        browser_counts.count(session, "account", "c" * 16, START - timedelta(days=31))
    purge(process)
    with process.sessions() as session:
        left = session.scalars(select(AccountBrowser.browser).order_by(AccountBrowser.browser))
        assert list(left) == ["a" * 16, "b" * 16]
