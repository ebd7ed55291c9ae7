"""``sluis serve`` and ``sluis worker`` that are told to stop before they do anything; a server that
loses its front, or finds its address taken.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import urllib3

from admin.operations.install import initialise
from broker import settings
from sandbox.addresses import Addresses
from sandbox.prepare import prepare
from tests.servers import free_port

pytestmark = pytest.mark.slow
SLUIS = Path(sys.executable).parent / "sluis"
SOON = 90.0  # seconds until something counts as not happening, on a busy machine
AT_ONCE = 20.0  # less than the thirty after which a worker that does not hear is killed


@dataclass
class Started:
    """One ``sluis serve``, in a session of its own as under a terminal."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def seen(self) -> psutil.Process:
        return psutil.Process(self.process.pid)

    def workers(self) -> list[psutil.Process]:
        return self.seen.children(recursive=True)

    def is_front(self) -> bool:
        return "admin.operations.front" in self.seen.cmdline()

    def handles_signals(self) -> bool:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
        return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    demo = prepare(
        tmp_path_factory.mktemp("signals") / "demo",
        Addresses(
            broker=f"http://localhost:{free_port()}",
            makelaars="http://127.0.0.1:1",
            portal="http://127.0.0.1:1",
            postbus="http://127.0.0.1:1",
            management=f"127.0.0.1:{free_port()}",
        ),
    )
    for _ in initialise(settings.load(demo.config, {})):
        pass
    return demo.config


@contextmanager
def started(config: Path, log: Path, verb: str = "serve", **values: str) -> Iterator[Started]:
    """It and its children are gone afterwards."""
    own = {"SLUIS__WEB__DRAIN_SECONDS": "0", "SLUIS__WORKER__EMBEDDED": "true", **values}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [SLUIS, "--config", config, verb],
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **own},
            start_new_session=True,
        )
    try:
        yield Started(process, log)
    finally:
        if process.poll() is None:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
            process.kill()
            process.wait(SOON)


MOMENTS: dict[str, Callable[[Started], bool]] = {
    "during the checks": lambda one: one.handles_signals() and not one.is_front(),
    "between the checks and the front": Started.is_front,
    "while a worker loads": lambda one: bool(one.workers()),
}


@pytest.mark.skipif(sys.platform != "linux", reason="/proc shows the moments")
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("workers", ["1", "2"])
def test_told_to_stop_while_it_starts_it_ends_at_once_and_in_order(
    config: Path, tmp_path: Path, moment: str, workers: str
) -> None:
    several = {"SLUIS__WEB__WORKERS": workers, "SLUIS__STORE__URL": "sql:"}
    with started(config, tmp_path / "log", **several) as one:
        wait(lambda: MOMENTS[moment](one))
        workers_then = one.workers()
        one.process.send_signal(signal.SIGTERM)
        assert one.process.wait(AT_ONCE) == 0
        assert not any(each.is_running() for each in workers_then)
    assert "Traceback" not in one.log.read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="/proc shows the moment")
def test_a_worker_told_to_stop_while_it_loads_ends_at_once(config: Path, tmp_path: Path) -> None:
    with started(config, tmp_path / "log", "worker") as one:
        wait(one.handles_signals)
        one.process.send_signal(signal.SIGTERM)
        assert one.process.wait(AT_ONCE) == 0
    assert "Traceback" not in one.log.read_text()


def test_ctrl_c_in_a_terminal_is_left_to_the_front(config: Path, tmp_path: Path) -> None:
    with started(config, tmp_path / "log") as one:
        wait(lambda: is_served(config))
        os.killpg(one.process.pid, signal.SIGINT)
        assert one.process.wait(AT_ONCE) == 0
    said = one.log.read_text()
    assert "Unexpected exit" not in said and "Traceback" not in said
    assert said.count("Shutting down") == 1


def test_workers_end_when_their_front_was_killed_and_the_next_one_starts(
    config: Path, tmp_path: Path
) -> None:
    several = {"SLUIS__WEB__WORKERS": "2", "SLUIS__STORE__URL": "sql:"}
    with started(config, tmp_path / "log", **several) as one:
        wait(lambda: is_served(config))
        workers = one.workers()
        assert len(workers) == 3, "two, and what delivers and does the jobs"
        one.process.kill()
        one.process.wait(SOON)
        _, left = psutil.wait_procs(workers, timeout=AT_ONCE)
        for each in left:
            each.kill()
        assert left == []
    assert "server.front_gone" in one.log.read_text()
    with started(config, tmp_path / "next") as another:
        wait(lambda: is_served(config))
        assert another.process.poll() is None


@pytest.mark.parametrize("key", ["bind", "management_bind"])
def test_an_address_where_another_listens_is_refused_also_when_it_would_share(
    config: Path, tmp_path: Path, key: str
) -> None:
    bind = getattr(settings.load(config, {}).web, key)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        host, port = bind.rsplit(":", 1)
        other.bind((host, int(port)))
        other.listen()
        with started(config, tmp_path / "log") as one:
            assert one.process.wait(SOON) == 1
    assert f"web.{key}: {bind} is taken" in one.log.read_text()


def is_served(config: Path) -> bool:
    bind = settings.load(config, {}).web.bind
    try:
        with urllib3.PoolManager(retries=False, timeout=30.0) as http:
            return http.request("GET", f"http://{bind}/health/ready").status == 200
    except urllib3.exceptions.HTTPError:
        return False


def wait(done: Callable[[], bool]) -> None:
    end = time.monotonic() + SOON
    while not done():
        assert time.monotonic() < end
        time.sleep(0.02)
