"""A process that has loaded the libraries and nothing of the tree around it. Each run of pytest is
a fork of it, so that a run costs its tests and not the four seconds before the first of them.

Started as a program, in the root of a copy of the tree. Reads a line of JSON with the arguments of
a run, writes one with its exit code (None where it hung) and its output.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import IO, Any, Final

LONGEST: Final = 300.0  # seconds of one run: who takes longer hangs
PATIENCE: Final = 30.0  # seconds for a run that hangs to clear up after itself
_LOADS: Final = ("tests.conftest", "tests.world", "hypothesis")  # with these comes nearly all
_POLL: Final = 0.02


def main() -> None:
    """Serve until there is nothing more to read."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    here = Path.cwd()
    sys.path[0] = str(here)  # not the folder of this program
    with suppress(KeyboardInterrupt):
        for name in json.loads(_run(partial(_libraries, here))["output"]):
            with suppress(Exception):  # what cannot be loaded so is loaded by who needs it
                importlib.import_module(name)
        gc.freeze()  # pytest collects garbage at its end, and need not look at all of this
        for line in sys.stdin:
            print(json.dumps(_run(partial(_pytest, json.loads(line)))), flush=True)


def _libraries(here: Path) -> int:
    """Print what the tests load from elsewhere than this tree, in this order."""
    plugins = (one.module for one in entry_points(group="pytest11"))
    for name in ("pytest", *plugins, *_LOADS):
        with suppress(ImportError):
            importlib.import_module(name)
    print(json.dumps([name for name, found in sys.modules.items() if not _is_of(found, here)]))
    return 0


def _is_of(module: Any, here: Path) -> bool:
    files = [getattr(module, "__file__", None), *getattr(module, "__path__", ())]
    return any(Path(file).is_relative_to(here) for file in files if file)


def _pytest(wanted: list[str]) -> int:
    import pytest

    # What is walked once more on other stores takes minutes, and is about them.
    return int(pytest.main(["-m", "not stores", *wanted]))


def _run(work: Callable[[], int]) -> dict[str, Any]:
    """In a fork; everything that it prints is its output."""
    with tempfile.TemporaryFile("w+b") as output:
        child = os.fork()
        if child == 0:
            _be_child(work, output)
        code = _ended(child)
        output.seek(0)
        return {"code": code, "output": output.read().decode(errors="replace")}


def _be_child(work: Callable[[], int], output: IO[bytes]) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    code = 70  # as good as any that pytest does not use
    nothing = os.open(os.devnull, os.O_RDONLY)
    for ours, theirs in ((nothing, 0), (output.fileno(), 1), (output.fileno(), 2)):
        os.dup2(ours, theirs)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    try:
        code = work()
        atexit._run_exitfuncs()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _ended(child: int) -> int | None:
    """The exit code, None of one that hung. Whoever ends this process ends the run first."""
    with _ended_with_us(child):
        code = _waited(child, LONGEST)
        if code is not None:
            return code
    return None


@contextmanager
def _ended_with_us(child: int) -> Iterator[None]:
    try:
        yield
    finally:
        if _waited(child, 0) is None:
            for how in (signal.SIGINT, signal.SIGKILL):
                os.kill(child, how)
                if _waited(child, PATIENCE) is not None:
                    break


def _waited(child: int, seconds: float) -> int | None:
    """The exit code where the child ends in time, or ended before."""
    end = time.monotonic() + seconds
    while True:
        try:
            found, status = os.waitpid(child, os.WNOHANG)
        except ChildProcessError:
            return 0
        if found:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= end:
            return None
        time.sleep(_POLL)


if __name__ == "__main__":
    main()
