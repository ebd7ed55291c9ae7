"""``sluis serve`` and ``sluis worker``."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from admin.cli.context import fail
from admin.operations import collector, listening, starting
from admin.operations.install import initialise
from admin.presence import keep_showing
from broker.monitoring import draining
from broker.monitoring.logs import configure_logs
from broker.settings import Settings
from broker.start import start
from state import migrate
from state.clock import utc_now
from state.engine import engine_at

CONFIG_VARIABLE = "SLUIS_CONFIG_FILE"
METRICS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
log = structlog.get_logger()
HEADER_SECONDS = 10  # for a client to send its headers


def run_server(settings: Settings, config: Path | None) -> None:
    """Serve until stopped. Refuses to start on tables of another version."""
    _check_start(settings)
    if not settings.keys.master_key_file.exists():
        fail(f"{settings.keys.master_key_file} does not exist; run: sluis init")
    with engine_at(settings.database.url) as engine:
        is_current = migrate.is_current(engine)
    if not is_current:
        fail("the tables are not of this version; run: sluis migrate")
    bind = settings.web.management_bind
    if bind and not listening.is_free(bind):
        fail(f'web.management_bind: {bind} is taken; choose another, or "" for none')
    for _ in initialise(settings):
        pass
    if config is not None:
        os.environ[CONFIG_VARIABLE] = str(config.resolve())
    with _shared_metrics(settings), draining.noticeable():
        _load_once()
        server = _granian(settings)
        _drain_first(server, settings.web.drain_seconds)
        server.serve()


def _load_once() -> None:
    """What every worker needs is loaded before there are workers: they begin as copies of this
    process, and share the memory of what none of them changes. Collecting garbage would change
    each object that it looks at, so it looks at none of these.
    """
    from admin.operations import server  # loads the counters: see _shared_metrics

    server.prepare()
    collector.keep_all()


def _drain_first(server: Granian, seconds: float) -> None:
    """SIGTERM: not ready at once, stop so many seconds later. A second one, or Ctrl-C: stop."""
    stop = server.signal_handler_interrupt

    def interrupted(number: int, _frame: object) -> None:
        at_once = number != signal.SIGTERM or draining.has_begun()
        draining.begin()
        if at_once or seconds == 0:
            stop()
            return
        timer = threading.Timer(seconds, stop)
        timer.daemon = True
        timer.start()

    server.signal_handler_interrupt = interrupted


def _check_start(settings: Settings) -> None:
    found = list(starting.mistakes(settings))
    if found:
        fail("; ".join(found), 2)


def _granian(settings: Settings) -> Granian:
    host, _, port = settings.web.bind.rpartition(":")
    return Granian(
        "admin.operations.server:served",
        address=host.strip("[]"),
        port=int(port),
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,  # the limits below are of this version; a proxy speaks no other to us
        factory=True,
        workers=settings.web.workers,
        backlog=512,
        websockets=False,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=draining.FINISH_SECONDS,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000),
    )


@contextmanager
def _shared_metrics(settings: Settings) -> Iterator[None]:
    """Several workers count in files of one fresh directory, which whoever listens reads together.

    The variable is read when ``prometheus_client`` is imported, so no module that this one imports
    may do that.
    """
    if settings.web.workers == 1 or not settings.web.management_bind:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="sluis-metrics-") as directory:
        os.environ[METRICS_VARIABLE] = directory
        yield


def run_worker(settings: Settings) -> None:
    """Deliver messages and do the jobs until SIGTERM or Ctrl-C; then settle what was claimed."""
    from admin.operations.worker import start_worker  # loads the counters: see _shared_metrics

    _check_start(settings)
    configure_logs(settings.log.level)
    process = start(settings, utc_now)
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    keep_showing(process)
    worker = start_worker(process)
    told.wait()
    if not worker.end(draining.FINISH_SECONDS):
        log.warning("worker.unsettled")  # the claims run out, and another worker sends again
        os._exit(1)
