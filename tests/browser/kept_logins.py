"""Logins that walkers leave for those after them: to log in is most of the way to a page of a
console, and is looked at by its own scenes.
"""

from __future__ import annotations

import time
from typing import Final

from tests.browser.walker import Walker

_KEPT: Final[dict[tuple[str, str, str], tuple[float, dict[str, str]]]] = {}
_SECONDS: Final = 120.0  # well before any page asks for a newer login


def into_beheer(walker: Walker, person: str) -> None:
    """On the first page of ``/beheer``. Logs in, unless an earlier walker's login still holds."""
    who = (str(walker.running.demo.directory), walker.language, person)
    broker = walker.running.addresses.broker
    since, cookies = _KEPT.get(who, (0.0, {}))
    if cookies and time.monotonic() - since < _SECONDS:
        for name, value in cookies.items():
            walker.browser.keep_cookie(broker, name, value)
        walker.go("/beheer")
        if walker.url.startswith(f"{broker}/beheer"):
            return
        walker.browser.forget_cookies()
    walker.go("/beheer")
    walker.choose("polderpoort")
    walker.log_in_as(person)
    _KEPT[who] = (time.monotonic(), walker.browser.cookies(broker))
