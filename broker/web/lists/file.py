"""The rows of a list as a file that a spreadsheet opens: CSV (RFC 4180), written as it is sent, or
a workbook.
"""

from __future__ import annotations

import csv
import enum
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask import stream_with_context
from werkzeug.wrappers import Response

from broker.errors import PageError
from broker.web.language import locale
from broker.web.lists import workbook
from broker.web.lists.cells import Cell, begins_formula, in_netherlands, later_formulas

LAYOUT: Final = "layout"  # of the buttons
_MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"  # spreadsheets read UTF-8 where the file says so
_SEPARATORS: Final = {"nl": ";", "en": ","}  # what a spreadsheet in that language expects
_NOT_IN_NAMES: Final = re.compile(r"[^a-z0-9-]+")


class Layout(enum.StrEnum):
    """What kind of file; also the end of its name."""

    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True)
class ListFile:
    """``name``: without its end; ``head``: the names of the columns; ``rows`` may read from the
    database until the last is taken. ``most``: how many of them fit, None for all.
    """

    name: str
    head: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    most: int | None = None


def asked_layout(form: Mapping[str, str]) -> Layout:
    """The layout of the button that was pressed; CSV for a form without one. Raises PageError."""
    try:
        return Layout(form.get(LAYOUT, Layout.CSV))
    except ValueError:
        raise PageError(404, "not_found", "no such layout of a file") from None


def lines(head: Sequence[str], rows: Iterable[Sequence[Cell]], language: str) -> Iterator[str]:
    """Line after line, the names of columns first."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=_SEPARATORS.get(language, ","), lineterminator="\r\n")
    buffer.write(_MARK)
    writer.writerow([_written(cell) for cell in head])
    yield buffer.getvalue()
    for row in rows:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow([_written(cell) for cell in row])
        yield buffer.getvalue()


def download(file: ListFile, layout: Layout) -> Response:
    """The answer with the file."""
    safe = _NOT_IN_NAMES.sub("-", file.name.lower()).strip("-")
    headers = {"Content-Disposition": f'attachment; filename="{safe}.{layout}"'}
    if layout is Layout.XLSX:
        made = workbook.written(file.name, file.head, file.rows)
        answer = Response(workbook.pieces(made), mimetype=workbook.MIMETYPE, headers=headers)
        answer.call_on_close(made.close)
        return answer
    body = stream_with_context(lines(file.head, file.rows, locale()))
    return Response(body, mimetype="text/csv", headers=headers)


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    cell = in_netherlands(cell)
    if not isinstance(cell, str):
        return str(cell)  # a number, a day, a moment
    later = later_formulas(cell)
    return f"'{later}" if begins_formula(later) else later
