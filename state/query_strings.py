"""Query strings, as ``urlencode`` writes them.

That function takes every value apart, sign by sign; nearly all of ours are made of signs that
nobody has to quote: identifiers, codes, random values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote_plus

_UNQUOTED: Final = re.compile(r"[A-Za-z0-9_.~-]*")


def query_string(values: Mapping[str, str]) -> str:
    """``a=1&b=2``, quoted, in the order of the mapping."""
    return "&".join([f"{_quoted(name)}={_quoted(value)}" for name, value in values.items()])


def _quoted(text: str) -> str:
    return text if _UNQUOTED.fullmatch(text) is not None else quote_plus(text)
