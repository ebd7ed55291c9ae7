"""A copy of the tree in which lines may be taken away: the checkout itself is never changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.mutants.table import Mutant


class PrivateCopy:
    """Of every file that is or will be committed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._moment = int(time.time())

    @contextmanager
    def without(self, mutant: Mutant) -> Iterator[None]:
        """The line is away inside this block. Raises Stale where it is not there."""
        path = self.path / mutant.file
        source = path.read_text(encoding="utf-8")
        self._write(path, mutant.applied(source))
        try:
            yield
        finally:
            self._write(path, source)

    def _write(self, path: Path, text: str) -> None:
        """Each time with another moment: Python keeps what it compiled by whole seconds and by
        size, and would not see a second change within one.
        """
        path.write_text(text, encoding="utf-8")
        self._moment += 1
        os.utime(path, (self._moment, self._moment))


@contextmanager
def private_copy(root: Path) -> Iterator[PrivateCopy]:
    """A copy of this tree, gone afterwards."""
    made = Path(tempfile.mkdtemp(prefix="sluis-mutants-")).resolve()
    try:
        for name in _files(root):
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, made / name)
        yield PrivateCopy(made)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _files(root: Path) -> Iterator[str]:
    asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(asked, cwd=root, check=True, capture_output=True).stdout.decode()
    return (name for name in listed.split("\0") if name and (root / name).is_file())
