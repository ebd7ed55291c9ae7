"""Where a demo keeps its files: a folder per first port, and one demo at a time in a folder."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sandbox.addresses import DEFAULT_PORT_BASE

ROOT: Final = Path("var")


class InUse(Exception):
    """A demo runs in this folder; the text is the folder."""


def folder(port_base: int, *, check: bool, root: Path) -> Path:
    """``var/demo`` at the standard ports, else ``var/demo-8100``; a check has one of its own, so
    that it changes nothing of the demo that people use.
    """
    name = "demo-check" if check else "demo"
    return root / (name if port_base == DEFAULT_PORT_BASE else f"{name}-{port_base}")


@contextmanager
def held(place: Path) -> Iterator[int]:
    """The folder is ours inside this block. Yields the descriptor of its lock: a process that
    inherits it holds the folder as well, for as long as it lives. Raises InUse.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(_lock_of(place), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise InUse(str(place)) from None
        yield lock
    finally:
        os.close(lock)


def throw_away(root: Path) -> tuple[list[Path], list[Path]]:
    """Remove the folder of every demo that does not run: those that went, those that stayed."""
    gone: list[Path] = []
    stayed: list[Path] = []
    for place in sorted(path for path in root.glob("demo*") if path.is_dir()):
        try:
            with held(place):
                shutil.rmtree(place)
                gone.append(place)
        except InUse:
            stayed.append(place)
    return gone, stayed


def _lock_of(place: Path) -> Path:
    """Beside the folder: what is in it is removed at every start."""
    return place.with_name(f"{place.name}.lock")
