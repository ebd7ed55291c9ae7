"""A page that people can meet, with the way to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.browser.visitor import Visitor


@dataclass(frozen=True)
class Scene:
    """``shows``: a selector that only this page has."""

    name: str
    walk: Callable[[Visitor], None]
    shows: str
