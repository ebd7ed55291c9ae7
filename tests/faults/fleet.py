"""The fleet: two instances with two workers each, a worker for mail, PostgreSQL, Redis, the
makelaars and the postbus, behind a balancer; all on loopback, all real processes.
"""

from __future__ import annotations

import contextlib
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
from typing import Final

import psutil
import urllib3

from admin.operations import background
from sandbox.addresses import Addresses, host_and_port, spare_loopback_host
from sandbox.prepare import Demo, prepare
from tests.faults import failpoint
from tests.faults.balancer import Backend, Balancer
from tests.faults.servers import Postgres, RedisServer, folder, new_postgres, new_redis
from tests.servers import free_port

ROOT: Final = Path(__file__).parents[2]
PATIENCE: Final = 120.0  # seconds until something that must happen counts as not happening
WORKERS: Final = 2
SPARE_PORTS: Final = 6
STOP_WITHIN: Final = 40.0
STARTED: Final = "Started worker"
CALM: Final = 8.0  # a server whose workers die faster than this takes it for a mistake and stops


class FleetFailed(Exception):
    """Something did not come up, or did not stop. The text holds its last log lines."""


@dataclass
class Process:
    """One program of the fleet, started again when it ends by itself, as a supervisor does."""

    name: str
    command: list[str]
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    running: subprocess.Popen[bytes] | None = field(default=None, init=False)
    started: int = field(default=0, init=False)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **self.environment},
                start_new_session=True,
            )
        self.started += 1

    def stop(self) -> int:
        """Ask it to stop; the code with which it did. Raises FleetFailed when it does not."""
        assert self.running is not None
        process, self.running = self.running, None
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            _kill_all(process)
            raise FleetFailed(f"{self.name} does not stop\n{self.last_lines()}") from None

    def kill(self) -> None:
        """-9 for it and all that it started; nobody starts it again."""
        if self.running is not None:
            process, self.running = self.running, None
            _kill_all(process)

    def children(self) -> list[int]:
        """Process ids of the workers that a server started."""
        return [pid for pid, name in self._living() if name != background.NAME]

    def backgrounds(self) -> list[int]:
        """Process ids of what delivers and does the jobs beside its workers: one, or none."""
        return [pid for pid, name in self._living() if name == background.NAME]

    def _living(self) -> list[tuple[int, str]]:
        found = []
        for child in _tree(self._pid)[1:]:
            with contextlib.suppress(psutil.Error):
                helps = any("tracker" in word for word in child.cmdline())
                if not helps and child.status() != psutil.STATUS_ZOMBIE:
                    found.append((child.pid, child.name()))
        return found

    def last_lines(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])

    @property
    def _pid(self) -> int:
        assert self.running is not None
        return self.running.pid


@dataclass
class Fleet:
    """Everything that runs. ``instances`` in the order of ``balancer.backends``."""

    demo: Demo
    postgres: Postgres
    redis: RedisServer
    balancer: Balancer
    instances: list[Process]
    others: list[Process]
    spare: tuple[int, ...]  # ports that the broker may call, for makelaars of a test
    _killed_at: dict[int, float] = field(default_factory=dict)
    _supervising: threading.Event = field(default_factory=threading.Event)

    @property
    def processes(self) -> list[Process]:
        return [*self.others, *self.instances]

    @property
    def environment(self) -> dict[str, str]:
        """Settings that everything of the broker shares."""
        addresses = self.demo.addresses
        known = (addresses.makelaars, addresses.portal, addresses.postbus)
        reachable = [host_and_port(url) for url in known]
        reachable += [f"127.0.0.1:{port}" for port in self.spare]
        return {
            "SLUIS__DATABASE__URL": self.postgres.url,
            "SLUIS__STORE__URL": self.redis.url,
            "SLUIS__WEB__WORKERS": str(WORKERS),
            "SLUIS__DEVELOPMENT__LOOPBACK": ",".join(reachable),
        }

    @property
    def failpoint(self) -> Path:
        return self.demo.directory / failpoint.FILE

    def arm(self, what: str) -> None:
        """See tests/faults/failpoint.py."""
        failpoint.arm(self.failpoint, what)

    def sluis(self, *arguments: str) -> None:
        """One command of an operator. Raises FleetFailed."""
        command = [*_command(self.demo, "admin.cli"), *arguments]
        environment = {**os.environ, **self.environment}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise FleetFailed(f"sluis {arguments}: {done.stdout}{done.stderr}")

    def start(self) -> None:
        for process in self.processes:
            process.start()
        self.balancer.start()
        threading.Thread(target=self._supervise, name="supervisor", daemon=True).start()
        for base in (self.demo.addresses.makelaars, self.demo.addresses.postbus):
            self.wait(lambda base=base: _answers(f"{base}/health"), "makelaars or postbus")
        self.wait_until_ready()

    def stop(self) -> None:
        """Nothing of the fleet runs afterwards."""
        self._supervising.set()
        self.balancer.stop()
        for process in reversed(self.processes):
            process.kill()

    def wait_until_ready(self) -> None:
        """Every instance is ready, as the balancer sees it, and has all of its workers."""
        self.wait(
            lambda: (
                all(backend.ready for backend in self.balancer.backends)
                and all(len(instance.children()) == WORKERS for instance in self.instances)
                and all(instance.backgrounds() for instance in self.instances)
            ),
            "instances",
        )

    def wait(self, done: Callable[[], bool], what: str) -> None:
        """Raises FleetFailed when it takes far too long."""
        end = time.monotonic() + PATIENCE
        while not done():
            if time.monotonic() > end:
                lines = "\n".join(process.last_lines() for process in self.processes)
                raise FleetFailed(f"{what}: not there in {PATIENCE:.0f} seconds\n{lines}")
            time.sleep(0.05)

    def errors(self) -> list[str]:
        """What the instances logged as unexpected, oldest first of each."""
        return [
            line
            for instance in self.instances
            for line in instance.log.read_text(errors="replace").splitlines()
            if '"level": "error"' in line
        ]

    def kill_worker(self, number: int) -> None:
        """-9 for one worker of this instance; its server starts another. Waits first where the
        server would take two deaths for a mistake.
        """
        time.sleep(max(0.0, self._killed_at.get(number, 0.0) + CALM - time.monotonic()))
        children = self.instances[number].children()
        if children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(children[0], signal.SIGKILL)
            self.wait(lambda: children[0] not in self.instances[number].children(), "its death")
            self._killed_at[number] = time.monotonic()

    def replace_worker(self, number: int) -> None:
        """The same, and waits until its server has another one. In between the server closes the
        dead worker's socket, which cuts what waited in it: that is the case of a request in hand.
        """
        log = self.instances[number].log
        before = log.read_text(errors="replace").count(STARTED)
        self.kill_worker(number)
        self.wait(lambda: log.read_text(errors="replace").count(STARTED) > before, "a new worker")

    def _supervise(self) -> None:
        while not self._supervising.wait(0.5):
            for process in self.processes:
                running = process.running
                if running is not None and running.poll() is not None:
                    process.start()


