"""The first sheet of a workbook (Office Open XML), read as texts. What it holds may come from
anybody: its parts are counted and measured before one is unpacked, its XML is read by parsers that
resolve no entity, and nothing in it is computed.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, Final

from admin.imports.faults import SheetRefused

MAGIC: Final = b"PK\x03\x04"
MOST_PARTS: Final = 200
MOST_UNPACKED: Final = 16 * 1024 * 1024
MOST_COLUMNS: Final = 50
_MOST_LINES: Final = 20_000  # with empty ones between


def rows(body: bytes) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Number and cells of each row. Raises SheetRefused."""
    _demand_small(body)
    # Only who brings a workbook waits for this.
    import openpyxl

    if not openpyxl.DEFUSEDXML:  # without it the parser would resolve entities
        raise SheetRefused("workbook")
    try:
        book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what it says of its own size may be wrong
        found = sheet.iter_rows(max_row=_MOST_LINES + 1, max_col=MOST_COLUMNS + 1)
        for number, cells in enumerate(found, start=1):
            if number > _MOST_LINES:
                raise SheetRefused("too_many_rows")
            texts = [_text(cell) for cell in cells]
            if any(texts[MOST_COLUMNS:]):
                raise SheetRefused("too_many_columns")
            while texts and not texts[-1]:
                texts.pop()
            yield number, tuple(texts)
    except SheetRefused:
        raise
    except Exception as error:  # whatever such a file makes a library say
        raise SheetRefused("workbook") from error


def _demand_small(body: bytes) -> None:
    """What a part says of its size is how much is unpacked of it at most."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise SheetRefused("workbook") from None
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise SheetRefused("workbook_too_large")


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else str(value)
