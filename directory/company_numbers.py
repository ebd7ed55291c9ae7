"""The KvK number that somebody typed, at whichever page or command: one way of reading it."""

from __future__ import annotations

import enum
import re
from typing import Final

_BETWEEN: Final = re.compile(r"[\s.\-\u2010-\u2014]")  # how people group the digits
_LABEL: Final = re.compile(r"^kvk(nr|nummer)?:?", re.IGNORECASE)
_KVK, _RSIN, _BRANCH = 8, 9, 12
_LONGEST: Final = 100


class NumberFault(enum.StrEnum):
    """What was typed in place of a KvK number."""

    EMPTY = "empty"
    BRANCH = "branch"  # the number of one branch
    RSIN = "rsin"  # nine digits, as an RSIN has, or a citizen service number
    NO_NUMBER = "no_number"


class NoCompanyNumber(ValueError):
    """This is no KvK number. ``why``; what was typed is not in it."""

    def __init__(self, why: NumberFault) -> None:
        super().__init__(why)
        self.why = why


def read(typed: str) -> str:
    """The eight digits, however they are grouped: ``9000 1201``, ``9000.1201``, ``KvK 90001201``.
    Raises NoCompanyNumber.
    """
    if len(typed) > _LONGEST:
        raise NoCompanyNumber(NumberFault.NO_NUMBER)
    plain = _BETWEEN.sub("", _LABEL.sub("", _BETWEEN.sub("", typed)))
    if not plain:
        raise NoCompanyNumber(NumberFault.EMPTY)
    if plain.isascii() and plain.isdigit():
        if len(plain) == _KVK:
            return plain
        found = {_RSIN: NumberFault.RSIN, _BRANCH: NumberFault.BRANCH}.get(len(plain))
        if found is not None:
            raise NoCompanyNumber(found)
    raise NoCompanyNumber(NumberFault.NO_NUMBER)
