"""Running tests in a private copy: with everything in place, and with one line away."""

from __future__ import annotations

import enum
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final

from tests.mutants.parts import groups
from tests.mutants.private_copy import PrivateCopy, private_copy
from tests.mutants.table import ROOT, Mutant, Stale

_SERVER: Final = Path("tests/mutants/fork_server.py")
_OPTIONS: Final = (
    *("-q", "--no-header", "--tb=short", "-p", "no:cacheprovider"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),  # plugins that were loaded before
)
# Options that somebody gives every run of his own would make these say something else.
_NOT_PASSED_ON: Final = ("PYTHONDONTWRITEBYTECODE", "PYTEST_ADDOPTS", "PYTEST_PLUGINS")
_FAILED: Final = re.compile(r"^\d+ failed\b", re.MULTILINE)
_PASSED, _SOME_FAILED = 0, 1  # exit codes of pytest; every other means that nothing was tested


class Outcome(enum.StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "SURVIVED"  # no named test saw it
    STALE = "STALE"  # its text is not there exactly once
    NOT_TRIED = "NOT TRIED"  # its tests fail with every line in place, or cannot run without it


@dataclass(frozen=True)
class Verdict:
    """``detail`` says more where the outcome is not that it was killed."""

    mutant: Mutant
    outcome: Outcome
    seconds: float
    detail: str = ""


@dataclass(frozen=True)
class _Ran:
    code: int | None  # None: it hung
    output: str

    @property
    def tail(self) -> str:
        return "\n".join(self.output.strip().splitlines()[-12:])


class MutantRuns:
    """``workers`` private copies of the tree at ``root``, each with one run of pytest at a time."""

    def __init__(self, root: Path, *, workers: int, told: Callable[[Verdict], None]) -> None:
        self._root, self._workers, self._told = root, workers, told
        self._stopped = threading.Event()
        self._lock = threading.Lock()

    def run(self, mutants: Sequence[Mutant]) -> list[Verdict]:
        """Every verdict, in the order in which they fell."""
        waiting: SimpleQueue[tuple[Mutant, ...]] = SimpleQueue()
        for group in sorted(groups(mutants), key=len, reverse=True):
            waiting.put(group)
        found: list[Verdict] = []
        with ThreadPoolExecutor(self._workers) as pool:
            working = [pool.submit(self._work, waiting, found) for _ in range(self._workers)]
            try:
                for one in working:
                    one.result()
            except BaseException:
                self._stopped.set()
                raise
        return found

    def _work(self, waiting: SimpleQueue[tuple[Mutant, ...]], found: list[Verdict]) -> None:
        with private_copy(self._root) as copy, _pytests(copy) as pytests:
            while not self._stopped.is_set():
                try:
                    group = waiting.get_nowait()
                except Empty:
                    return
                for verdict in self._verdicts(copy, pytests, group):
                    with self._lock:
                        found.append(verdict)
                        self._told(verdict)

    def _verdicts(
        self, copy: PrivateCopy, pytests: _Pytests, group: Sequence[Mutant]
    ) -> Iterator[Verdict]:
        """First the tests as things are: one that fails anyway proves nothing."""
        every = dict.fromkeys(test for mutant in group for test in mutant.tests)
        whole = pytests.run(*every)
        for mutant in group:
            if self._stopped.is_set():
                return
            if whole.code != _PASSED:
                detail = f"its tests do not pass with every line in place:\n{whole.tail}"
                yield Verdict(mutant, Outcome.NOT_TRIED, 0.0, detail)
            else:
                yield _verdict(copy, pytests, mutant)


def _verdict(copy: PrivateCopy, pytests: _Pytests, mutant: Mutant) -> Verdict:
    began = time.monotonic()
    try:
        with copy.without(mutant):
            ran = pytests.run("-x", *mutant.tests)
    except Stale as error:
        return Verdict(mutant, Outcome.STALE, 0.0, str(error))
    seconds = time.monotonic() - began
    if ran.code is None or (ran.code == _SOME_FAILED and _FAILED.search(ran.output)):
        return Verdict(mutant, Outcome.KILLED, seconds)
    if ran.code == _PASSED:
        return Verdict(mutant, Outcome.SURVIVED, seconds)
    detail = f"without this line its tests cannot even begin:\n{ran.tail}"
    return Verdict(mutant, Outcome.NOT_TRIED, seconds, detail)


class _Pytests:
    """Runs of pytest in one copy, one after the other."""

    def __init__(self, server: subprocess.Popen[str]) -> None:
        self._server = server

    def run(self, *wanted: str) -> _Ran:
        """Raises InterruptedError where the server was ended."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps([*_OPTIONS, *wanted]) + "\n")
        self._server.stdin.flush()
        line = self._server.stdout.readline()
        if not line:
            raise InterruptedError("the server of the runs has ended")
        return _Ran(**json.loads(line))


@contextmanager
def _pytests(copy: PrivateCopy) -> Iterator[_Pytests]:
    """``CI``: a test that is skipped is one that did not run, and fails. Their own temporary files:
    runs beside each other clear away each other's, and one of them stumbles over it.
    """
    with tempfile.TemporaryDirectory(prefix="sluis-mutants-", ignore_cleanup_errors=True) as own:
        environment = {**os.environ, "CI": "true", "PYTHONPATH": str(copy.path)}
        environment["PYTEST_DEBUG_TEMPROOT"] = own
        for name in _NOT_PASSED_ON:
            environment.pop(name, None)
        with _served(copy, environment) as pytests:
            yield pytests


@contextmanager
def _served(copy: PrivateCopy, environment: dict[str, str]) -> Iterator[_Pytests]:
    with subprocess.Popen(
        [sys.executable, ROOT / _SERVER],
        cwd=copy.path,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            yield _Pytests(server)
        finally:
            assert server.stdin is not None
            server.stdin.close()
            if sys.exc_info()[0] is not None:
                server.terminate()
