"""The processes of the demo: broker, makelaars, portals and postbus. Started, watched and stopped
together.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import urllib3

from sandbox.prepare import Demo

START_SECONDS: Final = 120.0  # on a busy machine
STOP_SECONDS: Final = 10.0
LAST_LINES: Final = 12
MODULES: Final = {
    "makelaars": "sandbox.makelaar.app",
    "portal": "sandbox.portal.app",
    "postbus": "sandbox.postbus.app",
    "gateway": "sandbox.gateway.app",
    "hub": "sandbox.hub.app",
}


class PartyFailed(Exception):
    """A process did not start or ended by itself. The text holds its last log lines."""


@dataclass
class Parties:
    """The running processes of one demo. ``lock``: descriptor that every process keeps open."""

    demo: Demo
    lock: int | None = None
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def sluis(self, *arguments: str) -> str:
        """Run one ``sluis`` command as an operator would; what it printed.

        Raises PartyFailed when it ends with another code than 0.
        """
        done = subprocess.run(
            [*_sluis(self.demo), *arguments], capture_output=True, text=True, check=False
        )
        if done.returncode:
            said = done.stdout + done.stderr
            raise PartyFailed(f"sluis {' '.join(arguments)}: code {done.returncode}\n{said}")
        return done.stdout

    def start(self) -> None:
        """Start all that have an address and wait until each answers. Raises PartyFailed."""
        urls = self.demo.addresses.parties()
        modules = {name: module for name, module in MODULES.items() if name in urls}
        for name, module in modules.items():
            command = [sys.executable, "-m", module, "--demo", str(self.demo.directory)]
            self._launch(name, command)
        self.start_broker()
        for name in modules:
            self._wait_for(name, urls[name] + "/health")

    def start_broker(self) -> None:
        """Start the broker and wait until it answers. Raises PartyFailed."""
        self._launch("broker", [*_sluis(self.demo), "serve"])
        self._wait_for("broker", self.demo.addresses.parties()["broker"] + "/health/ready")

    def check(self) -> None:
        """Raises PartyFailed when one of them ended by itself."""
        for name, process in self._running.items():
            if process.poll() is not None:
                raise PartyFailed(f"{name}: code {process.returncode}\n{self._last_lines(name)}")

    def stop(self) -> None:
        """Ask each to stop, insist after 10 seconds. Harmless when nothing runs."""
        for process in self._running.values():
            _signal(process, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in self._running.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
                process.wait()
        self._running.clear()

    def pid(self, name: str) -> int:
        """Process id of a party, for measurements."""
        return self._running[name].pid

    def _launch(self, name: str, command: list[str]) -> None:
        with self._log(name).open("wb") as log:
            self._running[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=Path(__file__).parent.parent,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                pass_fds=() if self.lock is None else (self.lock,),
                start_new_session=True,  # Ctrl-C reaches the supervisor, which stops them in order
            )

    def _wait_for(self, name: str, url: str) -> None:
        http = urllib3.PoolManager(retries=False, timeout=5.0)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self.check()
            with contextlib.suppress(urllib3.exceptions.HTTPError):
                if http.request("GET", url).status == 200:
                    return
            time.sleep(0.1)
        raise PartyFailed(f"{name} does not answer at {url}\n{self._last_lines(name)}")

    def _log(self, name: str) -> Path:
        return self.demo.logs / f"{name}.log"

    def _last_lines(self, name: str) -> str:
        lines = self._log(name).read_text(errors="replace").splitlines()[-LAST_LINES:]
        return "\n".join(lines)


def _sluis(demo: Demo) -> list[str]:
    return [str(Path(sys.executable).parent / "sluis"), "--config", str(demo.config)]


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        if process.poll() is None:
            os.killpg(process.pid, number)
