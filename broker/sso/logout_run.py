"""A logout that goes round by the browser of the user: who must still be told, and who hears in the
end how it went. Kept a short while, under a handle; everything of ours ended before it began.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Final

from flask import Request
from pydantic import TypeAdapter, ValidationError
from werkzeug.wrappers import Response

from assurance import session_names
from broker.downstream import LogoutRequest
from broker.runtime import Runtime
from broker.sso.logout import LogoutOutcome
from broker.sso.telling import Visit
from broker.web import cookies
from keys.saml_keys import OwnRole
from state.copies import replace

SECONDS: Final = 600
MOST_VISITS: Final = 10  # who comes after them must be told by the user
COOKIE: Final = f"{cookies.HOST_PREFIX}sluis-logout"


@dataclass(frozen=True)
class AnswerTo:
    """Where the LogoutResponse goes: ``issuer`` is what we are called there, in this ``role``."""

    party: str
    issuer: str
    role: OwnRole
    request_id: str
    url: str
    binding: str
    relay_state: str | None


@dataclass(frozen=True)
class LogoutRun:
    """``holders``: the sessions that ended, of which a browser may show the cookie; ``is_theirs``:
    it did so, None while no browser was asked. Without that nobody sees a name of a party, and
    nobody is sent round.
    """

    handle: str
    holders: tuple[str, ...]
    outcome: LogoutOutcome
    asked: LogoutRequest = field(default_factory=LogoutRequest)
    answer: AnswerTo | None = None
    is_theirs: bool | None = None
    visiting: Visit | None = None
    request_id: str | None = None

    def leaving(self, request_id: str) -> LogoutRun:
        """On the way to the next party."""
        first, *others = self.outcome.visits
        outcome = replace(self.outcome, visits=tuple(others))
        return replace(self, outcome=outcome, visiting=first, request_id=request_id)

    def after(self, *, closed: bool) -> LogoutRun:
        """Back from the party that was visited, or without it."""
        there = self.visiting
        outcome = self.outcome
        if there is not None and closed:
            outcome = told(outcome, there.party)
        return replace(self, outcome=outcome, visiting=None, request_id=None)

    def without_visits(self) -> LogoutRun:
        """Nobody is sent round: it is another browser, or there is none."""
        return replace(self, outcome=replace(self.outcome, visits=()))


_RUN: Final = TypeAdapter(LogoutRun)


def new_run(
    outcome: LogoutOutcome,
    holders: tuple[str, ...],
    *,
    asked: LogoutRequest | None = None,
    answer: AnswerTo | None = None,
    is_theirs: bool | None = None,
) -> LogoutRun:
    """What is still to be done, not yet kept."""
    bounded = replace(outcome, visits=outcome.visits[:MOST_VISITS])
    handle = secrets.token_urlsafe(16)
    return LogoutRun(handle, holders, bounded, asked or LogoutRequest(), answer, is_theirs)


def keep(rt: Runtime, run: LogoutRun) -> None:
    """As it is now, and how the answer of the party that is visited finds it."""
    rt.store.put(_key(run.handle), _RUN.dump_json(run), SECONDS)
    if run.request_id is not None:
        rt.store.put(_visit_key(run.request_id), run.handle.encode(), SECONDS)


def kept(rt: Runtime, handle: str) -> LogoutRun | None:
    """What was kept under it; None for every other word."""
    raw = rt.store.get(_key(handle))
    try:
        return _RUN.validate_json(raw) if raw is not None else None
    except ValidationError:  # another version of the program wrote it
        return None


def waiting(rt: Runtime, request_id: str | None) -> LogoutRun | None:
    """The run that waits for the answer to this request; None where none does any more."""
    raw = rt.store.get(_visit_key(request_id)) if request_id else None
    run = kept(rt, raw.decode()) if raw is not None else None
    return run if run is not None and run.request_id == request_id else None


def visiting(rt: Runtime, request_id: str | None, party: str) -> LogoutRun | None:
    """The same where it waits for this party."""
    return _at(party, waiting(rt, request_id))


def left_for(rt: Runtime, request: Request, party: str) -> LogoutRun | None:
    """The run of this browser, where it left for this party."""
    handle = bound(rt, request)
    return _at(party, kept(rt, handle) if handle is not None else None)


def _at(party: str, run: LogoutRun | None) -> LogoutRun | None:
    """The run, where it waits for this party."""
    is_there = run is not None and run.visiting is not None and run.visiting.party == party
    return run if is_there else None


def finish(rt: Runtime, run: LogoutRun) -> None:
    """Nothing of it is needed any more."""
    rt.store.take(_key(run.handle))


def bind(rt: Runtime, response: Response, run: LogoutRun) -> None:
    """This browser goes on with it, and no other."""
    mark = _mark(rt, run.handle)
    cookies.set_cookie(response, COOKIE, f"{run.handle}.{mark}", SECONDS)


def bound(rt: Runtime, request: Request) -> str | None:
    """The handle of the run that this browser goes on with."""
    handle, _, mark = request.cookies.get(COOKIE, "").partition(".")
    is_ours = bool(handle) and secrets.compare_digest(mark, _mark(rt, handle))
    return handle if is_ours else None


def told(outcome: LogoutOutcome, party: str) -> LogoutOutcome:
    """The same where this party knows of it."""
    side, _, name = party.partition(":")
    if party == session_names.of_makelaar(name):
        left = tuple(one for one in outcome.makelaars_open if one != name)
        return replace(outcome, makelaars=(*outcome.makelaars, name), makelaars_open=left)
    assert side == "portal"
    heard = tuple(one for one in outcome.not_notified if one.client_id == name)
    left_over = tuple(one for one in outcome.not_notified if one.client_id != name)
    return replace(outcome, notified=(*outcome.notified, *heard), not_notified=left_over)


def _mark(rt: Runtime, handle: str) -> str:
    return rt.sealer.fingerprint("logout-run", handle)


def _key(handle: str) -> str:
    return f"logout-run:{handle[:40]}"


def _visit_key(request_id: str) -> str:
    return f"logout-visit:{request_id[:80]}"
