"""A process that is told to stop ends in order, and says nothing that looks like an error."""

from __future__ import annotations

import subprocess
import sys

_TOLD_WHILE_MAKING: str = """
import os, signal
from admin.operations import stopping

class Loop:
    def __init__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        self.pipe = 1
    def __del__(self):
        self.pipe += 1  # as an event loop closes what it has

stopping.end_when_told()
Loop()
"""


def test_told_while_something_is_half_made_it_ends_without_a_traceback() -> None:
    done = _run(_TOLD_WHILE_MAKING)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_cannot_be_taken_apart_is_told_where_nobody_ends() -> None:
    done = _run("class Odd:\n    def __del__(self):\n        self.pipe\nOdd()\n")
    assert done.returncode == 0 and "AttributeError" in done.stderr


def _run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=180
    )
