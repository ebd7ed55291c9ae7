"""What is wrong with a file that somebody brings, and with one of its rows."""

from __future__ import annotations

from dataclasses import dataclass, field


class SheetRefused(Exception):
    """Nothing of this file can be read. ``why``: a word; ``seen``: what was there instead."""

    def __init__(self, why: str, seen: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.seen = seen


@dataclass(frozen=True)
class RowFault:
    """``line``: as the program shows it that made the file, the names of columns are on the first;
    ``column``: its name, empty for the whole row; ``expected``: a word, with ``facts`` for its
    sentence.
    """

    line: int
    column: str
    seen: str
    expected: str
    facts: dict[str, str] = field(default_factory=dict)
