"""Moments and days as people read them, on pages and in mails alike: by the clock in the
Netherlands.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from flask_babel import get_locale

from broker.texts.outside_request import TIME_ZONE
from directory.dates import day_of

MOMENT: Final[Mapping[str, str]] = MappingProxyType(
    {"nl": "d MMMM y, HH.mm 'uur'", "en": "d MMMM y, HH:mm"}
)


def moment(at: datetime, language: str | None = None) -> str:
    """``23 november 2026, 09.41 uur``; in the language of the moment where none is given."""
    chosen = spoken(language)
    return format_datetime(at, MOMENT[chosen], tzinfo=_zone(), locale=chosen)


def day(at: datetime, language: str | None = None) -> str:
    """``23 november 2026``."""
    return format_date(day_of(at), "d MMMM y", spoken(language))


def spoken(language: str | None = None) -> str:
    """``nl`` or ``en``: Dutch for what we do not speak, that of the moment where none is given."""
    return "en" if (language or str(get_locale() or "nl")).startswith("en") else "nl"


def _zone() -> ZoneInfo:
    return ZoneInfo(TIME_ZONE)
