"""The session of a browser: what an earlier login left behind, and the cookie that finds it; and
which of our consoles that browser is in. How long a session lives is in
``assurance.session_lifetime``; when it may answer for the user, in ``assurance.session_reuse``;
what it keeps, in ``providers.login_facts``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from flask import Request

from assurance import session_lifetime
from assurance.session_lifetime import ActiveSession, SessionLimits
from broker.process import Process
from broker.runtime import Runtime
from broker.web.cookies import SESSION
from providers.login_facts import read


def session_limits(rt: Runtime | Process) -> SessionLimits:
    """How long a session of this installation lives."""
    chosen = rt.settings.sessions
    return SessionLimits(timedelta(minutes=chosen.idle_minutes), timedelta(hours=chosen.hours))


def current_session(rt: Runtime, request: Request, now: datetime) -> ActiveSession | None:
    """The session of this browser while it stands. No cookie, no read."""
    cookie = request.cookies.get(SESSION, "")
    if not cookie:
        return None
    return session_lifetime.find(rt.session, rt.sealer, cookie, limits=session_limits(rt), now=now)


def consoles_here(rt: Runtime, request: Request) -> Mapping[str, str]:
    """Name of the cookie → id of the grant, of each console that this browser is in."""
    return {
        cookie: grant_id
        for protocol in rt.downstreams.values()
        for cookie, grant_id in protocol.held_in(request.cookies, rt.store).items()
    }


def made_at(facts: bytes) -> str | None:
    """The makelaar where the login of a session was made, from its opened facts."""
    found = read(facts)
    return found.identity.provider_id if found is not None else None
