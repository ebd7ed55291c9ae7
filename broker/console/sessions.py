"""Who is in one of our consoles: read from its cookie, checked against the grant and the person,
ended by logging out, by time or by an administrator.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from flask import redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from assurance.levels import AssuranceLevel, suffices
from assurance.session_reuse import AskedAgain, Obstacle
from broker.console.downstream import (
    ConsoleCookie,
    idle_key,
    kept_facts,
    login_request,
    read_facts,
    read_ticket,
)
from broker.journey.views import open_login
from broker.runtime import Runtime, runtime
from broker.sso import grants, standing
from broker.web import cookies, rate_limits
from broker.web.language import locale
from broker.web.time_left import Timed, TimeLeft, show_time, time_left
from directory import people
from directory.consoles import Console
from directory.people import MeansStatus, Person
from providers import accounts
from providers.login_facts import LoginFacts
from providers.worth import NothingWorth
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing

RECENT: Final = timedelta(minutes=10)  # for what changes a factor, a key or a role (ASVS 7.5.1)


@dataclass(frozen=True)
class ConsoleSession:
    """Somebody in a console. What they may do there is the console's to judge."""

    rt: Runtime
    console: Console
    grant_id: str
    person: Person
    level: AssuranceLevel
    logged_in_at: datetime
    now: datetime
    provider_id: str = ""  # of the makelaar of the login, or of accounts of our own

    def is_recent(self) -> bool:
        """The login is of the last minutes: enough for what needs a login of its own."""
        return is_recent(self.logged_in_at, self.now)


@dataclass(frozen=True)
class _Standing:
    """A session with the login that it rests on, and when it ends however it is used."""

    session: ConsoleSession
    facts: LoginFacts
    ends: datetime


def is_recent(logged_in_at: datetime, now: datetime) -> bool:
    """Was this login made in the last minutes?"""
    return now - logged_in_at <= RECENT


def current(console: Console, *, counts: bool = True) -> ConsoleSession | None:
    """The session of this browser: its grant stands, and it was used within the idle time.

    ``counts``: this request is a use. What a page asks by itself is none: else a screen that
    follows something would never be left.
    """
    rt = runtime()
    ticket = read_ticket(rt.sealer, console, request.cookies.get(console.cookie, ""))
    found = _standing(rt, console, ticket) if ticket is not None else None
    if found is None:
        return None
    session, now = found.session, found.session.now
    rate_limits.count_person(rt, "console", session.person.id)
    if counts:
        idle = rt.settings.login.session_idle_minutes * 60
        rt.store.batch([kept_facts(rt.sealer, session.grant_id, found.facts, idle, now)])
        show_time(_time_left(console, now, idle, found.ends))
    return session


@contextmanager
def as_it_stands(session: ConsoleSession) -> Iterator[ConsoleSession | None]:
    """The same session as it is by now, for an answer that takes long to leave; None where it
    ended. Read beside the transaction of the request, which may see what there was when it began.
    """
    with Session(session.rt.engine) as beside:
        rt = replace(session.rt, current_session=lambda: beside)
        ticket = ConsoleCookie(session.grant_id, session.logged_in_at)
        found = _standing(rt, session.console, ticket)
        yield found.session if found is not None else None


def _standing(rt: Runtime, console: Console, ticket: ConsoleCookie) -> _Standing | None:
    now = rt.clock()
    facts = read_facts(rt.sealer, ticket.grant_id, rt.store.get(idle_key(ticket.grant_id)))
    if facts is None:
        return None
    grant = grants.standing_grant(rt.session, ticket.grant_id, now)
    if grant is None or grants.is_overtaken(rt.session, ticket.grant_id):
        return None
    ends = min(
        grant.expires_at, grant.created_at + timedelta(hours=rt.settings.login.session_hours)
    )
    if ends <= now:  # sessions last shorter than when it began
        return None
    person = rt.session.get(Person, grant.person_id)
    level = _level(rt, console, facts, grant.person_id, now)
    if person is None or level is None or not suffices(level, _least(console, facts)):
        return None
    session = ConsoleSession(
        rt,
        console,
        ticket.grant_id,
        person,
        level,
        ticket.logged_in_at,
        now,
        facts.identity.provider_id,
    )
    return _Standing(session, facts, ends)


def _time_left(console: Console, now: datetime, idle: int, ends: datetime) -> TimeLeft:
    """Until when this session stands if nothing is clicked. Any page of it moves that."""
    until = now + timedelta(seconds=idle)
    return time_left(
        min(until, ends),
        now,
        may_extend=until < ends,
        more_url=f"{console.path}/tijd",
        over_url=console.path,
        of=Timed.SESSION,
    )


def _least(console: Console, facts: LoginFacts) -> AssuranceLevel:
    """What a session here must be worth: an account of ours may do where no makelaar would."""
    is_account = facts.identity.provider_id == accounts.PROVIDER_ID
    if is_account and console.service.email_accounts:
        return AssuranceLevel.EMAIL
    return console.service.level


def _level(
    rt: Runtime, console: Console, facts: LoginFacts, person_id: str, now: datetime
) -> AssuranceLevel | None:
    """What the login proves now; None where it proves nothing: its makelaar left, is paused or
    does not serve this console, the means is not active or restricted to other services, or the
    identity is somebody else's.
    """
    record = rt.configuration.providers.get(facts.identity.provider_id)
    if record is not None and not record.serves(console.service.uuid):
        return None
    known = standing.whose(rt.session, rt.sealer, facts.identity, now)
    if known is None or known.person_id != person_id:
        return None
    if people.means_status(known, now) is not MeansStatus.ACTIVE:
        return None
    try:
        judged = standing.now_worth(rt.configuration, rt.session, facts.identity, now)
    except NothingWorth:
        return None
    if not standing.is_for(console.service, judged):
        return None
    return standing.level_now(rt.session, console.service, replace(facts, identity=judged))


def log_in(
    console: Console, *, level: AssuranceLevel | None = None, force_authn: bool = False
) -> Response:
    """Begin a login that comes back to the page that was asked; to the front page after a POST. Who
    was here already reads why.
    """
    path = request.path if request.method == "GET" else console.path
    asked = login_request(console, path, locale(), level=level, force_authn=force_authn)
    return open_login(asked, _why_again(console, level))


def _why_again(console: Console, level: AssuranceLevel | None) -> AskedAgain | None:
    session = current(console, counts=False)
    if session is None:
        return AskedAgain(Obstacle.OVER) if console.cookie in request.cookies else None
    if level is not None and not suffices(session.level, level):
        return AskedAgain(Obstacle.TOO_LOW)
    if not session.is_recent():
        return AskedAgain(Obstacle.TOO_OLD, int(RECENT.total_seconds()))
    return AskedAgain(Obstacle.FORCED)


def log_out(console: Console) -> Response:
    """End the session here and its grant."""
    session = current(console)
    response = redirect(f"{console.path}/uitgelogd?reason=logged_out", 303)
    cookies.forget(response, console.cookie)
    if session is not None:
        with writing(session.rt.session) as sql:
            grants.revoke(sql, session.grant_id, session.now)
            audit.record(
                sql, AuditEvent(EventTag.SESSION_ENDED, session.now, person_id=session.person.id)
            )
    return response
