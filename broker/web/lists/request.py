"""What the address of a list asks: words to look for, filters, an order, how many rows, and where
to go on. Anything may stand in an address: what is no order, number or page counts as not asked,
but a filter that is not understood finds nothing, for it is never read as no filter.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Final

from directory import dates

SIZES: Final = (25, 50, 100)
FURTHEST: Final = 10_000  # rows that are skipped at most: who looks further filters
LONGEST: Final = 100  # characters of what is looked for, or of a filter
# Names in the address
SEARCH: Final = "zoek"
SORT: Final = "sorteer"
SIZE: Final = "per"
PAGE: Final = "blad"
AFTER: Final = "na"
_REVERSED: Final = "-"  # before the name of a column: from the last to the first


@dataclass(frozen=True)
class ListFilter:
    """A filter and its name in the address. ``choices``: the values that there are, None where any
    text may stand; ``is_day``: a day such as 2026-11-28.
    """

    name: str
    choices: Collection[str] | None = None
    is_day: bool = False

    def accepts(self, value: str) -> bool:
        """Could anybody have meant this?"""
        if self.is_day:
            return dates.typed(value) is not None
        if self.choices is not None:
            return value in self.choices
        return _is_readable(value)

    def kept(self, value: str) -> str:
        """As the form shows it again: a field for days is empty for any other way of writing one,
        and the filter would work unseen.
        """
        day = dates.typed(value) if self.is_day else None
        return day.isoformat() if day is not None else _shown(value)


@dataclass(frozen=True)
class ListOrder:
    """The column that rows are ordered by; ``is_descending``: from the last to the first."""

    column: str
    is_descending: bool = False

    @property
    def text(self) -> str:
        """As it stands in the address."""
        return f"{_REVERSED}{self.column}" if self.is_descending else self.column


@dataclass(frozen=True)
class ListRequest:
    """What is asked of a list. ``misread``: the names of what was filled in and not understood;
    such a list is empty. ``after``: the key of the last row of the page before, for lists that go
    on from a row rather than by number.
    """

    order: ListOrder
    usual: ListOrder
    search: str = ""
    filters: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    size: int = SIZES[0]
    page: int = 1
    after: str = ""
    misread: frozenset[str] = frozenset()

    @property
    def offset(self) -> int:
        """How many rows come before this page."""
        return (self.page - 1) * self.size

    @property
    def limit(self) -> int:
        """How many rows to look up: one more than are shown, to know whether there are more."""
        return self.size + 1

    @property
    def is_filtered(self) -> bool:
        """Were fewer rows asked than there are?"""
        return bool(self.search or self.filters)

    @property
    def is_narrowed(self) -> bool:
        """Was anything chosen beside what is searched: a filter, also one that cannot be read, or
        another order?
        """
        return bool(self.filters or self.misread or self.order != self.usual)

    def day(self, name: str) -> date | None:
        """The value of a filter that is a day."""
        return dates.typed(self.filters.get(name, ""))

    def query(self) -> dict[str, str]:
        """The address that asks this again; what is usual is left out."""
        asked = {SEARCH: self.search, **self.filters}
        if self.order != self.usual:
            asked[SORT] = self.order.text
        if self.size != SIZES[0]:
            asked[SIZE] = str(self.size)
        if self.page > 1:
            asked[PAGE] = str(self.page)
        asked[AFTER] = self.after
        return {name: value for name, value in asked.items() if value}

    def ordered_by(self, column: str) -> ListRequest:
        """The same rows from the first of this column; from the last where that is so already."""
        turned = self.order == ListOrder(column)
        return replace(self._from_the_start(), order=ListOrder(column, is_descending=turned))

    def sized(self, size: int) -> ListRequest:
        """With so many rows on a page."""
        return replace(self._from_the_start(), size=size)

    def at_page(self, page: int) -> ListRequest:
        """Another page."""
        return replace(self, page=page)

    def going_on(self, after: str) -> ListRequest:
        """The rows after the one with this key."""
        return replace(self, after=after)

    def without(self, name: str) -> ListRequest:
        """Without this filter."""
        left = {one: value for one, value in self.filters.items() if one != name}
        misread = self.misread - {name}
        return replace(self._from_the_start(), filters=MappingProxyType(left), misread=misread)

    def unfiltered(self) -> ListRequest:
        """Every row, in the same order."""
        every = MappingProxyType[str, str]({})
        start = self._from_the_start()
        return replace(start, search="", filters=every, misread=frozenset())

    def _from_the_start(self) -> ListRequest:
        return replace(self, page=1, after="")


@dataclass(frozen=True)
class ListRules:
    """What may be asked of one list. ``columns``: those it can be ordered by, the usual one first;
    ``is_descending``: from the last to the first, where nobody asks.
    """

    columns: tuple[str, ...]
    filters: tuple[ListFilter, ...] = ()
    is_descending: bool = False
    is_searched: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that may stand in the address, as for ``Endpoint(kept=…)``."""
        search = (SEARCH,) if self.is_searched else ()
        return (*search, *(one.name for one in self.filters), SORT, SIZE, PAGE, AFTER)

    def read(self, query: Mapping[str, str]) -> ListRequest:
        """What this address asks."""
        usual = ListOrder(self.columns[0], self.is_descending)
        search = " ".join(query.get(SEARCH, "").split()) if self.is_searched else ""
        given = {one: query.get(one.name, "").strip() for one in self.filters}
        misread = {one.name for one, value in given.items() if value and not one.accepts(value)}
        if not _is_readable(search):
            misread.add(SEARCH)
        size = _number(query.get(SIZE, ""))
        size = size if size in SIZES else SIZES[0]
        page = _number(query.get(PAGE, "")) or 1
        after = query.get(AFTER, "")
        return ListRequest(
            order=self._order(query.get(SORT, ""), usual),
            usual=usual,
            search=_shown(search),
            filters=MappingProxyType(
                {one.name: one.kept(value) for one, value in given.items() if value}
            ),
            size=size,
            page=page if 1 <= page <= FURTHEST // size + 1 else 1,
            after=after if after.isascii() and after.isalnum() and len(after) <= LONGEST else "",
            misread=frozenset(misread),
        )

    def _order(self, text: str, usual: ListOrder) -> ListOrder:
        column = text.removeprefix(_REVERSED)
        if column not in self.columns:
            return usual
        return ListOrder(column, is_descending=text != column)


def _is_readable(text: str) -> bool:
    """What no database reads (NUL), and what nobody typed, finds nothing."""
    return len(text) <= LONGEST and text.isprintable()


def _shown(text: str) -> str:
    """As it is put back into the form, and into addresses."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)[
        :LONGEST
    ]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else None
