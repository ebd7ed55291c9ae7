"""The rows of a list as a file that a spreadsheet opens (CSV, RFC 4180), written as it is sent."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Final

from flask import stream_with_context
from werkzeug.wrappers import Response

from broker.web.language import locale
from directory.dates import AMSTERDAM

Cell = str | int | date | datetime | None
# A spreadsheet takes a cell that begins so for a formula; some read wide signs as narrow ones.
_SIGNS: Final = r"[=+\-@|%\uff1d\uff0b\uff0d\uff20]"
_FORMULA: Final = re.compile(rf"\s*{_SIGNS}|[\t\r\n]")
# Who reads a file of the other language has a cell of its own behind the other separator.
_LATER_FORMULA: Final = re.compile(rf"(?<=[;,\t\r\n])(?=[\s\"]*{_SIGNS})")
_MARK: Final = "\N{ZERO WIDTH NO-BREAK SPACE}"  # spreadsheets read UTF-8 where the file says so
_SEPARATORS: Final = {"nl": ";", "en": ","}  # what a spreadsheet in that language expects
_NOT_IN_NAMES: Final = re.compile(r"[^a-z0-9-]+")


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


def download(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Response:
    """The answer with the file; ``rows`` may read from the database until the last is sent."""
    language = locale()
    body = stream_with_context(lines(head, rows, language))
    safe = _NOT_IN_NAMES.sub("-", name.lower()).strip("-")
    headers = {"Content-Disposition": f'attachment; filename="{safe}.csv"'}
    return Response(body, mimetype="text/csv", headers=headers)


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell.astimezone(AMSTERDAM):%Y-%m-%d %H:%M:%S}"
    if not isinstance(cell, str):
        return str(cell)  # a number, a day
    later = _LATER_FORMULA.sub("'", cell)
    return f"'{later}" if _FORMULA.match(later) else later
