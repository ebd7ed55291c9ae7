"""A QR code as one path of squares, so that a page can draw it without an image."""

from __future__ import annotations

from typing import Final

import segno

from broker.pages.mine import Picture

QUIET: Final = 4  # modules of white around it (ISO/IEC 18004)


def picture(text: str) -> Picture:
    """The code of this text, error correction M."""
    code = segno.make(text, error="m", micro=False)
    rows = [[bool(module) for module in row] for row in code.matrix_iter(border=QUIET)]
    runs = [
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, is_dark in enumerate(row)
        if is_dark
    ]
    return Picture("".join(runs), len(rows))
