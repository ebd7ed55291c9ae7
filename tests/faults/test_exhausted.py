"""A server of production on SQLite whose disk is full, or that has no file handles left: busy, then
well again by itself, and nothing that was confirmed is lost.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
import urllib3

from sandbox.addresses import Addresses, spare_loopback_host
from sandbox.parties import Parties
from sandbox.prepare import prepare
from tests.broker.portal import query_of
from tests.faults.driver import JAN, JAN_ELSEWHERE, Scene, User
from tests.faults.ending import Kind, bad
from tests.servers import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
QUICKLY = 60.0  # seconds in which a user hears that it is busy, on a machine that is too
SOON = 60.0
HANDLES = 40  # that the server may have, and that others then take


@dataclass(frozen=True)
class Served:
    """All parties run; the broker with one worker."""

    parties: Parties
    scene: Scene

    @property
    def base(self) -> str:
        return self.parties.demo.addresses.broker

    def user(self) -> User:
        return User(self.scene, JAN_ELSEWHERE)

    @contextmanager
    def short_of(self, what: int, most: int) -> Iterator[None]:
        """The running processes of the broker may use so much and no more, until the end."""
        head = psutil.Process(self.parties.pid("broker"))
        known = [(each, each.rlimit(what)) for each in (head, *head.children(recursive=True))]
        for each, (_, hard) in known:
            each.rlimit(what, (most, hard))
        try:
            yield
        finally:
            for each, limits in known:
                each.rlimit(what, limits)

    def books(self) -> list[str]:
        return self.scene.ledger.check(f"sqlite:///{self.parties.demo.directory / 'sluis.db'}")


def addresses() -> Addresses:
    return Addresses(
        broker=f"http://localhost:{free_port()}",
        makelaars=f"http://127.0.0.1:{free_port()}",
        portal=f"http://{spare_loopback_host()}:{free_port()}",
        postbus=f"http://127.0.0.1:{free_port()}",
    )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    demo = prepare(tmp_path_factory.mktemp("exhausted") / "demo", addresses())
    parties = Parties(demo)
    try:
        parties.sluis("init")
        parties.sluis("apply", "-f", str(demo.registrations))
        parties.start()
        scene = Scene(demo)
        scene.warm_up()
        yield Served(parties, scene)
    finally:
        parties.stop()


@pytest.fixture(autouse=True)
def books(served: Served) -> Iterator[None]:
    """Balanced afterwards."""
    yield
    assert bad(served.scene.ledger.endings) == []
    assert served.books() == []


def status_of(url: str, http: urllib3.PoolManager | None = None) -> tuple[int, str | None]:
    pool = http or urllib3.PoolManager(retries=False, timeout=SOON)
    answer = pool.request("GET", url)
    return answer.status, answer.headers.get("Retry-After")


def test_X_07_a_full_disk_is_told_at_once_and_passes(served: Served) -> None:
    """For everything at once: the database, its journal, the log and what is temporary."""
    waiting = served.user()
    query = query_of(waiting.walk(waiting.begin()).url)
    assert "code" in query
    log = served.parties.demo.logs / "broker.log"
    with served.short_of(psutil.RLIMIT_FSIZE, 0):
        size, began = log.stat().st_size, time.monotonic()
        ending = served.user().log_in()
        assert ending.kind is Kind.BUSY, ending
        assert time.monotonic() - began < QUICKLY
        assert log.stat().st_size == size, "nothing could be written"
        assert waiting.redeem(query).kind is Kind.BUSY, "in JSON, with a time"
        assert status_of(f"{served.base}/jwks")[0] == 200, "what needs no disk goes on"
        assert status_of(f"{served.base}/health/live")[0] == 200
    redeemed = waiting.redeem(query)
    assert redeemed.is_done, "the code was not lost"
    served.scene.ledger.ended(redeemed, JAN.client_id)
    assert served.user().log_in().is_done
    assert log.stat().st_size > size
    assert "Traceback" not in log.read_text()


def test_X_07_a_disk_that_fills_during_a_login_loses_nothing_of_it(served: Served) -> None:
    user = served.user()
    page = user.begin()
    with served.short_of(psutil.RLIMIT_FSIZE, 0):
        assert user.walk(page).status == 503
    again = user.browser.open(page.url)
    assert again.status == 200, again.text
    ending = user.finish(again)
    served.scene.ledger.ended(ending, user.persona.client_id)
    assert ending.is_done


def test_X_07_a_log_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    demo = prepare(tmp_path / "demo", addresses())
    sluis = [str(Path(sys.executable).parent / "sluis"), "--config", str(demo.config)]
    subprocess.run([*sluis, "init"], check=True, capture_output=True)
    with Path("/dev/full").open("wb") as full:
        environment = {**os.environ, "SLUIS__WEB__DRAIN_SECONDS": "0"}
        server = subprocess.Popen([*sluis, "serve"], stdout=full, stderr=full, env=environment)
    try:
        end = time.monotonic() + SOON
        while True:
            try:
                assert status_of(f"{demo.addresses.broker}/health/ready")[0] == 200
                break
            except urllib3.exceptions.HTTPError:
                assert server.poll() is None and time.monotonic() < end
                time.sleep(0.1)
        url = f"{demo.addresses.broker}/authorize?client_id=nobody"
        assert status_of(url)[0] == 400, "which is logged"
    finally:
        server.terminate()
        server.wait(SOON)


def test_X_19_without_file_handles_it_is_busy_and_then_well(served: Served) -> None:
    """Idle connections take them all; who is connected hears so, and it passes with them."""
    host = urlsplit(served.base)
    worker = psutil.Process(served.parties.pid("broker")).children(recursive=True)[0]
    kept = urllib3.PoolManager(retries=False, timeout=SOON)
    page = f"{served.base}/static/sluis.css"
    assert status_of(page, kept)[0] == 200
    with ExitStack() as idle, served.short_of(psutil.RLIMIT_NOFILE, worker.num_fds() + HANDLES):
        for _ in range(2 * HANDLES):
            idle.enter_context(socket.create_connection((host.hostname, host.port), SOON))
        end = time.monotonic() + QUICKLY
        while worker.num_fds() < worker.rlimit(psutil.RLIMIT_NOFILE)[0]:
            assert time.monotonic() < end
            time.sleep(0.05)
        began = time.monotonic()
        status, retry = status_of(page, kept)
        assert (status, retry) == (503, "10")
        assert time.monotonic() - began < QUICKLY
        assert status_of(f"{served.base}/health/live", kept)[0] == 200
        idle.close()
        assert served.user().log_in_at_last(SOON).is_done, "as soon as the others are gone"
    assert worker.is_running()
    assert served.user().log_in().is_done
