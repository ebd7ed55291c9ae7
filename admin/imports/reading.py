"""Files as spreadsheets write them: rows of texts out of CSV in any of their encodings, or out of
a workbook.
"""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterator
from typing import Final

from admin.imports import workbook
from admin.imports.faults import SheetRefused

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_ROWS: Final = 5_000  # without the names of columns
Line = tuple[int, tuple[str, ...]]
_MARKS: Final = (  # the longer one first
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_SEPARATORS: Final = (";", ",", "\t")
_HINT: Final = "sep="  # a first line of Excel


def lines_of(body: bytes) -> list[Line]:
    """Number and cells of each line in which something stands, from the first. Raises
    SheetRefused.
    """
    if len(body) > MOST_BYTES:
        raise SheetRefused("too_large")
    if body.startswith(_OLD_EXCEL):
        raise SheetRefused("old_excel")
    found = workbook.rows(body) if body.startswith(workbook.MAGIC) else _of_text(_decoded(body))
    kept: list[Line] = []
    for number, cells in found:
        stripped = tuple(_plain(cell) for cell in cells)
        if not any(stripped):
            continue
        kept.append((number, stripped))
        if len(kept) > MOST_ROWS + 1:
            raise SheetRefused("too_many_rows")
    if not kept:
        raise SheetRefused("empty")
    return kept


def _plain(cell: str) -> str:
    """On one line, with spaces that are spaces, and letters in one piece: a line break or a hard
    space in a cell, and loose accents, are seen by nobody.
    """
    return unicodedata.normalize("NFC", " ".join(cell.split()))


def _decoded(body: bytes) -> str:
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return _strictly(body[len(mark) :], encoding)
    if b"\0" in body:
        raise SheetRefused("not_text")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return _strictly(body, "cp1252")  # what Excel in the Netherlands writes


def _strictly(body: bytes, encoding: str) -> str:
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError:
        raise SheetRefused("not_text") from None
    if "\0" in text:
        raise SheetRefused("not_text")
    return text


def _of_text(text: str) -> Iterator[Line]:
    lines = list(io.StringIO(text, newline=""))
    skipped, separator = 0, _separator(lines[0] if lines else "")
    if lines and lines[0].casefold().startswith(_HINT):
        hint = lines[0][len(_HINT) :].rstrip("\r\n")
        if hint not in _SEPARATORS:
            raise SheetRefused("separator", hint[:5])
        skipped, separator = 1, hint
    reader = csv.reader(lines[skipped:], delimiter=separator, strict=True)
    began = skipped + 1
    try:
        for cells in reader:
            yield began, tuple(cells)
            began = skipped + reader.line_num + 1
    except csv.Error:
        raise SheetRefused("quotes", str(began)) from None


def _separator(head: str) -> str:
    """The one that stands most in the names of columns."""
    return max(_SEPARATORS, key=lambda sign: (head.count(sign), -_SEPARATORS.index(sign)))
