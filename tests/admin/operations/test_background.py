"""The process beside the workers: one at a time, started again when it ends, gone when told."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.architecture.source_tree import ROOT

SOON = 60.0
# Its body writes who it is; then it waits, or ends where a file says so.
_FRONT = """
import os, sys, threading, time
from pathlib import Path
from admin.operations import background, doorbell, stopping

folder = Path(sys.argv[1])

def body(again_after):
    heard = threading.Event()
    doorbell.there().hear(heard)
    with (folder / "began").open("a") as file:
        file.write(f"{os.getpid()} {again_after} {os.nice(0)}\\n")
    while not (folder / "ends").exists():
        if heard.wait(0.05):
            (folder / "heard").touch()
            heard.clear()
    os._exit(3)

background.FIRST_PAUSE = 0.1
stopping.end_when_told()
stopping.prepare_copies()
beside = background.Background(body)
front = os.getpid()
try:
    with stopping.later():
        beside.start()
        if os.fork() == 0:  # as a worker begins, which goes when its front has gone
            while os.getppid() == front and not (folder / "ring").exists():
                time.sleep(0.05)
            doorbell.there().set()
            os._exit(0)
    time.sleep(600)
finally:
    beside.end(20)
"""


@dataclass
class Front:
    process: subprocess.Popen[bytes]
    folder: Path

    def began(self) -> list[list[str]]:
        """Process id, the code of the one before, niceness; of each that began."""
        with suppress(FileNotFoundError):
            return [line.split() for line in (self.folder / "began").read_text().splitlines()]
        return []


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    with running(tmp_path) as found:
        yield found


@contextmanager
def running(folder: Path) -> Iterator[Front]:
    process = subprocess.Popen([sys.executable, "-c", _FRONT, folder], cwd=ROOT)
    try:
        yield Front(process, folder)
    finally:
        if process.poll() is None:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
            process.kill()
            process.wait(SOON)


def test_one_that_is_killed_is_started_again_and_told_so(front: Front) -> None:
    wait(lambda: len(front.began()) == 1)
    first, again_after, niceness = front.began()[0]
    assert (again_after, int(niceness)) == ("None", os.nice(0) + 5)
    os.kill(int(first), signal.SIGKILL)
    wait(lambda: len(front.began()) == 2)
    second, again_after, _ = front.began()[1]
    assert again_after == str(-signal.SIGKILL)
    assert not psutil.pid_exists(int(first)) and psutil.pid_exists(int(second))


def test_one_that_ends_by_itself_is_started_again_after_pauses(front: Front) -> None:
    (front.folder / "ends").touch()
    wait(lambda: len(front.began()) == 4)
    assert [code for _, code, _ in front.began()] == ["None", "3", "3", "3"]


def test_told_to_stop_it_ends_and_no_other_follows(front: Front) -> None:
    wait(lambda: len(front.began()) == 1)
    front.process.send_signal(signal.SIGTERM)
    assert front.process.wait(SOON) == 0
    assert not psutil.pid_exists(int(front.began()[0][0]))
    assert len(front.began()) == 1


def test_what_a_worker_rings_is_heard_also_by_the_next_one(front: Front) -> None:
    wait(lambda: len(front.began()) == 1)
    os.kill(int(front.began()[0][0]), signal.SIGKILL)
    wait(lambda: len(front.began()) == 2)
    assert not (front.folder / "heard").exists()
    (front.folder / "ring").touch()
    wait((front.folder / "heard").exists)


def wait(done: Callable[[], bool]) -> None:
    end = time.monotonic() + SOON
    while not done():
        assert time.monotonic() < end
        time.sleep(0.02)


_TOLD = """
import os, signal, sys, time
from admin.operations import front, stopping
from admin.operations.background import Background

def told():
    os.kill(os.getpid(), signal.SIGTERM)

class Beside(Background):
    def _start(self, again_after):
        super()._start(again_after)
        if sys.argv[1] == "known":
            told()

class Server:
    def serve(self):
        print("served")

stopping.end_when_told()
stopping.prepare_copies()
if sys.argv[1] == "copied":
    os.register_at_fork(after_in_parent=told)
front._serve_beside(Beside(lambda _: time.sleep(600)), Server())
"""


@pytest.mark.parametrize(("moment", "served"), [("copied", ""), ("known", ""), ("never", "served")])
def test_a_front_told_to_stop_while_it_begins_ends_and_leaves_nobody(
    moment: str, served: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _TOLD, moment], capture_output=True, text=True, timeout=SOON
    )
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, served, "")
