"""A process that delivers and does the jobs and answers no request: ``sluis worker``, and the one
beside several workers of ``sluis serve``.
"""

from __future__ import annotations

import os
import threading
from signal import signal

import structlog

from admin.operations import stopping
from admin.operations.collector import tune_collector
from admin.operations.configuration_thread import keep_configuration_fresh
from admin.operations.worker import start_worker
from admin.presence import keep_showing
from broker.monitoring import draining
from broker.monitoring.logs import configure_logs
from broker.settings import Settings
from broker.start import start
from state.clock import utc_now

log = structlog.get_logger()


def work(settings: Settings, again_after: int | None = None) -> None:
    """Until SIGTERM or Ctrl-C; then settle what was claimed. ``again_after``: the code with which
    the one before it ended, of itself. Raises what ``broker.start.start`` raises, and ValueError
    for an adapter that cannot work.
    """
    configure_logs(settings.log.level)
    if again_after is not None:
        log.error("worker.started_again", code=again_after)
    process = start(settings, utc_now)
    told = threading.Event()
    for number in stopping.SIGNALS:
        signal(number, lambda *_: told.set())
    keep_configuration_fresh(process)
    keep_showing(process)
    worker = start_worker(process)
    tune_collector()
    stopping.end_if_told()
    told.wait()
    if not worker.end(draining.FINISH_SECONDS):
        log.warning("worker.unsettled")  # the claims run out, and another worker sends again
        os._exit(1)
