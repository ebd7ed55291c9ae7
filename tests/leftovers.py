"""What a process makes once for all of its tests, gone at the end of the run."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

KEPT: Final = ExitStack()


@contextmanager
def cleared_at_the_end() -> Iterator[None]:
    """What is entered in KEPT lasts inside this block."""
    with KEPT:
        yield


def folder() -> Path:
    """A directory that lasts as long as this process runs tests."""
    made = Path(tempfile.mkdtemp(prefix="sluis-tests-")).resolve()
    KEPT.callback(shutil.rmtree, made, ignore_errors=True)
    return made
