"""What the web server loads in each of its processes."""

from __future__ import annotations

import encodings.idna
import encodings.unicode_escape
import os
import stringprep
from functools import partial
from pathlib import Path

from cryptography.hazmat.backends.openssl import backend
from flask import Flask
from sqlalchemy.orm import configure_mappers

from admin.app import create_app
from admin.operations import doorbell, stopping
from admin.operations.collector import tune_collector
from admin.operations.configuration_thread import keep_configuration_fresh
from admin.operations.management import start_management
from admin.operations.pauses import Pauses
from admin.operations.whole_requests import WholeRequests
from admin.operations.worker import start_worker
from admin.presence import keep_showing
from broker import settings
from broker.console.downstream import is_open
from broker.monitoring.logs import configure_logs
from broker.monitoring.telemetry import start_telemetry
from broker.outgoing import way_out
from broker.settings import Settings
from broker.start import start
from directory.consoles import BEHEER
from keys.xml import schema
from state.clock import utc_now

# Libraries import these at their first use, which may be two requests at once.
IMPORTED_LATE = (backend, encodings.idna, encodings.unicode_escape, stringprep)


def served() -> WholeRequests:
    """What the server calls: the application, with every request in whole."""
    stopping.end_with_front()
    app = application()
    sealer = app.extensions["sluis"].sealer
    console = partial(is_open, sealer, BEHEER)
    stopping.end_if_told()
    return WholeRequests(app, threads=settings_here().web.threads, is_open=console)


def prepare() -> None:
    """What takes time and memory and is the same in every process."""
    schema.prepare()
    configure_mappers()


def settings_here() -> Settings:
    """Those of the file that ``sluis serve`` was told, and of the environment."""
    file = os.environ.get("SLUIS_CONFIG_FILE")
    return settings.load(Path(file) if file else None)


def application() -> Flask:
    """The application with its thread for configuration and, where there is no other worker, with
    the threads that deliver and do the jobs.
    """
    loaded = settings_here()
    configure_logs(loaded.log.level)
    prepare()
    parts = start(loaded, utc_now)
    parts.holder.refresh()
    keep_configuration_fresh(parts)
    keep_showing(parts)
    if loaded.worker.embedded and loaded.web.workers == 1:
        start_worker(parts, Pauses().take)
    else:
        doorbell.ring_at_commits()
    start_telemetry(loaded.telemetry.otlp_endpoint, way_out(loaded))
    app = create_app(parts)
    start_management(parts)  # says ready, so whoever asks it finds that true in a moment
    tune_collector()
    return app
