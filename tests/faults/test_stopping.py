"""Real processes that are told to stop, or killed, with a message in their hands."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
import urllib3
from sqlalchemy import select, update

from admin.operations.install import initialise
from broker import settings
from broker.process import Process
from broker.start import start
from sandbox.addresses import Addresses
from sandbox.prepare import Demo, prepare
from state.clock import utc_now
from state.db import writing
from state.outbox import Message, OutboxRow, enqueue
from tests.listener import Listener, Said, Seen, listening
from tests.servers import free_port

pytestmark = pytest.mark.slow
SLUIS = Path(sys.executable).parent / "sluis"
SOON = 180.0  # seconds until something counts as not happening, on a busy machine
MESSAGE = Message("sms", "+31612345678", "", "Uw code: 123456", "7K3QX9AB")


@dataclass
class Provider:
    """Takes messages; the first waits for its answer until it is let go."""

    let_go: threading.Event = field(default_factory=threading.Event)
    ids: list[str] = field(default_factory=list)

    def answer(self, seen: Seen) -> Said:
        self.ids.append(json.loads(seen.body)["id"])
        assert seen.headers["idempotency-key"] == self.ids[-1]
        if len(self.ids) == 1:
            self.let_go.wait(2 * SOON)
        return Said(status=202)


@dataclass
class Installation:
    """A demo whose messages go to ``provider``."""

    demo: Demo
    process: Process
    provider: Provider

    @contextmanager
    def running(
        self, verb: str, drain_seconds: int = 4, workers: int = 1
    ) -> Iterator[subprocess.Popen[bytes]]:
        """One process of ``sluis``; it and its children are gone afterwards."""
        with (self.demo.logs / verb).open("ab") as log:
            process = subprocess.Popen(
                [SLUIS, "--config", self.demo.config, verb],
                stdout=log,
                stderr=subprocess.STDOUT,
                env={
                    **os.environ,
                    "SLUIS__WEB__DRAIN_SECONDS": str(drain_seconds),
                    "SLUIS__WEB__WORKERS": str(workers),
                    "SLUIS__STORE__URL": "sql:",
                },
            )
        try:
            yield process
        finally:
            self.provider.let_go.set()
            if process.poll() is None:
                for child in psutil.Process(process.pid).children(recursive=True):
                    child.kill()
                process.kill()
                process.wait(SOON)

    def put(self) -> str:
        with self.process.sessions() as session, writing(session):
            return enqueue(session, self.process.sealer, MESSAGE, utc_now())

    def row(self) -> OutboxRow:
        with self.process.sessions() as session:
            return session.scalars(select(OutboxRow)).one()

    def let_claim_run_out(self) -> None:
        """As if its minute had passed."""
        with self.process.sessions() as session, writing(session):
            session.execute(update(OutboxRow).values(due_at=utc_now()))


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def there(provider: Provider) -> Iterator[Listener]:
    with listening(provider.answer) as found:
        yield found
        provider.let_go.set()


@pytest.fixture
def installation(tmp_path: Path, provider: Provider, there: Listener) -> Installation:
    demo = prepare(
        tmp_path / "demo",
        Addresses(
            broker=f"http://localhost:{free_port()}",
            makelaars="http://127.0.0.1:1",
            portal="http://127.0.0.1:1",
            postbus=f"http://{there.authority}",
            management=f"127.0.0.1:{free_port()}",
        ),
    )
    known = settings.load(demo.config, {})
    for _ in initialise(known):
        pass
    return Installation(demo, start(known, utc_now), provider)


def test_X_16_a_worker_that_is_killed_while_it_sends_loses_nothing(
    installation: Installation, provider: Provider
) -> None:
    message_id = installation.put()
    with installation.running("worker") as first:
        _wait(lambda: len(provider.ids) == 1)
        first.kill()
        first.wait(SOON)
    row = installation.row()
    assert row.sent_at is None and row.sealed is not None, "not settled, not lost"
    with installation.running("worker"):
        time.sleep(1)
        assert len(provider.ids) == 1, "claimed: nobody sends it while the claim holds"
        installation.let_claim_run_out()
        _wait(lambda: installation.row().sent_at is not None)
    assert provider.ids == [message_id] * 2, "the provider knows it by its id"


def test_X_17_what_waits_survives_a_worker_that_is_killed(
    installation: Installation, provider: Provider
) -> None:
    provider.let_go.set()
    with installation.running("worker") as first:
        _wait(lambda: (installation.demo.logs / "worker").stat().st_size > 0)
        first.kill()
        first.wait(SOON)
    message_id = installation.put()
    with installation.running("worker"):
        _wait(lambda: installation.row().sent_at is not None)
    assert provider.ids == [message_id]


def test_X_14_a_worker_that_is_told_to_stop_settles_what_it_sends(
    installation: Installation, provider: Provider
) -> None:
    installation.put()
    with installation.running("worker") as process:
        _wait(lambda: len(provider.ids) == 1)
        process.send_signal(signal.SIGTERM)
        time.sleep(1)
        assert process.poll() is None, "it waits for the answer"
        provider.let_go.set()
        assert process.wait(SOON) == 0
    assert installation.row().sent_at is not None
    assert len(provider.ids) == 1


@pytest.mark.parametrize("workers", [1, 2])
def test_X_14_an_instance_says_first_that_it_stops_and_serves_on(
    installation: Installation, provider: Provider, workers: int
) -> None:
    base, management = installation.demo.addresses.broker, installation.demo.addresses.management
    with installation.running("serve", workers=workers) as process:
        _wait(lambda: _status(f"http://{management}/health/ready") == 200)
        installation.put()
        _wait(lambda: len(provider.ids) == 1)
        process.send_signal(signal.SIGTERM)
        _wait(lambda: _status(f"http://{management}/health/ready") == 503)
        assert _said(f"http://{management}/health/ready")["checks"]["staying"] == "failed"
        assert _status(f"{base}/health/ready") == 503
        assert _status(f"{base}/.well-known/openid-configuration") == 200
        assert process.poll() is None
        provider.let_go.set()
        assert process.wait(SOON) == 0
    assert installation.row().sent_at is not None, "what it had in hand is settled"
    assert len(provider.ids) == 1


def test_X_14_a_second_signal_stops_at_once(installation: Installation, provider: Provider) -> None:
    management = installation.demo.addresses.management
    provider.let_go.set()
    with installation.running("serve", drain_seconds=60) as process:
        _wait(lambda: _status(f"http://{management}/health/ready") == 200)
        process.send_signal(signal.SIGTERM)
        _wait(lambda: _status(f"http://{management}/health/ready") == 503)
        process.send_signal(signal.SIGTERM)
        assert process.wait(45) == 0, "without the rest of drain_seconds"


def test_a_server_without_embedded_worker_delivers_nothing(
    installation: Installation, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    management = installation.demo.addresses.management
    provider.let_go.set()
    monkeypatch.setenv("SLUIS__WORKER__EMBEDDED", "false")
    with installation.running("serve"):
        _wait(lambda: _status(f"http://{management}/health/ready") == 200)
        installation.put()
        time.sleep(2)
        assert provider.ids == []
        with installation.running("worker"):
            _wait(lambda: len(provider.ids) == 1)


def _status(url: str) -> int | None:
    try:
        with urllib3.PoolManager(retries=False, timeout=30.0) as http:
            return http.request("GET", url).status
    except urllib3.exceptions.HTTPError:
        return None


def _said(url: str) -> dict[str, dict[str, str]]:
    with urllib3.PoolManager(retries=False, timeout=30.0) as http:
        found: dict[str, dict[str, str]] = http.request("GET", url).json()
        return found


def _wait(done: Callable[[], bool]) -> None:
    end = time.monotonic() + SOON
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)
