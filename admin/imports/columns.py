"""Columns of a file: recognised by their names, Dutch or English, in any order. A name that nobody
knows is refused, for nobody can tell what it should have changed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from admin.imports.faults import RowFault, SheetRefused
from admin.imports.reading import Line
from broker.web.lists.cells import begins_formula

UNIQUE_ID, EMAIL, NAME, ROLE = "UniekID", "E-mailadres", "Naam", "Rol"
SERVICE, LEVEL, UNTIL = "Dienst", "Niveau", "Einde"
PEOPLE: Final = (UNIQUE_ID, NAME, EMAIL, ROLE)
MANDATES: Final = (UNIQUE_ID, EMAIL, SERVICE, LEVEL, UNTIL)
_OTHER_NAMES: Final[Mapping[str, str]] = {
    "unique id": UNIQUE_ID,
    "uniek id": UNIQUE_ID,
    "e-mail": EMAIL,
    "email": EMAIL,
    "e-mail address": EMAIL,
    "email address": EMAIL,
    "emailadres": EMAIL,
    "name": NAME,
    "role": ROLE,
    "service": SERVICE,
    "level": LEVEL,
    "einddatum": UNTIL,
    "end": UNTIL,
    "end date": UNTIL,
}
_LONGEST_SHOWN: Final = 60


@dataclass(frozen=True)
class SheetRow:
    """One row: its line in the file, and the texts by the name of their column."""

    line: int
    cells: Mapping[str, str]

    def of(self, column: str) -> str:
        """Empty where nothing stands."""
        return self.cells.get(column, "")

    def fault(self, column: str, expected: str, **facts: str) -> RowFault:
        """That something else stands in this column than what was expected."""
        return RowFault(self.line, column, shown(self.of(column)), expected, facts)


def rows_of(
    lines: Sequence[Line], known: Sequence[str], needed: Collection[str]
) -> tuple[list[SheetRow], list[RowFault]]:
    """The rows below the names of columns, and what of them cannot be read. Raises SheetRefused for
    names that are not known, stand twice or are not there.
    """
    (_, head), *rest = lines
    columns = _columns(head, known)
    lacking = [one for one in needed if one not in columns]
    if lacking:
        raise SheetRefused("columns_lacking", ", ".join(lacking))
    if not rest:
        raise SheetRefused("empty")
    faults: list[RowFault] = []
    rows: list[SheetRow] = []
    for number, cells in rest:
        more = [cell for cell in cells[len(columns) :] if cell]
        if more:
            faults.append(RowFault(number, "", shown(more[0]), "no_column"))
        texts = dict(zip(columns, map(_bare, cells), strict=False))
        row = SheetRow(number, {name: text for name, text in texts.items() if text})
        rows.append(row)
        faults += [row.fault(name, "formula") for name in row.cells if row.of(name)[0] == "="]
        faults += [
            row.fault(name, "readable") for name in row.cells if not row.of(name).isprintable()
        ]
    return rows, faults


def shown(text: str) -> str:
    """What stood there, as it is shown: on one line, and no longer than a line."""
    plain = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
    return plain if len(plain) <= _LONGEST_SHOWN else f"{plain[: _LONGEST_SHOWN - 1]}…"


def _columns(head: Sequence[str], known: Sequence[str]) -> list[str]:
    by_name = {name.casefold(): name for name in known}
    by_name |= {other: name for other, name in _OTHER_NAMES.items() if name in known}
    named = list(head)
    while named and not named[-1]:
        named.pop()
    found: list[str] = []
    for text in named:
        name = by_name.get(" ".join(text.casefold().split()))
        if name is None:
            raise SheetRefused("column_unknown", shown(text))
        if name in found:
            raise SheetRefused("column_twice", shown(text))
        found.append(name)
    return found


def _bare(text: str) -> str:
    """Without the apostrophe that a file of ours has before what would be a formula."""
    return text[1:] if text.startswith("'") and begins_formula(text[1:]) else text
