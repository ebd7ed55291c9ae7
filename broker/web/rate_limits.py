"""Limits on what costs much or can be guessed, by address, portal and person.

How much: counted in each process by itself, which costs no round trip. Wrong guesses: counted in
the expiring store for all processes, only when one was wrong; who made too many is refused unasked
for the rest of the minute. Why so: docs/decisions/0015.
"""

from __future__ import annotations

from typing import Final

import structlog
from flask import Flask

from broker.errors import TooManyRequests
from broker.monitoring import metrics
from broker.runtime import Runtime, runtime
from broker.web.current_request import current_request
from broker.web.endpoints import endpoints_of
from state.limits import Limit, network_of, spend

SECONDS: Final = 60
log = structlog.get_logger()


def install(app: Flask) -> None:
    """Count every request at an endpoint with a limit, before anything else is done for it."""

    declared = endpoints_of(app)

    @app.before_request
    def _count() -> None:
        endpoint = declared.asked()
        if endpoint.limit is not None:
            rt = runtime()
            limits = rt.settings.limits
            most = limits.client_per_minute if endpoint.per_portal else limits.address_per_minute
            _spend(rt, Limit(f"{endpoint.limit}-address", most, SECONDS), _network())


def count_client(rt: Runtime, kind: str, client_id: str) -> None:
    """A request of this registered portal. Raises TooManyRequests."""
    _spend(rt, Limit(f"{kind}-client", rt.settings.limits.client_per_minute, SECONDS), client_id)


def count_visitor(rt: Runtime, kind: str) -> None:
    """A request for a portal that anybody may send in its name: it counts as one of its address,
    where all requests of a portal may come from one. Raises TooManyRequests.
    """
    _spend(rt, Limit(f"{kind}-visitor", rt.settings.limits.address_per_minute, SECONDS), _network())


def count_makelaar(rt: Runtime, kind: str, party: str) -> None:
    """A message of this registered makelaar that nobody asked for. Raises TooManyRequests."""
    _spend(rt, Limit(f"{kind}-makelaar", rt.settings.limits.client_per_minute, SECONDS), party)


def count_person(rt: Runtime, kind: str, person_id: str) -> None:
    """A request of this person. Raises TooManyRequests."""
    _spend(rt, Limit(f"{kind}-person", rt.settings.limits.person_per_minute, SECONDS), person_id)


def refuse_guessers(rt: Runtime, kind: str, about: str = "") -> None:
    """Before a guess is judged. ``about``: what was guessed at. Raises TooManyRequests."""
    limit = _failures(rt, kind)
    if rt.windows.is_blocked(limit, f"{_network()} {about}", rt.clock()):
        raise _refused(limit, log_it=False)


def wrong_guess(rt: Runtime, kind: str, about: str = "") -> None:
    """A guess was wrong. Raises TooManyRequests where it was one too many, and StoreUnavailable."""
    limit, key = _failures(rt, kind), f"{_network()} {about}"
    if spend(rt.store, (limit, key)):
        rt.windows.block(limit, key, rt.clock())
        raise _refused(limit, log_it=True)


def _failures(rt: Runtime, kind: str) -> Limit:
    return Limit(f"{kind}-failures", rt.settings.limits.failures_per_minute, SECONDS)


def _spend(rt: Runtime, limit: Limit, key: str) -> None:
    count = rt.windows.spend(limit, key, rt.clock())
    if count > limit.most:
        raise _refused(limit, log_it=count == limit.most + 1)


def _network() -> str:
    return network_of(current_request().remote_addr or "")


def _refused(limit: Limit, *, log_it: bool) -> TooManyRequests:
    """``log_it``: once per window, so that who floods us does not flood the log."""
    metrics.RATE_LIMITED.labels(limit.name).inc()
    if log_it:
        log.warning("limit.exceeded", rule=limit.name, most=limit.most, seconds=limit.seconds)
    return TooManyRequests(limit.name, limit.seconds, limit.most)
