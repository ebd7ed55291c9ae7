"""The management address: metrics and health with names, for machines of the operator alone.

One process of an installation listens. Each tries again and again, so when that one ends another
takes over.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import Any, Final
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import structlog
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector

from admin.operations.listening import address_of
from admin.operations.readings import Readings
from broker.monitoring.health import Examined, alarms, examine
from broker.process import Process
from state import migrate

SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"
PAUSE_SECONDS: Final = 2.0
SILENCE_SECONDS: Final = 10
JSON: Final = "application/json"
log = structlog.get_logger()
Answer = tuple[str, str, bytes]  # status line, content type, body


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _QuietHandler(WSGIRequestHandler):
    timeout = SILENCE_SECONDS

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name of the class above)
        """Who asks for health every second does not belong in the log."""


def start_management(process: Process) -> threading.Event:
    """Listen in a thread of this process, or wait until the process that does has ended. Set the
    event to end it.
    """
    stop = threading.Event()
    bind = process.settings.web.management_bind
    if bind:
        threading.Thread(
            target=_listen_until, args=(stop, process, bind), name="management", daemon=True
        ).start()
    return stop


def _listen_until(stop: threading.Event, process: Process, bind: str) -> None:
    host, port = address_of(bind)
    kind = type("_Server6", (_Server,), {"address_family": socket.AF_INET6})
    while not stop.is_set():
        try:
            server: WSGIServer = make_server(
                host, port, application(process), kind if ":" in host else _Server, _QuietHandler
            )
        except OSError:
            stop.wait(PAUSE_SECONDS)
            continue
        log.info("management.listening", address=bind)
        threading.Thread(target=server.serve_forever, args=(0.2,), daemon=True).start()
        stop.wait()
        server.shutdown()
        server.server_close()


def application(process: Process) -> Callable[..., Iterable[bytes]]:
    """The WSGI application of the management address."""
    registry = _registry(process)
    pages: dict[str, Callable[[], Answer]] = {
        "/metrics": lambda: _metrics(registry),
        "/health/live": lambda: _told({"process": True}),
        "/health/started": lambda: _told(_started(process)),
        "/health/ready": lambda: _ready(process),
    }

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        page = pages.get(environ["PATH_INFO"])
        is_read = environ["REQUEST_METHOD"] in ("GET", "HEAD")
        status, kind, body = page() if page and is_read else ("404 Not Found", JSON, b"{}")
        start_response(
            status,
            [
                ("Content-Type", kind),
                ("Content-Length", str(len(body))),
                ("Cache-Control", "no-store"),
            ],
        )
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]

    return answer


def _told(checks: dict[str, bool], alarms: dict[str, bool] | None = None) -> Answer:
    """Alarms are told and change no status."""
    well = all(checks.values())
    told: dict[str, object] = {"status": _word(well), "checks": _words(checks)}
    if alarms is not None:
        told["alarms"] = _words(alarms)
    return "200 OK" if well else "503 Service Unavailable", JSON, json.dumps(told).encode()


def _word(passed: bool) -> str:
    return "ok" if passed else "failed"


def _words(checks: dict[str, bool]) -> dict[str, str]:
    return {name: _word(passed) for name, passed in checks.items()}


def _ready(process: Process) -> Answer:
    with process.sessions() as session:
        seen = Examined(
            session,
            process.engine,
            process.store,
            process.holder,
            process.clock,
            process.started_at,
        )
        return _told(examine(seen), alarms(seen))


def _started(process: Process) -> dict[str, bool]:
    """Registrations and keys were read once, on tables of this version."""
    try:
        schema = migrate.is_current(process.engine)
    except Exception:
        schema = False
    return {"schema": schema, "configuration": process.holder.was_loaded()}


def _registry(process: Process) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(Readings(process))
    if SHARED in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # of the library
    else:
        registry.register(_Ours())
    return registry


class _Ours:
    """What this process counted."""

    def collect(self) -> Iterable[Any]:
        return (metric for metric in REGISTRY.collect() if metric.name.startswith("sluis_"))


def _metrics(registry: CollectorRegistry) -> Answer:
    return "200 OK", CONTENT_TYPE_LATEST, generate_latest(registry)
