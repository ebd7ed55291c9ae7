"""The front of ``sluis serve``: starts the workers and looks after them until it is told to stop.

A program of its own, which ``sluis serve`` becomes once all is in order: what the checks before
that needed (settings, tables, the master key) is in no memory any more. It is told what it needs of
the settings, for what reads them is as large as all the rest of it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Final

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from admin.operations import collector, stopping
from admin.operations.background import Background
from broker.monitoring import draining

CONFIG_VARIABLE: Final = "SLUIS_CONFIG_FILE"
METRICS_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
HEADER_SECONDS: Final = 10  # for a client to send its headers


@dataclass(frozen=True)
class Serving:
    """What the front needs of the settings. ``bind``, ``workers``, ``drain_seconds``: of ``web``.
    ``is_measured``: somebody may ask for the counters. ``has_background``: a process beside the
    workers delivers and does the jobs. ``has_postgresql``, ``has_redis``: what it reaches.
    """

    bind: str
    workers: int
    drain_seconds: float
    is_measured: bool
    has_background: bool
    has_postgresql: bool
    has_redis: bool

    def argument(self) -> str:
        """As the front reads it from its command line."""
        return json.dumps(asdict(self))


def main() -> None:
    """Serve until stopped, as the only argument says; see ``Serving``."""
    stopping.end_when_told()
    stopping.let_come()
    serving = Serving(**json.loads(sys.argv[1]))
    with _shared_metrics(serving), draining.noticeable():
        if serving.workers > 1:
            _load_once(serving)
        server = _granian(serving)
        background = Background(_deliver) if serving.has_background else None
        _drain_first(server, serving.drain_seconds)
        collector.keep_all()  # a worker that looked at these would make them its own
        stopping.prepare_copies()
        stopping.end_if_told()
        if background is None:
            server.serve()
        else:
            _serve_beside(background, server)


def _serve_beside(background: Background, server: Granian) -> None:
    """Once the instance drains, the background claims nothing more, as workers take nothing."""
    try:
        with stopping.later():  # a copy that nobody knows of would wait for us, and we for it
            background.start()
        server.serve()
    finally:
        background.end(draining.FINISH_SECONDS)


def _deliver(again_after: int | None) -> None:
    """What the process beside the workers does."""
    from admin.operations import server, worker_process  # loads the counters: see _shared_metrics

    worker_process.work(server.settings_here(), again_after)


def _load_once(serving: Serving) -> None:
    """What every worker needs is loaded before there are workers: they begin as copies of this
    process, and share the memory of what none of them changes. One worker has nobody to share with,
    and this process would keep what that one changed.
    """
    from admin.operations import server, worker_process  # noqa: F401  # loads the counters: see _shared_metrics

    if serving.has_postgresql:
        from state import postgresql_driver  # noqa: F401
    if serving.has_redis:
        from state.stores import redis  # noqa: F401
    server.prepare()


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


def _granian(serving: Serving) -> Granian:
    host, _, port = serving.bind.rpartition(":")
    return Granian(
        "admin.operations.server:served",
        address=host.strip("[]"),
        port=int(port),
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,  # the limits below are of this version; a proxy speaks no other to us
        factory=True,
        workers=serving.workers,
        backlog=512,
        websockets=False,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=draining.FINISH_SECONDS,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000),
    )


@contextmanager
def _shared_metrics(serving: Serving) -> Iterator[None]:
    """Several workers count in files of one fresh directory, which whoever listens reads together.

    The variable is read when ``prometheus_client`` is imported, so no module that this one imports
    may do that.
    """
    if serving.workers == 1 or not serving.is_measured:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="sluis-metrics-") as directory:
        os.environ[METRICS_VARIABLE] = directory
        yield


if __name__ == "__main__":
    main()
