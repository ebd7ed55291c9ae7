"""A page that people can meet, with the way to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.browser.walker import Walker


@dataclass(frozen=True)
class Scene:
    """``shows``: a selector that only this page has. ``of_sandbox``: of a simulated party, not
    of the broker.
    """

    name: str
    walk: Callable[[Walker], None]
    shows: str
    of_sandbox: bool = False
