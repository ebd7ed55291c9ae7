"""MetadataRefused: metadata that cannot be used, whichever role they are of."""

from __future__ import annotations

from typing import Final

MENDED_THERE: Final = "let the party that publishes them mend it"
_LONGEST: Final = 120  # characters of a value that is shown


class MetadataRefused(Exception):
    """The metadata cannot be used; the message says ``what`` is wrong with them, and what to do
    ``instead``. ``reason`` is a stable machine word; ``seen`` and ``expected``: what stands there
    and what should, where that can be said in a few words.
    """

    def __init__(
        self,
        what: str,
        instead: str = "",
        *,
        reason: str = "metadata",
        seen: str = "",
        expected: str = "",
    ) -> None:
        super().__init__(f"{what}; {instead}" if instead else what)
        self.what = what
        self.instead = instead
        self.reason = reason
        self.seen = seen
        self.expected = expected


def named(text: str) -> str:
    """What somebody wrote, as a message may hold it: quoted, on one line, cut."""
    return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")
