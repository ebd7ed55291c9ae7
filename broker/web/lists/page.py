"""One page of a list: its rows, how many there are, and the addresses around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar
from urllib.parse import urlencode

from broker.web.lists.request import FURTHEST, SIZES, ListRequest

MOST_COUNTED: Final = 10_000  # further than this nobody counts
Row = TypeVar("Row")


@dataclass(frozen=True)
class ListPage(Generic[Row]):
    """``path``: the address of the list. ``total``: how many rows were found, None where nobody
    counts them; more than MOST_COUNTED means only that. ``next_key``: of the last row, for a list
    that goes on from a row.
    """

    asked: ListRequest
    path: str
    rows: tuple[Row, ...]
    is_more: bool
    total: int | None = None
    next_key: str = ""

    @property
    def sizes(self) -> tuple[int, ...]:
        return SIZES

    @property
    def is_counted(self) -> bool:
        """Is the total exact?"""
        return self.total is not None and self.total <= MOST_COUNTED

    @property
    def most(self) -> int:
        return MOST_COUNTED

    @property
    def first(self) -> int:
        """The number of the first row of this page, from 1."""
        return self.asked.offset + 1

    @property
    def last(self) -> int:
        return self.asked.offset + len(self.rows)

    @property
    def is_start(self) -> bool:
        """Is this where the list begins?"""
        return self.asked.page == 1 and not self.asked.after

    @property
    def here(self) -> str:
        """This page again."""
        return self.url(self.asked)

    @property
    def start_url(self) -> str:
        return self.url(self.asked.at_page(1).going_on(""))

    @property
    def next_url(self) -> str:
        """Empty where nothing follows, or where nobody leafs so far."""
        if not self.is_more:
            return ""
        if self.next_key:
            return self.url(self.asked.going_on(self.next_key))
        is_far = self.asked.offset + self.asked.size > FURTHEST
        return "" if is_far else self.url(self.asked.at_page(self.asked.page + 1))

    @property
    def previous_url(self) -> str:
        """Empty on the first page, and in a list that goes on from a row: nobody goes back there
        but to the start.
        """
        return self.url(self.asked.at_page(self.asked.page - 1)) if self.asked.page > 1 else ""

    @property
    def every_url(self) -> str:
        """Without search and filters."""
        return self.url(self.asked.unfiltered())

    def sort_url(self, column: str) -> str:
        return self.url(self.asked.ordered_by(column))

    def size_url(self, size: int) -> str:
        return self.url(self.asked.sized(size))

    def url(self, asked: ListRequest) -> str:
        """The address of this list that asks this."""
        query = urlencode(asked.query())
        return f"{self.path}?{query}" if query else self.path

    def below(self, path: str) -> str:
        """Another address that is about the same rows, such as that of their file."""
        query = urlencode(self.asked.at_page(1).going_on("").query())
        return f"{path}?{query}" if query else path


def page_of(
    asked: ListRequest,
    found: Sequence[Row],
    *,
    path: str,
    total: int | None = None,
    next_key: str = "",
) -> ListPage[Row]:
    """A page of what was looked up with ``asked.limit`` from ``asked.offset`` on."""
    return ListPage(
        asked=asked,
        path=path,
        rows=tuple(found[: asked.size]),
        is_more=len(found) > asked.size,
        total=total,
        next_key=next_key,
    )
