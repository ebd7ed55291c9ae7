"""A QR code as one path of squares, so that a page can draw it without an image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import segno

QUIET: Final = 4  # modules of white around it (ISO/IEC 18004)


@dataclass(frozen=True)
class QrCode:
    """The ``d`` of a path of squares, in a box of ``size``."""

    path: str
    size: int


def qr_code(text: str) -> QrCode:
    """The code of this text, error correction M."""
    code = segno.make(text, error="m", micro=False)
    rows = [[bool(module) for module in row] for row in code.matrix_iter(border=QUIET)]
    runs = [
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    ]
    return QrCode("".join(runs), len(rows))
