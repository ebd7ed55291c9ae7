"""Where the person is logged in now, at ``/mijn``: end one session, or all of them, with what
portals and our consoles hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from broker.account.access import AGAIN, AccountContext, owner
from broker.account.factors import blueprint
from broker.account.pages import EndSessionsPage, SessionRow, SessionsPage
from broker.console.running_sessions import RunningSession, running, with_places
from broker.downstream import LogoutRequest
from broker.sso import logout, logout_chain, logout_outcomes
from broker.sso.grants import Participant
from broker.sso.session import consoles_here, current_session
from broker.web import cookies, user_agents
from broker.web.endpoints import Endpoint
from broker.web.registration_names import makelaar_name, service_name
from broker.web.responses import show
from directory import people
from directory.consoles import MINE
from state.db import writing

ENDED_ONE: Final = "ended_by_owner"
ENDED_ALL: Final = "logged_out_everywhere"
STAY: Final = "stay"
_LIST: Final = "mine.own_sessions"


@dataclass(frozen=True)
class _Held:
    """Ids of the sessions of this very browser, with their cookies."""

    cookies: Mapping[str, str]

    def drop(self, response: Response, *ids: str) -> None:
        """Forget the cookies of these; of none that is somewhere else."""
        for one in ids:
            if one in self.cookies:
                cookies.forget(response, self.cookies[one])


@blueprint.get("/sessies")
@Endpoint(limit="console", kept=("done", "van"))
def own_sessions() -> Response:
    """Every session of this person, those of this browser first."""
    who = owner()
    if AGAIN in request.args:
        _demand(who)
    held, found = _held(who), _running(who)
    rows = [_row(who, held, one) for one in with_places(who.rt.session, found)]
    rows.sort(key=lambda row: not row.is_here)
    told = logout_outcomes.kept(who.rt, request.args.get("van", ""))
    unreached = names_of(who, told.not_notified) if told is not None else ()
    left = told.makelaars_open if told is not None else ()
    makelaars = tuple(makelaar_name(who.rt.configuration, one) or one for one in left)
    done = request.args.get("done", "")
    return show(SessionsPage(who.frame, tuple(rows), done, unreached, makelaars))


@blueprint.post("/sessies/<session_id>/uit")
@Endpoint(limit="console", shown_at=_LIST)
def end_one(session_id: str) -> Response:
    """End one of them. What ended meanwhile, or is of somebody else, is on no list any more."""
    who = owner()
    held = _held(who)
    found = next((one for one in _running(who) if one.id == session_id), None)
    if found is None:
        return redirect(url_for(_LIST, done="over"), 303)
    if found.id not in held.cookies:
        _demand(who)
    is_here = found.id in held.cookies
    with writing(who.rt.session) as sql:
        outcome = logout.end_these(sql, who.rt, [found.id], ENDED_ONE, with_browser=is_here)
    if outcome.visits:
        response = logout_chain.follow(who.rt, outcome, holders=(found.id,), asked=LogoutRequest())
    elif found.id == who.session.grant_id:
        response = redirect(url_for("mine.logged_out", reason="logged_out"), 303)
    else:
        response = _to_list(who, "one", outcome)
    held.drop(response, found.id)
    return response


@blueprint.get("/sessies/overal")
def ask_everywhere() -> Response:
    """Everywhere, or everywhere but here?"""
    who = owner()
    _demand(who)
    return show(EndSessionsPage(who.frame, len(_running(who))))


@blueprint.post("/sessies/overal")
def end_everywhere() -> Response:
    """End all of them; this browser too, unless it was asked to stay."""
    who = owner()
    _demand(who)
    if request.form.get("here") == STAY:
        with writing(who.rt.session) as sql:
            elsewhere = end_elsewhere(sql, who, ENDED_ALL)
        return _to_list(who, "elsewhere", elsewhere)
    held = _held(who)
    here = tuple(held.cookies)
    with writing(who.rt.session) as sql:
        people.log_out(sql, who.person.id, who.rt.clock())
        gone = logout.end_these(sql, who.rt, here, ENDED_ALL, with_browser=True)
        ended = logout.end_all_of(sql, logout.notifier_of(who.rt), who.person.id, ENDED_ALL)
    outcome = logout.all_together([gone, ended.outcome])
    response = logout_chain.follow(who.rt, outcome, holders=here, asked=LogoutRequest())
    held.drop(response, *here)
    return response


def end_elsewhere(sql: Session, who: AccountContext, reason: str) -> logout.LogoutOutcome:
    """End what runs of this person in other browsers, and what is under way, in the transaction of
    the caller.
    """
    people.log_out(sql, who.person.id, who.rt.clock())
    notifier, here = logout.notifier_of(who.rt), tuple(_held(who).cookies)
    return logout.end_all_of(sql, notifier, who.person.id, reason, keep=here).outcome


def _demand(who: AccountContext) -> None:
    """Ending a session asks a login of the last minutes (ASVS 7.5.2): else whoever took this one
    over puts its owner out. Raises LogInFirst.
    """
    who.demand(MINE.service.level, after="mine.ask_everywhere" if _is_about_all() else _LIST)


def _is_about_all() -> bool:
    return request.endpoint in ("mine.ask_everywhere", "mine.end_everywhere")


def _running(who: AccountContext) -> list[RunningSession]:
    return list(running(who.rt.session, who.rt, person_id=who.person.id))


def _held(who: AccountContext) -> _Held:
    found = {grant_id: name for name, grant_id in consoles_here(who.rt, request).items()}
    here = current_session(who.rt, request, who.session.now)
    if here is not None:
        found[here.id] = cookies.SESSION
    return _Held(found)


def _to_list(who: AccountContext, done: str, outcome: logout.LogoutOutcome) -> Response:
    van = logout_outcomes.keep(who.rt, outcome) if not outcome.is_complete else None
    return redirect(url_for(_LIST, done=done, van=van), 303)


def _row(who: AccountContext, held: _Held, one: RunningSession) -> SessionRow:
    return SessionRow(
        id=one.id,
        browser=user_agents.in_words(one.browser),
        since=one.since,
        last_used=one.last_used or one.since,
        places=names_of(who, one.places),
        makelaar=makelaar_name(who.rt.configuration, one.provider_id),
        is_here=one.id in held.cookies,
        is_idle=one.is_idle,
    )


def names_of(who: AccountContext, places: tuple[Participant, ...]) -> tuple[str, ...]:
    """The services by name, each once; also of those that were withdrawn."""
    found = (service_name(who.rt.configuration, one.service_uuid) for one in places)
    return tuple(dict.fromkeys(name for name in found if name is not None))
