"""Templates: language, dates, levels and texts that pages share."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Flask, current_app, request, url_for
from flask_babel import Babel, format_date, format_datetime, format_timedelta
from jinja2 import BaseLoader, FileSystemLoader, PrefixLoader

from assurance.levels import AssuranceLevel
from broker.runtime import runtime
from broker.texts import sentences
from broker.texts.outside_request import TIME_ZONE, TRANSLATIONS
from broker.texts.times import moment
from broker.web import form_subject, static_files
from broker.web.announcements import help_desk
from broker.web.endpoints import ITSELF, endpoints_of
from broker.web.language import locale
from broker.web.time_left import clock_time, shown_time
from directory import dates
from directory.organisations import grouped
from state.trace import show_reference

NO_BREAK = "\u00a0"
_NUMBER = re.compile(r"\b\w{1,12}(?: \d{4,5}){2,3}")  # the kind of a number, then its parts
_BREAK = re.compile(r"(?<=[:/])(?=[^:/])")
_LEVELS = {level.label: level.css for level in AssuranceLevel if level.is_of_a_scheme}


def install(app: Flask) -> None:
    """Language selection, templates, filters and globals. Every blueprint is registered by now."""
    app.jinja_loader = _by_room(app)  # Flask asks this first
    Babel(
        app,
        default_locale="nl",
        default_timezone=TIME_ZONE,
        locale_selector=locale,
        default_translation_directories=str(TRANSLATIONS),
    )
    sentences.install(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        level_css=lambda label: _LEVELS.get(label, "eh2"),
        reference=show_reference,
        moment=moment,
        second=_second,
        instant=_instant,
        lasted=_lasted,
        clock=clock_time,
        day=lambda value: format_date(value, "d MMMM y"),
        day_input=_day_input,
        pieces=_pieces,
        establishment=grouped,
        short_day=lambda value: format_date(value, "d MMM y"),
    )
    app.jinja_env.globals.update(
        locale=locale,
        language_url=_language_url,
        static_url=static_files.address,
        help_desk=help_desk,
        time_left=shown_time,
        form_subject=form_subject.shown,
    )

    @app.context_processor
    def _site() -> dict[str, Any]:
        settings = runtime().settings
        return {"site_name": settings.ui.name, "is_demo": settings.ui.demo}


def _by_room(app: Flask) -> BaseLoader:
    """``journey/consent.html`` is ``templates/consent.html`` of the room ``journey``."""
    rooms = {Path(blueprint.root_path) for blueprint in app.blueprints.values()}
    return PrefixLoader({room.name: FileSystemLoader(room / "templates") for room in rooms})


def _second(value: datetime) -> str:
    """``23 november 2026, 09.41.07 uur``."""
    return format_datetime(
        value, "d MMMM y, HH.mm.ss 'uur'" if locale() == "nl" else "d MMMM y, HH:mm:ss"
    )


def _instant(value: datetime) -> str:
    """``23 nov, 09.41.07``: for lists of the last days."""
    return format_datetime(value, "d MMM, HH.mm.ss" if locale() == "nl" else "d MMM, HH:mm:ss")


def _lasted(time: timedelta) -> str:
    """``34 seconden``, ``2 minuten``; below a minute to the second."""
    return format_timedelta(time, granularity="second", threshold=1.0)


class DayInput(NamedTuple):
    """How a day is asked: ``value`` as the field has it, and the ``type`` of the field."""

    type: str
    value: str


def _day_input(text: str) -> DayInput:
    """A day as it was typed, whichever way. What is none stays to be mended: a field for a date
    would show nothing of it, so it comes in a field for text.
    """
    day = dates.typed(text)
    if day is not None:
        return DayInput("date", day.isoformat())
    return DayInput("text" if text else "date", text)


def _pieces(text: object) -> list[str]:
    """A name such as ``urn:etoegang:DV:…``, or an address, in the parts behind which it breaks."""
    return _BREAK.split(str(text))


def numbers_whole(text: str) -> str:
    """``KvK 9000 1201`` on one line."""
    return _NUMBER.sub(lambda found: found[0].replace(" ", NO_BREAK), text)


def _language_url(wish: str) -> str:
    """This page in the other language; a page that answers a form is shown again by its own
    address.
    """
    endpoint, path = endpoints_of(current_app).asked(), request.path
    if request.method == "POST" and endpoint.shown_at != ITSELF:
        path = _address_of(endpoint.shown_at)
    query = {key: value for key, value in request.args.items() if key in endpoint.kept}
    return f"{path}?{urlencode({**query, 'ui': wish})}"


def _address_of(endpoint: str) -> str:
    """With those values of this request that it takes."""
    rule, values = next(current_app.url_map.iter_rules(endpoint)), request.view_args or {}
    return url_for(endpoint, **{name: values[name] for name in rule.arguments})
