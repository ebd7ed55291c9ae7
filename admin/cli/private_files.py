"""Files that hold what only their owner may read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO


def private_file(path: Path) -> BinaryIO:
    """A new file that its owner alone can open, from its first moment on: whoever opened it before
    a change of mode would read what is written later. Raises FileExistsError.
    """
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
