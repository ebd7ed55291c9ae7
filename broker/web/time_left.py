"""Time left: until when a page works and how its reader gets more, so that nobody is shut out who
needs longer (WCAG 2.2, 2.2.1). The page says it; ``time.js`` warns before the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask import g, jsonify, request
from flask.wrappers import Response
from flask_babel import format_date, format_datetime

from broker.runtime import runtime
from broker.texts.times import moment
from broker.web.headers import allow_looking_again
from broker.web.language import locale


class Timed(StrEnum):
    """What has an end."""

    LOGIN = "login"
    SESSION = "session"  # in a console
    STEP = "step"  # of a form without a login


@dataclass(frozen=True)
class TimeLeft:
    """``until``: when the page stops working, in ``seconds`` from now; ``may_extend``: whether that
    moment can still be moved. ``more_url`` moves it, asked by POST in a login, else by GET, which
    opens beside the page; ``over_url``: where who is too late goes on.
    """

    until: datetime
    seconds: int
    may_extend: bool
    more_url: str
    over_url: str
    of: Timed

    @property
    def posts(self) -> bool:
        """Is more time asked by POST?"""
        return self.of is Timed.LOGIN


def clock_time(value: datetime) -> str:
    """``14.05 uur`` today, else with the day."""
    now = runtime().clock()
    if format_date(value, "y-MM-dd") != format_date(now, "y-MM-dd"):
        return moment(value)
    return format_datetime(value, "HH.mm 'uur'" if locale() == "nl" else "HH:mm")


def time_left(
    until: datetime,
    now: datetime,
    *,
    may_extend: bool,
    more_url: str,
    over_url: str,
    of: Timed,
) -> TimeLeft:
    """What a page says of its time."""
    seconds = max(0, int((until - now).total_seconds()))
    return TimeLeft(until, seconds, may_extend, more_url, over_url, of)


def show_time(time: TimeLeft) -> None:
    """Every page of this request says this of its time, and may ask how it stands."""
    g.time_left = time
    allow_looking_again()


def shown_time() -> TimeLeft | None:
    """What this request said of its time; None where it has no end."""
    found: TimeLeft | None = g.get("time_left")
    return found


def asks_facts() -> bool:
    """Does a script ask, which keeps the page as it is?"""
    return request.accept_mimetypes.best == "application/json"


def facts(time: TimeLeft) -> Response:
    """What the script of a page needs to go on counting."""
    said = {"seconds": time.seconds, "until": clock_time(time.until), "more": time.may_extend}
    return jsonify(said)
