"""Logging out: the page that asks, and what ended (A17)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, redirect, request, url_for
from pydantic import TypeAdapter, ValidationError
from werkzeug.wrappers import Response

from assurance.session_lifetime import ActiveSession
from broker.downstream import DownstreamName, LogoutRequest
from broker.errors import PageError
from broker.runtime import Runtime, runtime
from broker.sso import grants, logout, logout_chain, logout_outcomes, logout_run
from broker.sso.grants import ConsoleGrant, Participant
from broker.sso.logout_page import logged_out_page, service_names
from broker.sso.logout_return import asking_portal, done_url
from broker.sso.pages import LoggedOutPage, LogoutPage, StillLoggedInPage
from broker.sso.session import consoles_here, current_session
from broker.web import cookies
from broker.web.endpoints import Endpoint, declare_blueprint
from broker.web.language import locale, portal_asks
from broker.web.responses import leave, show
from directory.people import Person
from directory.services import RelyingParty
from state.db import writing

ASKED_SECONDS: Final = 600
blueprint = Blueprint("logout", __name__)  # its protocols add the endpoints that portals ask
declare_blueprint(blueprint, Endpoint(limit="logout"))
_REQUEST: Final = TypeAdapter(LogoutRequest)


@dataclass(frozen=True)
class _Here:
    """What this browser holds: its session, and by their cookies the sessions at our consoles."""

    session: ActiveSession | None
    consoles: Mapping[str, ConsoleGrant]

    @property
    def is_empty(self) -> bool:
        return self.session is None and not self.consoles

    @property
    def person_id(self) -> str:
        """Who is here; in a console perhaps somebody else."""
        others = (one.person_id for one in self.consoles.values())
        return self.session.person_id if self.session is not None else next(others)


@blueprint.get("/uitloggen")
@Endpoint(limit="logout", kept=("asked",))
def ask() -> Response:
    """Ask before anything ends; not where the portal showed an ID token of this very session."""
    rt = runtime()
    handle, wanted = _asked(rt, request.args.get("asked"))
    found = _here(rt)
    if found.is_empty:
        return _left(rt) or _away(rt, wanted) or show(LoggedOutPage(was_logged_in=False))
    if wanted.session_id is not None and wanted.session_id == _called(rt, wanted, found.session):
        return _end(rt, found, wanted)
    return show(_page(rt, found, wanted, handle))


@blueprint.post("/uitloggen")
def end() -> Response:
    """End the session of this browser, at our consoles too."""
    rt = runtime()
    _, wanted = _asked(rt, request.form.get("asked"))
    found = _here(rt)
    if found.is_empty:
        return _away(rt, wanted) or redirect(url_for("logout.logged_out"), 303)
    return _end(rt, found, wanted)


@blueprint.get("/uitloggen/niet")
def stay() -> Response:
    """Nothing ended: where this session was used, for who declined and has no portal to go to."""
    rt = runtime()
    found = _here(rt)
    if found.is_empty:
        return show(LoggedOutPage(was_logged_in=False))
    page = _page(rt, found, LogoutRequest(), None)
    return show(StillLoggedInPage(page.person, page.services))


@blueprint.get("/uitgelogd")
@Endpoint(limit="logout", kept=("van",))
def logged_out() -> Response:
    """What ended, and where the user must still log out."""
    rt = runtime()
    ended = logout_outcomes.kept(rt, request.args.get("van", ""))
    if ended is None:
        return show(LoggedOutPage(was_logged_in=False))
    portal_asks(ended.locale)
    return show(logged_out_page(rt, ended))


def ask_for(asked: LogoutRequest) -> Response:
    """Keep what a portal asks and send the browser to where we ask the user. Reads no cookie."""
    rt, handle = runtime(), secrets.token_urlsafe(16)
    rt.store.put(f"logout:{handle}", _REQUEST.dump_json(asked), ASKED_SECONDS)
    return redirect(url_for("logout.ask", asked=handle), 303)


def _here(rt: Runtime) -> _Here:
    now = rt.clock()
    held = consoles_here(rt, request)
    live = grants.at_consoles(rt.session, now, ids=held.values()) if held else ()
    by_id = {one.id: one for one in live}
    return _Here(
        current_session(rt, request, now),
        {cookie: by_id[grant] for cookie, grant in held.items() if grant in by_id},
    )


def _called(rt: Runtime, wanted: LogoutRequest, found: ActiveSession | None) -> str | None:
    """What the session of this browser is called at the portal that asks."""
    relying_party = asking_portal(rt, wanted)
    if relying_party is None or found is None:
        return None
    protocol = DownstreamName(relying_party.protocol)
    return rt.downstreams[protocol].session_id(relying_party, found.id)


def _asked(rt: Runtime, handle: str | None) -> tuple[str | None, LogoutRequest]:
    """What the portal asked, by its handle; a handle that is over asks nothing special."""
    raw = rt.store.get(f"logout:{handle[:40]}") if handle else None
    if raw is None:
        return None, LogoutRequest()
    try:
        asked = _REQUEST.validate_json(raw)
    except ValidationError:  # another version of the program wrote it
        return None, LogoutRequest()
    portal_asks(asked.locale)
    return handle, asked


def _end(rt: Runtime, found: _Here, wanted: LogoutRequest) -> Response:
    ids = [one.id for one in found.consoles.values()]
    here = (found.session.id,) if found.session is not None else ()
    with writing(rt.session) as sql:
        outcome = logout.end_these(sql, rt, (*here, *ids), "logged_out", with_browser=True)
    response = logout_chain.follow(rt, outcome, holders=here, asked=wanted)
    cookies.forget_session(response)
    for cookie in found.consoles:
        cookies.forget(response, cookie)
    return response


def _left(rt: Runtime) -> Response | None:
    """On with a logout that this browser left half-way: at a party that did not send it back."""
    handle = logout_run.bound(rt, request)
    run = logout_run.kept(rt, handle) if handle is not None else None
    return logout_chain.to_run(run) if run is not None else None


def _away(rt: Runtime, wanted: LogoutRequest) -> Response | None:
    """Back to the portal that asked, where it named an address of its own."""
    portal, url = asking_portal(rt, wanted), done_url(rt, wanted)
    return None if portal is None or url is None else leave(url, {}, portal.name.in_(locale()))


def _back(relying_party: RelyingParty | None, wanted: LogoutRequest) -> str | None:
    """Where somebody goes who does not log out after all: the front page of the portal, else the
    address that it named, never ``done_url``: for the portal that would mean that it is done.
    """
    if relying_party is None or wanted.return_to is None:
        return None
    return relying_party.home_url or wanted.return_to


def _page(rt: Runtime, found: _Here, wanted: LogoutRequest, handle: str | None) -> LogoutPage:
    person = rt.session.get(Person, found.person_id)
    if person is None:
        raise PageError(410, "login_expired", "person gone")
    relying_party = asking_portal(rt, wanted)
    return LogoutPage(
        person=person.display_name,
        services=service_names(rt, _used_for(rt, found)),
        portal=relying_party.name.in_(locale()) if relying_party is not None else None,
        asked=handle,
        back=_back(relying_party, wanted),
    )


def _used_for(rt: Runtime, found: _Here) -> tuple[Participant, ...]:
    portals = grants.participants(rt.session, found.session.id) if found.session else ()
    return (*portals, *(one.participant for one in found.consoles.values()))
