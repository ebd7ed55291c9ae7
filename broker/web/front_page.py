"""The front page: what this website is, for who comes here without a service to log in to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FrontPage:
    """``portals``: name and address of each, only in a demo: elsewhere people know theirs."""

    portals: tuple[tuple[str, str], ...]
    template: str = "web/front.html"
