"""A broker to measure: fresh tables and keys, the settings of the run, its own process tree."""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.user import Refused, User, introduce, user
from sandbox.addresses import standard
from sandbox.parties import Parties
from sandbox.prepare import Demo, prepare

PORT_BASE = 8700
PROBE = Path(__file__).parent / "probe"
INSTALLED = Path(__file__).parent / "installed"  # as where nobody develops
PATIENCE = 600.0
WAITING = """SELECT (SELECT count(*) FROM login_history WHERE new_browser)
    + (SELECT count(*) FROM outbox WHERE due_at IS NOT NULL)"""
COUNTS = "SLUIS_BENCH_COUNTS"


@dataclass(frozen=True)
class Setting:
    """Where state lives and how many workers serve."""

    name: str
    database: str  # "" is a fresh SQLite file
    store: str
    workers: int = 1


@dataclass(frozen=True)
class Measured:
    """A running broker. ``pid`` is the head of its process tree."""

    demo: Demo
    pid: int
    cookies: dict[str, str]
    counts: Path

    def wait_until_told(self) -> None:
        """Every mail about a login in a new browser was delivered. With SQLite only."""
        file = self.demo.directory / "sluis.db"
        end = time.monotonic() + PATIENCE
        with closing(sqlite3.connect(file, timeout=PATIENCE)) as database:
            while database.execute(WAITING).fetchone()[0]:
                if time.monotonic() > end:
                    raise Refused("mail was not delivered")
                time.sleep(0.5)

    def user(self) -> User:
        return user(self.demo, self.cookies)


def python_path(*first: str) -> str:
    """What the broker's Python finds before all else, then what this one finds."""
    return os.pathsep.join([*first, str(INSTALLED), *sys.path])


@contextmanager
def running(
    setting: Setting,
    directory: Path,
    *,
    counting: bool = False,
    beside: Callable[[Demo, Path], None] | None = None,
) -> Iterator[Measured]:
    """Start everything, log in once by hand, stop afterwards. ``beside``: writes a file of
    registrations that are there as well.
    """
    demo = prepare(directory / setting.name, standard(PORT_BASE))
    counts = demo.directory / "counts"
    changed = {
        "SLUIS__STORE__URL": setting.store,
        "SLUIS__WEB__WORKERS": str(setting.workers),
        "SLUIS__UI__DEMO": "false",
        "PYTHONPATH": python_path(),
    }
    if setting.database:
        changed["SLUIS__DATABASE__URL"] = setting.database
    if counting:
        changed |= {COUNTS: str(counts), "PYTHONPATH": python_path(str(PROBE))}
    before = dict(os.environ)
    os.environ.update(changed)
    parties = Parties(demo)
    try:
        parties.sluis("init")
        parties.sluis("apply", "-f", str(demo.registrations))
        if beside is not None:
            file = demo.directory / "beside.yaml"
            beside(demo, file)
            parties.sluis("apply", "-f", str(file))
        parties.start()
        yield Measured(demo, parties.pid("broker"), introduce(demo), counts)
    finally:
        parties.stop()
        os.environ.clear()
        os.environ.update(before)
