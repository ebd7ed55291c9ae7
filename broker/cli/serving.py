"""``sluis serve`` and ``sluis worker``."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from granian import Granian
from granian.constants import Interfaces

from broker.cli.context import fail
from broker.cli.install import initialise
from broker.settings import Settings
from broker.start import start
from broker.worker import start_worker
from state import migrate
from state.clock import utc_now
from state.engine import make_engine

CONFIG_VARIABLE = "SLUIS_CONFIG_FILE"


def run_server(settings: Settings, config: Path | None) -> None:
    """Serve until stopped. Refuses to start on tables of another version."""
    if not settings.keys.master_key_file.exists():
        fail(f"{settings.keys.master_key_file} does not exist; run: sluis init")
    if not migrate.is_current(make_engine(settings.database.url)):
        fail("the tables are not of this version; run: sluis migrate")
    for _ in initialise(settings):
        pass
    if config is not None:
        os.environ[CONFIG_VARIABLE] = str(config.resolve())
    host, _, port = settings.web.bind.rpartition(":")
    Granian(
        "broker.wsgi:application",
        address=host.strip("[]"),
        port=int(port),
        interface=Interfaces.WSGI,
        factory=True,
        workers=settings.web.workers,
        blocking_threads=settings.web.threads,
        backlog=512,
        websockets=False,
        log_access=False,
        respawn_failed_workers=True,
    ).serve()


def run_worker(settings: Settings) -> None:
    """Deliver mail and do the jobs until SIGTERM or Ctrl-C."""
    parts = start(settings, utc_now)
    stop = start_worker(parts)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()