@contextmanager
def running_fleet(seed: int) -> Iterator[Fleet]:
    """The fleet runs inside this block. Raises FleetFailed."""
    with folder() as directory:
        postgres, redis = new_postgres(directory / "pg"), new_redis(directory / "redis")
        try:
            postgres.make()
            redis.start()
            fleet = _prepared(directory / "demo", postgres, redis, seed)
            try:
                fleet.start()
                yield fleet
            finally:
                fleet.stop()
        finally:
            redis.kill()
            postgres.stop()


def _prepared(directory: Path, postgres: Postgres, redis: RedisServer, seed: int) -> Fleet:
    port = free_port()
    demo = prepare(
        directory,
        Addresses(
            broker=f"http://localhost:{port}",
            makelaars=f"http://127.0.0.1:{free_port()}",
            portal=f"http://{spare_loopback_host()}:{free_port()}",
            postbus=f"http://127.0.0.1:{free_port()}",
        ),
    )
    backends = [Backend(f"instance-{number}", free_port()) for number in (1, 2)]
    balancer = Balancer(port, backends, seed)
    spare = tuple(free_port() for _ in range(SPARE_PORTS))
    fleet = Fleet(demo, postgres, redis, balancer, [], _others(demo), spare)
    for backend in backends:
        command = [*_command(demo, "tests.faults.launch"), "serve"]
        bind = {"SLUIS__WEB__BIND": f"127.0.0.1:{backend.port}"}
        log = demo.logs / f"{backend.name}.log"
        fleet.instances.append(Process(backend.name, command, log, {**fleet.environment, **bind}))
    worker = [*_command(demo, "admin.cli"), "worker"]
    fleet.others.append(Process("worker", worker, demo.logs / "worker", fleet.environment))
    fleet.sluis("init")
    fleet.sluis("apply", "-f", str(demo.registrations))
    return fleet


def _others(demo: Demo) -> list[Process]:
    modules = {"makelaars": "sandbox.makelaar.app", "postbus": "sandbox.postbus.app"}
    command = [sys.executable, "-m"]
    demo_is = ["--demo", str(demo.directory)]
    return [
        Process(name, [*command, module, *demo_is], demo.logs / name)
        for name, module in modules.items()
    ]


def _command(demo: Demo, module: str) -> list[str]:
    if module == "admin.cli":
        return [str(Path(sys.executable).parent / "sluis"), "--config", str(demo.config)]
    return [sys.executable, "-m", module, "--config", str(demo.config)]


def _answers(url: str) -> bool:
    with (
        contextlib.suppress(urllib3.exceptions.HTTPError),
        urllib3.PoolManager(retries=False, timeout=30.0) as http,
    ):
        return http.request("GET", url).status == 200
    return False


def _kill_all(process: subprocess.Popen[bytes]) -> None:
    members = _tree(process.pid) if process.poll() is None else []
    for member in members:
        with contextlib.suppress(psutil.Error):
            member.kill()
    process.wait(STOP_WITHIN)


def _tree(pid: int) -> list[psutil.Process]:
    """The process and everything it started; empty when it is gone."""
    try:
        head = psutil.Process(pid)
        return [head, *head.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []
