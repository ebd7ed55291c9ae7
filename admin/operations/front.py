"""The front of ``sluis serve``: starts the workers and looks after them until it is told to stop.

A program of its own, which ``sluis serve`` becomes once all is in order: what the checks before
that needed (tables, migrations, the master key) is in no memory any more.
"""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from admin.operations import collector, stopping
from broker import settings
from broker.monitoring import draining
from broker.settings import Settings

CONFIG_VARIABLE: Final = "SLUIS_CONFIG_FILE"
METRICS_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
HEADER_SECONDS: Final = 10  # for a client to send its headers


def main() -> None:
    """Serve until stopped, by the settings of the file that the environment names."""
    stopping.end_when_told()
    stopping.let_come()
    file = os.environ.get(CONFIG_VARIABLE)
    loaded = settings.load(Path(file) if file else None)
    with _shared_metrics(loaded), draining.noticeable():
        if loaded.web.workers > 1:
            _load_once()
        server = _granian(loaded)
        _drain_first(server, loaded.web.drain_seconds)
        stopping.prepare_copies()
        stopping.end_if_told()
        server.serve()


def _load_once() -> None:
    """What every worker needs is loaded before there are workers: they begin as copies of this
    process, and share the memory of what none of them changes. Collecting garbage would change
    each object that it looks at, so it looks at none of these. One worker has nobody to share with,
    and this process would keep what that one changed.
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


if __name__ == "__main__":
    main()
