"""Days and times as people in the Netherlands read them."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from sandbox.language import DUTCH

AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")


def moment(at: datetime, language: str) -> str:
    """``22 november 2026, 09.41 uur``, in Dutch time. ``at`` has a time zone."""
    pattern = "d MMMM y, HH.mm 'uur'" if language == DUTCH else "d MMMM y, HH:mm"
    return str(format_datetime(at, pattern, tzinfo=AMSTERDAM, locale=language))


def second(at: datetime, language: str) -> str:
    """``22 november 2026, 09.41.05 uur``: where seconds count, as in a token."""
    pattern = "d MMMM y, HH.mm.ss 'uur'" if language == DUTCH else "d MMMM y, HH:mm:ss"
    return str(format_datetime(at, pattern, tzinfo=AMSTERDAM, locale=language))


def day(at: datetime, language: str) -> str:
    """``22 november 2026``."""
    return str(format_datetime(at, "d MMMM y", tzinfo=AMSTERDAM, locale=language))
