"""Files as spreadsheets write them are read; what is none is refused with its reason."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook

from admin.imports import workbook
from admin.imports.faults import SheetRefused
from admin.imports.reading import MOST_BYTES, MOST_ROWS, lines_of
from admin.organisation_console import import_words

TEXT = "Naam;E-mailadres\r\nJosé Été;jose@x.example\r\n"
LINES = [(1, ("Naam", "E-mailadres")), (2, ("José Été", "jose@x.example"))]


def book(*rows: tuple[Any, ...]) -> bytes:
    made = Workbook()
    for row in rows:
        made.active.append(row)  # type: ignore[union-attr]
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    "body",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("cp1252"),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.replace(";", ",").encode(),
        TEXT.replace(";", "\t").encode("utf-16"),
        TEXT.replace("\r\n", "\n").encode(),
        TEXT.replace("José Été", '"José Été"').encode(),
        TEXT.replace("José Été", "  José Été ").encode(),
        TEXT.rstrip().encode(),
        TEXT.replace("José Été", '"José\r\nÉté"').encode(),
        TEXT.replace("José Été", "José\N{NO-BREAK SPACE}Été\N{NO-BREAK SPACE}").encode(),
        unicodedata.normalize("NFD", TEXT).encode(),
        book(("Naam", "E-mailadres"), ("José Été", "jose@x.example")),
    ],
    ids=[
        *("utf-8", "utf-8 with mark", "cp1252", "utf-16", "utf-16 big", "commas", "unicode text"),
        *("unix", "quotes", "blanks", "no last line end"),
        *("a line break in a cell", "hard spaces", "loose accents, as macOS writes them", "xlsx"),
    ],
)
def test_a_file_of_a_spreadsheet_is_read(body: bytes) -> None:
    assert lines_of(body) == LINES


def test_lines_keep_their_numbers() -> None:
    text = 'sep=,\r\nNaam,Dienst\r\n"a\r\nb",c\r\n,\r\n"x, y",z\r\n'
    assert lines_of(text.encode()) == [
        (2, ("Naam", "Dienst")),
        (3, ("a b", "c")),
        (6, ("x, y", "z")),
    ]
    assert [number for number, _ in lines_of(book(("Naam",), (None,), ("b",)))] == [1, 3]


def test_cells_of_a_workbook_are_read_as_they_are_shown() -> None:
    moment = datetime.fromisoformat("2027-12-31T10:30:00")
    row = (90001201, 12.0, 1.5, True, date(2027, 12, 31), moment, "=1+1", " a ")
    assert lines_of(book(row)) == [
        (
            1,
            *(("90001201", "12", "1.5", "TRUE", "2027-12-31", "2027-12-31 10:30:00", "=1+1", "a"),),
        )
    ]


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (workbook.MOST_UNPACKED + 1))
    return file.getvalue()


def parts() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for number in range(workbook.MOST_PARTS + 1):
            packed.writestr(str(number), b"")
    return file.getvalue()


def with_entities() -> bytes:
    """A workbook whose sheet brings entities along (XXE, billion laughs)."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book(("Naam",), ("a",)))) as given,
        zipfile.ZipFile(out, "w") as made,
    ):
        for part in given.infolist():
            data = given.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                bare = data.removeprefix(b"<?xml version='1.0' encoding='UTF-8'?>")
                data = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + bare.replace(
                    b"<sheetData>", b"<sheetData>&a;"
                )
            made.writestr(part, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "empty"),
        (b"\r\n;;\r\n", "empty"),
        (b"x" * (MOST_BYTES + 1), "too_large"),
        (b"a\n" * (MOST_ROWS + 2), "too_many_rows"),
        (b"\xd0\xcf\x11\xe0 xls", "old_excel"),
        (b"a\0b", "not_text"),
        (b"\xff\xfea", "not_text"),
        (b"a\x81b", "not_text"),
        ("N\0".encode("utf-16"), "not_text"),
        (b"sep=|\na|b", "separator"),
        (b'a;b\n"c;d\n', "quotes"),
        (b'a\n"c"d\n', "quotes"),
        (b"a\n" + b"x" * 200_000, "quotes"),
        (b"PK\x03\x04 not a workbook", "workbook"),
        (bomb(), "workbook_too_large"),
        (parts(), "workbook_too_large"),
        (with_entities(), "workbook"),
        (book(tuple("x" * 51)), "too_many_columns"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_such_file_is_refused(body: bytes, why: str) -> None:
    with pytest.raises(SheetRefused) as refused:
        lines_of(body)
    assert refused.value.why == why
    assert why in import_words.TOLD_OF_FILES
