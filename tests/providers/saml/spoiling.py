"""Changes to the bytes of a response, before any of it is XML."""

from __future__ import annotations

import base64
from collections.abc import Callable

Change = Callable[[bytes], bytes | str]


def before_root(start: bytes) -> Change:
    """These bytes, then the response."""
    return lambda raw: start + raw


def inside_name_id(xml: bytes) -> Change:
    """``person-1`` becomes ``person<xml>-1``."""
    return lambda raw: raw.replace(b">person-1<", b">person" + xml + b"-1<")


def value(raw: bytes) -> str:
    """As the form carries it."""
    return base64.b64encode(raw).decode()
