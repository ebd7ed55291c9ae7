"""Templates: language, dates, levels and texts that pages share."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, request, url_for
from flask_babel import Babel, format_date, format_datetime, format_timedelta, gettext

from assurance.levels import AssuranceLevel
from broker.journey.pages.choose_mandate import MandateChoice
from broker.journey.pages.consent import ConsentItem
from broker.runtime import runtime
from broker.texts import errors
from broker.texts.outside_request import TIME_ZONE
from broker.web.announcements import help_desk
from broker.web.language import locale
from consent.release import BRANCH
from state.trace import show_reference

NO_BREAK = "\u00a0"
_KEPT_IN_URL = frozenset(
    {
        "q",
        "reason",
        "done",
        "code",
        "dienst",
        "makelaar",
        "uitkomst",
        "voor",
        "live",
        "asked",
        "van",
    }
)
_LEVELS = {level.label: level.css for level in AssuranceLevel if level.is_of_a_scheme}


def install(app: Flask) -> None:
    """Language selection, filters and globals."""
    Babel(
        app,
        default_locale="nl",
        default_timezone=TIME_ZONE,
        locale_selector=locale,
        default_translation_directories=str(Path(__file__).parent.parent / "translations"),
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        level_css=lambda label: _LEVELS.get(label, "eh2"),
        reference=show_reference,
        moment=_moment,
        second=_second,
        soon=_soon,
        lasted=_lasted,
        clock=_clock,
        day=lambda value: format_date(value, "d MMMM y"),
        short_day=lambda value: format_date(value, "d MMM y"),
        refusal=_refusal,
        claim_label=lambda item: errors.claim(item.claim)[0],
        claim_why=lambda item: errors.claim(item.claim)[1],
        claim_values=_claim_values,
    )
    app.jinja_env.globals.update(
        locale=locale, language_url=_language_url, static_url=_static_url, help_desk=help_desk
    )

    @app.context_processor
    def _site() -> dict[str, Any]:
        settings = runtime().settings
        return {"site_name": settings.ui.name, "is_demo": settings.ui.demo}


def _moment(value: datetime) -> str:
    """``23 november 2026, 09.41 uur``."""
    return format_datetime(
        value, "d MMMM y, HH.mm 'uur'" if locale() == "nl" else "d MMMM y, HH:mm"
    )


def _second(value: datetime) -> str:
    """``23 november 2026, 09.41.07 uur``."""
    return format_datetime(
        value, "d MMMM y, HH.mm.ss 'uur'" if locale() == "nl" else "d MMMM y, HH:mm:ss"
    )


def _soon(value: datetime) -> str:
    """``23 nov, 09.41``: for lists of the last days."""
    return format_datetime(value, "d MMM, HH.mm" if locale() == "nl" else "d MMM, HH:mm")


def _lasted(time: timedelta) -> str:
    """``34 seconden``, ``2 minuten``; below a minute to the second."""
    return format_timedelta(time, granularity="second", threshold=1.0)


def _clock(value: datetime) -> str:
    """``14.05 uur`` today, else with the day."""
    now = runtime().clock()
    if format_date(value, "y-MM-dd") != format_date(now, "y-MM-dd"):
        return _moment(value)
    return format_datetime(value, "HH.mm 'uur'" if locale() == "nl" else "HH:mm")


def _refusal(choice: MandateChoice) -> str:
    """Why a mandate cannot be used, in one sentence."""
    until = format_date(choice.valid_until, "d MMMM y") if choice.valid_until else ""
    if choice.reason == "expired" and until:
        return gettext("De machtiging stopte op %(date)s.", date=until)
    return errors.refusal(choice.reason or "")


def _claim_values(item: ConsentItem) -> tuple[str, ...]:
    if item.claim == "sub":
        return (gettext("Een code in plaats van uw naam"),)
    if item.claim == "acr" and item.values == (AssuranceLevel.EMAIL.label,):
        return (gettext("Inloggen met uw e-mailadres, zonder niveau"),)
    if item.claim == "assurance":  # what it says of the login; the level stands with acr
        return (gettext("Het tijdstip, het niveau bij uw makelaar en de tweede factor"),)
    if item.claim == "mandate":
        kind = errors.mandate_kind(item.values[0])
        return (f"{kind}, {item.values[1]}",)
    return tuple(numbers_whole(_branch(value)) for value in item.values)


def _branch(value: str) -> str:
    if not value.startswith(BRANCH):
        return value
    return gettext("Vestiging %(number)s", number=value.removeprefix(BRANCH))


def numbers_whole(text: str) -> str:
    """``KvK 9000 1201`` on one line."""
    return re.sub(r"\w+(?: \d{4,5}){2}", lambda found: found[0].replace(" ", NO_BREAK), text)


def _language_url(wish: str) -> str:
    """This page in the other language; a page that answers a form is shown again by its own
    address.
    """
    path = request.path
    if request.method == "POST":
        path = _shown_again_at(path)
    query = {key: value for key, value in request.args.items() if key in _KEPT_IN_URL}
    return f"{path}?{urlencode({**query, 'ui': wish})}"


def _shown_again_at(path: str) -> str:
    """The address of the page whose form was sent to this one."""
    if path.startswith("/login/"):
        return path.rsplit("/", 1)[0]
    if path.startswith("/mijn/"):
        return path.removesuffix("/naam")
    return path if path.startswith(("/operator/instellen", "/inloggegevens-vergeten")) else "/"


def _static_url(name: str) -> str:
    """The address of a static file, with a version that follows from its content."""
    return url_for("static", filename=name, v=_version(name))


@lru_cache(maxsize=64)
def _version(name: str) -> str:
    content = (Path(__file__).parent.parent / "static" / name).read_bytes()
    return hashlib.sha256(content).hexdigest()[:10]
