"""A list as a workbook: what was in it, as texts, and nothing of it left on the disk."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from broker.web.lists import workbook
from broker.web.lists.cells import Cell


def sheet_of(*rows: tuple[Cell, ...]) -> Any:
    with workbook.written("Lijst", ("Naam", "Sinds"), rows) as made:
        body = b"".join(workbook.pieces(made))
    return load_workbook(io.BytesIO(body)).active


def test_names_of_columns_come_first_and_moments_are_those_of_the_netherlands() -> None:
    sheet = sheet_of(
        ("Jan; de, Wit", datetime(2026, 11, 30, 23, 30, 5, 123, tzinfo=UTC)),
        (None, date(2026, 12, 1)),
        (-5, 'zei "hoi"\nen ging'),
    )
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["Naam", "Sinds"],
        ["Jan; de, Wit", datetime.fromisoformat("2026-12-01T00:30:05")],
        [None, datetime.fromisoformat("2026-12-01")],
        [-5, 'zei "hoi"\nen ging'],
    ]
    assert sheet.freeze_panes == "A2" and sheet["B3"].number_format == "yyyy-mm-dd"


@pytest.mark.parametrize("text", ["=1+1", "+31612345678", "-2", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_A_06_no_text_becomes_a_formula(text: str) -> None:
    cell = sheet_of((text,))["A2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


@pytest.mark.parametrize("text", ["Jan", "a=b", "0612345678", "1e5", "2026-12-01", "#N/A", ""])
def test_other_text_is_as_it_was(text: str) -> None:
    cell = sheet_of((text, "x"))["A2"]
    assert (cell.value or "") == text and not cell.quotePrefix


def test_what_no_workbook_holds_is_shown_as_such() -> None:
    assert sheet_of(("a\x00b\ud800\x1b",))["A2"].value == "a\ufffdb\ufffd\ufffd"
    assert len(sheet_of(("x" * 40_000,))["A2"].value) == 32_767


@pytest.mark.parametrize("breaks", [False, True])
def test_nothing_stays_on_the_disk(
    breaks: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def rows() -> Iterator[tuple[Cell, ...]]:
        yield ("een",)
        if breaks:
            raise ConnectionError("the database went away")

    if breaks:
        with pytest.raises(ConnectionError):
            workbook.written("Lijst", ("Naam",), rows())
    else:
        workbook.written("Lijst", ("Naam",), rows()).close()
    assert list(tmp_path.iterdir()) == []
