"""What the web server loads in each of its processes."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask

from broker import settings
from broker.app import assemble, keep_configuration_fresh
from broker.logs import configure_logs
from broker.start import start
from broker.worker import start_worker
from state.clock import utc_now


def application() -> Flask:
    """The application, with its threads for configuration and mail."""
    file = os.environ.get("SLUIS_CONFIG_FILE")
    loaded = settings.load(Path(file) if file else None)
    configure_logs(loaded.log.level)
    parts = start(loaded, utc_now)
    parts.holder.refresh()
    keep_configuration_fresh(parts)
    start_worker(parts)
    return assemble(parts)
