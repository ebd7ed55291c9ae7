"""Names of columns are recognised or refused; what stands in a cell is a value."""

from __future__ import annotations

import pytest

from admin.imports.columns import MANDATES, PEOPLE, rows_of
from admin.imports.faults import SheetRefused
from admin.organisation_console import import_words


def test_columns_come_in_any_order_and_language() -> None:
    lines = [(1, ("Email", "UNIQUE  ID", "naam", "")), (2, ("a@x.example", "", "Jan", ""))]
    rows, faults = rows_of(lines, PEOPLE, ("Naam",))
    assert (rows[0].line, rows[0].cells) == (2, {"E-mailadres": "a@x.example", "Naam": "Jan"})
    assert faults == []


@pytest.mark.parametrize(
    ("head", "why", "seen"),
    [
        (("Naam", "Vestigingen"), "column_unknown", "Vestigingen"),
        (("Naam", "Name"), "column_twice", "Name"),
        (("UniekID",), "columns_lacking", "Naam"),
        (("Naam", "", "Rol"), "column_unknown", ""),
    ],
)
def test_a_column_that_nobody_knows_is_never_left_out(
    head: tuple[str, ...], why: str, seen: str
) -> None:
    with pytest.raises(SheetRefused) as refused:
        rows_of([(1, head), (2, ("x",) * len(head))], PEOPLE, ("Naam",))
    assert (refused.value.why, refused.value.seen) == (why, seen)
    assert why in import_words.TOLD_OF_FILES


@pytest.mark.parametrize(
    ("cells", "expected", "column"),
    [
        (("=1+1", "x"), "formula", "UniekID"),
        (("x", "a\nb"), "readable", "Dienst"),
        (("x", "a\u202eb"), "readable", "Dienst"),
        (("x", "y", "more"), "no_column", ""),
    ],
)
def test_M_13_a_cell_is_a_plain_value(cells: tuple[str, ...], expected: str, column: str) -> None:
    _rows, faults = rows_of([(1, ("UniekID", "Dienst")), (7, cells)], MANDATES, ())
    assert [(one.line, one.column, one.expected) for one in faults] == [(7, column, expected)]
    assert expected in import_words.TOLD


def test_a_cell_of_our_own_file_is_what_it_was() -> None:
    rows, faults = rows_of([(1, ("Naam",)), (2, ("'-Jan",)), (3, ("'t Hart",))], PEOPLE, ())
    assert [row.of("Naam") for row in rows] == ["-Jan", "'t Hart"] and faults == []
