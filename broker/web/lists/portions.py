"""All rows of a list that goes on from a row, read a portion at a time, for a file of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

MOST_IN_FILE: Final = 10_000
PORTION: Final = 100
Row = TypeVar("Row")
Key = TypeVar("Key")


def portions(
    read: Callable[[int, Key | None], Sequence[Row]], key: Callable[[Row], Key]
) -> Iterator[Sequence[Row]]:
    """Up to MOST_IN_FILE rows, and one more where there are: who writes the file says so in its
    place. ``read``: so many rows after the one with this key, or the first.
    """
    after: Key | None = None
    left = MOST_IN_FILE + 1
    while left > 0:
        found = read(min(PORTION, left), after)
        yield found
        if len(found) < PORTION:
            return
        after, left = key(found[-1]), left - len(found)
