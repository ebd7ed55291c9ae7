"""Values damaged so that they always differ: a byte that is set may be that byte already."""

from __future__ import annotations

from collections.abc import Callable


def flipped(place: int) -> Callable[[bytes], bytes]:
    """One bit of the value turned over."""

    def flip(data: bytes) -> bytes:
        at = place % len(data)
        return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]

    return flip
