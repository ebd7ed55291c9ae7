"""The rows of a list as a workbook with one sheet (Office Open XML). Rows go to a file on disk as
they come, so that a long list takes no memory.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import IO, Any, Final

from broker.web.lists.cells import Cell, begins_formula, in_netherlands

MIMETYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST: Final = 32_767  # characters in a cell
_WIDTH: Final = 24
_LONGEST_TITLE: Final = 31
_PIECE: Final = 64 * 1024
_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MOMENT: Final = "yyyy-mm-dd hh:mm:ss"
_DAY: Final = "yyyy-mm-dd"


def written(title: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> IO[bytes]:
    """The workbook, from its beginning; whoever reads it closes it."""
    # Only who takes a workbook along waits for this.
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    book.properties.creator = "Sluis"
    sheet = book.create_sheet(title[:_LONGEST_TITLE])
    sheet.freeze_panes = "A2"
    for number in range(1, len(head) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = _WIDTH
    try:
        sheet.append([_cell(sheet, name, is_head=True) for name in head])
        for row in rows:
            sheet.append([_cell(sheet, cell) for cell in row])
        made = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent
        book.save(made)
    except BaseException:
        sheet.close()
        sheet._writer.cleanup()  # what is half written holds people too
        raise
    made.seek(0)
    return made


def pieces(made: IO[bytes]) -> Iterator[bytes]:
    """Its bytes, a portion at a time; it is gone after the last."""
    with made:
        while piece := made.read(_PIECE):
            yield piece


def _cell(sheet: Any, value: Cell, *, is_head: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    value = in_netherlands(value)
    if not isinstance(value, str):
        made = WriteOnlyCell(sheet, value)
        if isinstance(value, date):
            made.number_format = _MOMENT if isinstance(value, datetime) else _DAY
        return made
    text = _NO_XML.sub("\N{REPLACEMENT CHARACTER}", value)[:_LONGEST]
    made = WriteOnlyCell(sheet)
    made._value, made.data_type = text, "s"  # a text, whatever it begins with
    if begins_formula(text):
        made.quotePrefix = True  # also after somebody edits the cell
    if is_head:
        made.font = Font(bold=True)
    return made
