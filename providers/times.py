"""What is measured of a time in an answer that does not fit, in seconds, for its trace: the same
for every protocol. ``element`` is where it stands, ``setting`` what allows more.
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from providers.saml_settings import MAX_SKEW_SECONDS


def clock(element: str, ahead: timedelta, allowed: timedelta, setting: str) -> dict[str, Any]:
    """Their clock is ahead of ours, below zero behind: at least so much. With the line that would
    bridge it, where there may be one.
    """
    found = {"element": element, "clock_seconds": _seconds(ahead), **_allowed(allowed, setting)}
    enough = math.ceil(abs(ahead.total_seconds()))
    name = setting.rpartition(".")[2]
    return {**found, "line": f"{name}: {enough}"} if enough <= MAX_SKEW_SECONDS else found


def waited(element: str, since: timedelta, allowed: timedelta) -> dict[str, Any]:
    """It was made after we asked, and so long ago."""
    return {"element": element, "waited_seconds": _seconds(since), **_allowed(allowed)}


def late(element: str, after: timedelta, allowed: timedelta, setting: str) -> dict[str, Any]:
    """It came so long after its own end."""
    return {"element": element, "late_seconds": _seconds(after), **_allowed(allowed, setting)}


def too_long(element: str, validity: timedelta, allowed: timedelta, setting: str) -> dict[str, Any]:
    """It holds for so long."""
    found = {"element": element, "validity_seconds": _seconds(validity)}
    return {**found, **_allowed(allowed, setting)}


def too_old(element: str, age: timedelta, allowed: timedelta) -> dict[str, Any]:
    """The login that it tells of was so long ago."""
    return {"element": element, "age_seconds": _seconds(age), **_allowed(allowed)}


def _allowed(allowed: timedelta, setting: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"allowed_seconds": _seconds(allowed)}
    return found if setting is None else {**found, "setting": setting}


def _seconds(span: timedelta) -> int:
    return round(span.total_seconds())
