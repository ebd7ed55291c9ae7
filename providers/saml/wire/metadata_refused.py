"""MetadataRefused: metadata that cannot be used, whichever role they are of."""

from __future__ import annotations

from typing import Final

_LONGEST: Final = 120  # characters of a value that is shown


class MetadataRefused(Exception):
    """The metadata cannot be used; the message says what is wrong with them. ``reason`` is a
    stable machine word; ``seen`` and ``expected``: what stands there and what should, where that
    can be said in a few words.
    """

    def __init__(
        self, message: str, *, reason: str = "metadata", seen: str = "", expected: str = ""
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.seen = seen
        self.expected = expected


def named(text: str) -> str:
    """What somebody wrote, as a message may hold it: quoted, on one line, cut."""
    return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")
