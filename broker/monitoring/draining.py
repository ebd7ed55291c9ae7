"""Draining: an instance that was told to stop says so first, so that its balancer sends nobody any
more, and only then stops listening.

The processes of one instance share a file: it is there once the instance drains.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

VARIABLE: Final = "SLUIS_DRAIN_FILE"
FINISH_SECONDS: Final = 30  # for what is in hand


@contextmanager
def noticeable() -> Iterator[None]:
    """Processes that start inside this block notice ``begin``."""
    with tempfile.TemporaryDirectory(prefix="sluis-drain-") as directory:
        os.environ[VARIABLE] = str(Path(directory) / "draining")
        try:
            yield
        finally:
            del os.environ[VARIABLE]


def begin() -> None:
    """Tell every process of this instance."""
    Path(os.environ[VARIABLE]).touch()


def has_begun() -> bool:
    """Was this instance told to stop?"""
    file = os.environ.get(VARIABLE)
    return file is not None and Path(file).exists()
