"""A database put back as it was: a world that many tests share does not fill up. Each page would
show what all tests before it left, and take longer with each of them.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


class Snapshot:
    """What this SQLite file holds now. Whoever has it open sees what is put back, at their next
    transaction.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._kept = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(file)) as now:
            now.backup(self._kept)

    def restore(self) -> None:
        with closing(sqlite3.connect(self._file)) as now:
            now.execute("PRAGMA synchronous=OFF")  # as tests.unflushed
            self._kept.backup(now)
