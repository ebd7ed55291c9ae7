"""A broker to measure: fresh tables and keys, the settings of the run, its own process tree."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.user import User, introduce, user
from sandbox.addresses import standard
from sandbox.parties import Parties
from sandbox.prepare import Demo, prepare

PORT_BASE = 8700
PROBE = Path(__file__).parent / "probe"
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
    cookie: str
    counts: Path

    def user(self) -> User:
        return user(self.demo, self.cookie)


@contextmanager
def running(setting: Setting, directory: Path, *, counting: bool = False) -> Iterator[Measured]:
    """Start everything, log in once by hand, stop afterwards."""
    demo = prepare(directory / setting.name, standard(PORT_BASE))
    counts = demo.directory / "counts"
    changed = {
        "SLUIS__STORE__URL": setting.store,
        "SLUIS__WEB__WORKERS": str(setting.workers),
        "SLUIS__UI__DEMO": "false",
    }
    if setting.database:
        changed["SLUIS__DATABASE__URL"] = setting.database
    if counting:
        changed |= {COUNTS: str(counts), "PYTHONPATH": os.pathsep.join([str(PROBE), *sys.path])}
    before = dict(os.environ)
    os.environ.update(changed)
    parties = Parties(demo)
    try:
        parties.sluis("init")
        parties.sluis("apply", "-f", str(demo.registrations))
        parties.start()
        yield Measured(demo, parties.pid("broker"), introduce(demo), counts)
    finally:
        parties.stop()
        os.environ.clear()
        os.environ.update(before)
