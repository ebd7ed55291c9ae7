"""Jobs: what the worker does again and again, each at its own pace, in a thread of the one process
that has their lease.

Every job may run in several processes at once and be stopped at any moment: it takes a lock of its
own or writes only what is safe to write twice.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter

import structlog
from structlog.contextvars import bound_contextvars

from admin.audit.chain import MOST_ROWS, seal
from admin.factor_resets import decisions
from admin.keys.certificate_alarms import tell_endings
from admin.keys.policy import policy_of
from admin.means import ending, identity_documents, reminding
from admin.metadata import alarms
from admin.operations import pauses
from admin.operations.disowned_logins import tell_disowned
from admin.operations.jobs_turn import JobsTurn
from admin.operations.new_browsers import tell_new_browsers
from admin.operations.purges import purge
from admin.organisations import records
from admin.terms import digest, lapsing
from broker.journey.expiry import end_expired
from broker.monitoring import heartbeat
from broker.process import Process
from broker.sso import logout
from keys.rotation import ensure_keys, renew_due, rotate_due
from state import outages
from state.db import writing
from state.trace import new_reference

PAUSE_SECONDS = 0.5
OFTEN = timedelta(minutes=1)  # a job that comes more often says in the log only that it failed
log = structlog.get_logger()


@dataclass(frozen=True)
class Job:
    """``run`` raises what it likes: that is logged, and the job comes again in its time; at once,
    after the others had their turn, where it gives True because more waits.
    """

    name: str
    every: timedelta
    run: Callable[[Process], bool | None]


def seal_audit(process: Process) -> bool:
    """Chain audit events that were committed since the last time; True where more may wait."""
    keyring = process.holder.current.keyring
    with process.sessions() as session:
        return seal(session, process.sealer, keyring, process.clock()) == MOST_ROWS


def rotate_keys(process: Process) -> None:
    """Move keys on that are due, and publish the successors of those that are old."""
    policy, now = policy_of(process.settings), process.clock()
    with process.sessions() as session:
        ensure_keys(session, process.sealer, process.clock)  # of a use that a new version has
        with writing(session):
            rotate_due(session, now, policy)
        renew_due(session, process.sealer, now, policy)


def end_resets(process: Process) -> None:
    """End requests to reset factors that nobody decided on in time."""
    with process.sessions() as session, writing(session):
        decisions.end_over(session, process.clock())


def end_means(process: Process) -> None:
    """End the accounts of means whose last day is over."""
    with process.sessions() as session, writing(session):
        ending.end_due(session, logout.notifier_of(process))


def remind_people(process: Process) -> None:
    """Remind people of means that they did not activate yet."""
    reminding.remind_due(process)


def erase_documents(process: Process) -> None:
    """Erase scans of identity documents whose time is over."""
    while True:
        with process.sessions() as session, writing(session):
            if not identity_documents.erase_due(session, process.clock()):
                return


def tell_certificates(process: Process) -> None:
    """Tell the log which of our own certificates end soon, with nothing to follow them."""
    with process.sessions() as session:
        tell_endings(session, process.store, process.clock())


def tell_administrators(process: Process) -> None:
    """Warn administrators of what comes to an end at their organisations."""
    digest.tell_due(process)


def refresh_organisations(process: Process) -> None:
    """Ask the trade register anew for the organisations whose facts are old."""
    records.refresh_due(process, process.sessions)


JOBS: tuple[Job, ...] = (
    Job("audit", timedelta(seconds=1), seal_audit),
    Job("expiry", timedelta(seconds=10), end_expired),
    Job("resets", timedelta(seconds=30), end_resets),
    Job("means", timedelta(minutes=1), end_means),
    Job("documents", timedelta(minutes=10), erase_documents),
    Job("browsers", timedelta(seconds=15), tell_new_browsers),
    Job("disowned", timedelta(seconds=15), tell_disowned),
    Job("purge", timedelta(hours=1), purge),
    Job("keys", timedelta(minutes=10), rotate_keys),
    Job("metadata", timedelta(minutes=10), alarms.tell_due),
    Job("certificates", timedelta(hours=1), tell_certificates),
    Job("lapsing", timedelta(hours=1), lapsing.end_due),
    Job("digest", timedelta(hours=1), tell_administrators),
    Job("reminders", timedelta(hours=1), remind_people),
    Job("register", timedelta(minutes=10), refresh_organisations),
)


def run_until(
    stop: threading.Event,
    process: Process,
    jobs: Sequence[Job] = JOBS,
    *,
    turn: JobsTurn,
    rest: Callable[[], None] = pauses.none,
) -> None:
    """Run each job when it is due, the first time at once, while it is our turn, until the event
    is set. ``rest`` comes after each.
    """
    due: dict[str, datetime] = {}
    while not stop.is_set():
        if not run_due(process, jobs, due, turn=turn, rest=rest):
            stop.wait(PAUSE_SECONDS)


def run_due(
    process: Process,
    jobs: Sequence[Job],
    due: dict[str, datetime],
    *,
    turn: JobsTurn | None = None,
    rest: Callable[[], None] = pauses.none,
) -> bool:
    """Run what is due now; does more of it wait? ``due`` holds when each job comes next."""
    waits = False
    for job in jobs:
        if turn is not None and not turn.begins(job.name):
            return False
        now = process.clock()
        if due.get(job.name, now) > now:
            continue
        due[job.name] = now + job.every
        with bound_contextvars(reference=new_reference()):
            if _run(process, job, due):
                due[job.name], waits = now, True
        rest()
    return waits


def _run(process: Process, job: Job, due: dict[str, datetime]) -> bool:
    """Does more wait?"""
    started = perf_counter()
    try:
        more = job.run(process) is True
        _tell_others(process, job, due)
    except Exception as error:
        log.warning("job.failed", job=job.name, error=outages.named(error))
        return False
    if job.every >= OFTEN:  # what comes every few seconds would drown the rest
        log.info("job.done", job=job.name, milliseconds=int((perf_counter() - started) * 1000))
    return more


def _tell_others(process: Process, job: Job, due: dict[str, datetime]) -> None:
    """A job that comes every second shows that now and then: each time is a write."""
    now, when = process.clock(), f"beat of {job.name}"
    if due.get(when, now) <= now:
        due[when] = now + heartbeat.EVERY
        heartbeat.job_succeeded(process.store, job.name, now)
