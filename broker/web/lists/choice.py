"""Rows of a list that somebody chose, to do one thing with all of them."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable
from typing import Final

MOST: Final = 100  # as many as a page can hold
NAME: Final = "keuze"  # of the boxes
_LONGEST: Final = 64


class ChoiceLack(enum.StrEnum):
    """What is wrong with a choice."""

    NOTHING = "nothing"
    TOO_MANY = "too_many"
    GONE = "gone"


class ChoiceRefused(Exception):
    """Nothing may be done with what was chosen; ``why``."""

    def __init__(self, why: ChoiceLack) -> None:
        super().__init__(why)
        self.why = why


def chosen(sent: Iterable[str], there: Collection[str] | None = None) -> tuple[str, ...]:
    """The ids that were sent, each once. ``there``: those that may be chosen, where they are at
    hand; one that is not among them makes the whole choice stale. Raises ChoiceRefused.
    """
    ids = tuple(dict.fromkeys(sent))
    if not ids:
        raise ChoiceRefused(ChoiceLack.NOTHING)
    if len(ids) > MOST:
        raise ChoiceRefused(ChoiceLack.TOO_MANY)
    if any(not _may_be_id(one) or (there is not None and one not in there) for one in ids):
        raise ChoiceRefused(ChoiceLack.GONE)
    return ids


def _may_be_id(text: str) -> bool:
    """What comes from a form may hold what a database refuses to read, such as NUL."""
    return 0 < len(text) <= _LONGEST and text.isprintable()
