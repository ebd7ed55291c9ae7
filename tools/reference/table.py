"""Tables and headings in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

WRITTEN: Final = "Written by `make reference` from the code; do not edit."


@dataclass(frozen=True)
class Page:
    """One file of docs/reference. ``says``: what it lists, for the table of contents;
    ``items``: all of it, by names that stay.
    """

    name: str
    title: str
    says: str
    parts: tuple[str, ...]
    items: tuple[str, ...]

    def text(self) -> str:
        return "\n\n".join([f"# {self.title}", f"{self.says} {WRITTEN}", *self.parts]) + "\n"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a bar in a cell is escaped."""
    lines = [_line(headings), "|" + "---|" * len(headings)]
    return "\n".join([*lines, *(_line([_cell(cell) for cell in row]) for row in rows)])


def code(text: object) -> str:
    return f"`{text}`"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
