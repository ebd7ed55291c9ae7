"""Rows that are held in memory, such as registrations: looked through, filtered and put in order
as the address asks. Lists of what grows with use ask the database instead.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from broker.web.lists.page import ListPage, page_of
from broker.web.lists.request import ListRequest

Row = TypeVar("Row")
Key = str | int | datetime | None


@dataclass(frozen=True)
class HeldList(Generic[Row]):
    """How rows are read. ``words``: where is looked for words; ``keys``: by the name of a column,
    what orders it (None comes last, either way); ``values``: by the name of a filter, the value
    that a row has there, or all of them.
    """

    words: Callable[[Row], Iterable[str | None]]
    keys: Mapping[str, Callable[[Row], Key]]
    values: Mapping[str, Callable[[Row], str | Collection[str]]]

    def matching(self, rows: Iterable[Row], asked: ListRequest) -> tuple[Row, ...]:
        """Every row that was asked, in order."""
        if asked.misread:
            return ()
        found = [row for row in rows if self._is_asked(row, asked)]
        return tuple(self._in_order(found, asked))

    def page(self, rows: Iterable[Row], asked: ListRequest, path: str) -> ListPage[Row]:
        """The page that was asked."""
        found = self.matching(rows, asked)
        shown = found[asked.offset : asked.offset + asked.limit]
        return page_of(asked, shown, path=path, total=len(found))

    def _is_asked(self, row: Row, asked: ListRequest) -> bool:
        for name, wanted in asked.filters.items():
            value = self.values[name](row)
            if wanted not in ((value,) if isinstance(value, str) else value):
                return False
        text = folded(" ".join(word for word in self.words(row) if word))
        return all(word in text for word in folded(asked.search).split())

    def _in_order(self, rows: list[Row], asked: ListRequest) -> list[Row]:
        key = self.keys[asked.order.column]
        known = [row for row in rows if key(row) is not None]
        known.sort(key=lambda row: _sortable(key(row)), reverse=asked.order.is_descending)
        return known + [row for row in rows if key(row) is None]


def folded(text: str) -> str:
    """As people look for it: without capitals and accents."""
    parts = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in parts if not unicodedata.combining(sign)).casefold()


def _sortable(key: Key) -> tuple[str, float]:
    """Text by its letters; a number or moment by its size."""
    if isinstance(key, str):
        return folded(key), 0.0
    if isinstance(key, datetime):
        return "", key.timestamp()
    return "", float(key or 0)
