"""What may stand in a cell of a file, and which texts a spreadsheet would take for a formula."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

from directory.dates import AMSTERDAM

Cell = str | int | date | datetime | None
# A spreadsheet takes a cell that begins so for a formula; some read wide signs as narrow ones.
_SIGNS: Final = r"[=+\-@|%\uff1d\uff0b\uff0d\uff20]"
_FORMULA: Final = re.compile(rf"\s*{_SIGNS}|[\t\r\n]")
# Who reads a file of the other language has a cell of its own behind the other separator.
_LATER_FORMULA: Final = re.compile(rf"(?<=[;,\t\r\n])(?=[\s\"]*{_SIGNS})")


def in_netherlands(cell: Cell) -> Cell:
    """A moment by the clock there, to the second and without a zone; anything else as it is."""
    if not isinstance(cell, datetime):
        return cell
    return cell.astimezone(AMSTERDAM).replace(microsecond=0, tzinfo=None)


def with_zone(name: str) -> str:
    """The name of a column of moments: by which clock they are."""
    return f"{name} ({AMSTERDAM.key})"


def begins_formula(text: str) -> bool:
    """Would a spreadsheet compute this?"""
    return _FORMULA.match(text) is not None


def later_formulas(text: str) -> str:
    """With an apostrophe before each formula that another separator would set free."""
    return _LATER_FORMULA.sub("'", text)
