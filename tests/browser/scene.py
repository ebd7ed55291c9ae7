"""A page that people can meet, with the way to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.browser.walker import Walker


@dataclass(frozen=True)
class Scene:
    """``shows``: a selector that only this page has."""

    name: str
    walk: Callable[[Walker], None]
    shows: str
