"""``sluis serve`` and ``sluis worker``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from admin.cli.context import fail
from admin.operations import listening, starting, stopping
from admin.operations.front import CONFIG_VARIABLE, Serving
from admin.operations.install import initialise
from broker.configuration import registered
from broker.settings import Settings
from state import migrate
from state.engine import engine_at
from state.registrations import OfAnotherVersion, all_registrations

FRONT = "admin.operations.front"
ARENAS = "MALLOC_ARENA_MAX"  # of the C library, which gives each thread its own: four megabytes


def run_server(settings: Settings, config: Path | None) -> None:
    """Become the server, which serves until it is stopped (``admin.operations.front``). Refuses to
    start on tables of another version.
    """
    _check_start(settings)
    if not settings.keys.master_key_file.exists():
        fail(f"{settings.keys.master_key_file} does not exist; run: sluis init")
    with engine_at(settings.database.url) as engine:
        if not migrate.is_current(engine):
            fail("the tables are not of this version; run: sluis migrate")
        _check_registrations(engine)
    _check_addresses(settings)
    for _ in initialise(settings):
        pass
    if config is not None:
        os.environ[CONFIG_VARIABLE] = str(config.resolve())
    web = settings.web
    serving = Serving(
        bind=web.bind,
        workers=web.workers,
        drain_seconds=web.drain_seconds,
        is_measured=bool(web.management_bind),
        has_background=settings.worker.embedded and web.workers > 1,
        has_postgresql=settings.database.url.startswith("postgresql"),
        has_redis=settings.store.url not in ("sql:", "memory:"),
    )
    command = [sys.executable, "-m", FRONT, serving.argument()]
    stopping.hold()
    os.execve(sys.executable, command, {ARENAS: "1", **os.environ})  # noqa: S606 (no shell)


def _check_addresses(settings: Settings) -> None:
    """The processes of one installation share a port, and those of two would do so too: each would
    answer a part of the requests for the other.
    """
    web = settings.web
    if not listening.comes_free(web.bind):
        fail(f"web.bind: {web.bind} is taken; stop what listens there, or choose another")
    if web.management_bind and not listening.comes_free(web.management_bind):
        fail(f'web.management_bind: {web.management_bind} is taken; choose another, or "" for none')


def _check_registrations(engine: Engine) -> None:
    """A newer version that ran here may have written what this one would leave out."""
    try:
        with Session(engine) as session:
            for row in all_registrations(session):
                registered(row)
    except OfAnotherVersion as error:
        fail(str(error))


def _check_start(settings: Settings) -> None:
    found = list(starting.mistakes(settings))
    if found:
        fail("; ".join(found), 2)


def run_worker(settings: Settings) -> None:
    """Deliver messages and do the jobs until SIGTERM or Ctrl-C; then settle what was claimed."""
    from admin.operations import worker_process  # loads the counters: see _shared_metrics

    _check_start(settings)
    worker_process.work(settings)
