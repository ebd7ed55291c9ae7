"""Metrics: what this installation counts and times, for the management address.

A label holds an id from the registrations or a machine word of ours, never a person, an
organisation, a session or text that was received, so the number of series has a bound. What lives
in the database is read when it is asked for (``admin.operations.readings``).

With several workers the values lie in files of ``PROMETHEUS_MULTIPROC_DIR``, which must be set
before this module is imported.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

MOST_WORDS: Final = 300  # per process; a word that was never seen before then counts as "other"
OTHER: Final = "other"
_WORD: Final = re.compile(r"[a-z0-9][a-z0-9_.+-]{0,63}", re.IGNORECASE)
_METHODS: Final = frozenset({"GET", "HEAD", "POST"})
_SHORT: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_LONG: Final = (0.05, 0.25, 1, 5, 15, 30, 60, 120, 300, 900)

LOGINS: Final = Counter(
    "sluis_logins",
    "Logins that ended",
    ("service", "idp", "protocol", "result", "reason"),
)
LOGIN_SECONDS: Final = Histogram(
    "sluis_login_seconds",
    "Duration of the parts of a login: total, idp (away), answer (judged) and token",
    ("phase",),
    buckets=_LONG,
)
STEP_UPS: Final = Counter(
    "sluis_stepup", "Answers to the question for a second factor", ("method", "result")
)
MANDATE_CHECKS: Final = Counter(
    "sluis_mandate_checks", "Authorities that were looked at for a login", ("result",)
)
TOKEN_REQUESTS: Final = Counter(
    "sluis_token_requests", "Requests at the token endpoint", ("grant", "result")
)
REJECTIONS: Final = Counter(
    "sluis_message_rejections", "Answers of makelaars that were refused", ("protocol", "reason")
)
IDP_UP: Final = Gauge(
    "sluis_idp_up",
    "1 where the makelaar did its work the last time that could be seen from here, 0 where not",
    ("idp",),
    multiprocess_mode="mostrecent",
)
IDP_TROUBLES: Final = Counter(
    "sluis_idp_troubles",
    "Times that a makelaar could not be asked, why, and whether we saw it or a browser said so",
    ("idp", "reason", "heard"),
)
LOGOUTS: Final = Counter(
    "sluis_logouts", "Logouts that went round by the browser of the user", ("result",)
)
LOGOUT_VISITS: Final = Counter(
    "sluis_logout_visits",
    "Portals and makelaars that the browser told of a logout, and what came of it",
    ("party", "result"),
)
RATE_LIMITED: Final = Counter(
    "sluis_rate_limited", "Requests that were refused by a limit", ("rule",)
)
ERRORS: Final = Counter(
    "sluis_errors",
    "Requests that ended in an error of ours, and not in one of a makelaar or portal",
    ("reason",),
)
HTTP_SECONDS: Final = Histogram(
    "sluis_http_request_seconds",
    "Duration of requests at the public address",
    ("route", "method", "status"),
    buckets=_SHORT,
)
_seen: set[str] = set()


def word(value: str | None) -> str:
    """A machine word as a label: "" for none, ``other`` for what is no word or one too many."""
    if not value:
        return ""
    if value in _seen:
        return value
    if len(_seen) >= MOST_WORDS or not _WORD.fullmatch(value):
        return OTHER
    _seen.add(value)
    return value


def token_answered(grant: str, result: str, seconds: float) -> None:
    """The token endpoint answered. ``grant`` is a grant type of ours or ``OTHER``, never what the
    portal wrote.
    """
    TOKEN_REQUESTS.labels(grant, word(result)).inc()
    LOGIN_SECONDS.labels("token").observe(seconds)


def request_answered(route: str, method: str, status: int, seconds: float) -> None:
    """A request was answered. ``route`` is the rule, never the path: a path names logins."""
    known = method if method in _METHODS else OTHER
    _http_seconds(route, known, status).observe(seconds)


@cache
def _http_seconds(route: str, method: str, status: int) -> Histogram:
    """Of answers of one kind, of which there are as many as series."""
    return HTTP_SECONDS.labels(route, method, str(status))
