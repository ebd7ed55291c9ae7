"""Logging out: the page that asks, and what ended (A17)."""

from __future__ import annotations

import secrets
from typing import Final

from flask import Blueprint, redirect, request, url_for
from pydantic import TypeAdapter
from werkzeug.wrappers import Response

from assurance.session_lifetime import ActiveSession
from broker.downstream import DownstreamName, LogoutRequest
from broker.errors import PageError
from broker.runtime import Runtime, runtime
from broker.sso import grants, logout
from broker.sso.grants import Participant
from broker.sso.logout import LogoutOutcome
from broker.sso.pages import LoggedOutPage, LogoutPage, StillLoggedInPage
from broker.sso.session import current_session
from broker.web import cookies
from broker.web.endpoints import Endpoint, declare_blueprint
from broker.web.language import locale
from broker.web.responses import leave, show
from directory.people import Person
from directory.services import RelyingParty
from state.db import writing

ASKED_SECONDS: Final = 600
SHOWN_SECONDS: Final = 600
blueprint = Blueprint("logout", __name__)  # its protocols add the endpoints that portals ask
declare_blueprint(blueprint, Endpoint(limit="logout"))
_REQUEST: Final = TypeAdapter(LogoutRequest)
_ENDED: Final = TypeAdapter(LogoutOutcome)


@blueprint.get("/uitloggen")
@Endpoint(limit="logout", kept=("asked",))
def ask() -> Response:
    """Ask before anything ends; not where the portal showed an ID token of this very session."""
    rt = runtime()
    handle, wanted = _asked(rt, request.args.get("asked"))
    found = current_session(rt, request, rt.clock())
    if found is None:
        return _away(rt, wanted) or show(LoggedOutPage(was_logged_in=False))
    if wanted.session_id is not None and wanted.session_id == _called(rt, wanted, found):
        return _end(rt, found, wanted)
    return show(_page(rt, found, wanted, handle))


@blueprint.post("/uitloggen")
def end() -> Response:
    """End the session of this browser."""
    rt = runtime()
    _, wanted = _asked(rt, request.form.get("asked"))
    found = current_session(rt, request, rt.clock())
    if found is None:
        return _away(rt, wanted) or redirect(url_for("logout.logged_out"), 303)
    return _end(rt, found, wanted)


@blueprint.get("/uitloggen/niet")
def stay() -> Response:
    """Nothing ended: where this session was used, for who declined and has no portal to go to."""
    rt = runtime()
    found = current_session(rt, request, rt.clock())
    if found is None:
        return show(LoggedOutPage(was_logged_in=False))
    page = _page(rt, found, LogoutRequest(), None)
    return show(StillLoggedInPage(page.person, page.services))


@blueprint.get("/uitgelogd")
@Endpoint(limit="logout", kept=("van",))
def logged_out() -> Response:
    """What ended, and where the user must still log out."""
    rt = runtime()
    raw = rt.store.get(f"logged-out:{request.args.get('van', '')[:40]}")
    if raw is None:
        return show(LoggedOutPage(was_logged_in=False))
    ended = _ENDED.validate_json(raw)
    return show(LoggedOutPage(True, _names(rt, ended.notified), _names(rt, ended.not_notified)))


def ask_for(asked: LogoutRequest) -> Response:
    """Keep what a portal asks and send the browser to where we ask the user. Reads no cookie."""
    rt, handle = runtime(), secrets.token_urlsafe(16)
    rt.store.put(f"logout:{handle}", _REQUEST.dump_json(asked), ASKED_SECONDS)
    return redirect(url_for("logout.ask", asked=handle), 303)


def _called(rt: Runtime, wanted: LogoutRequest, found: ActiveSession) -> str | None:
    """What the session of this browser is called at the portal that asks."""
    relying_party = _portal(rt, wanted)
    if relying_party is None:
        return None
    protocol = DownstreamName(relying_party.protocol)
    return rt.downstreams[protocol].session_id(relying_party, found.id)


def _asked(rt: Runtime, handle: str | None) -> tuple[str | None, LogoutRequest]:
    """What the portal asked, by its handle; a handle that is over asks nothing special."""
    raw = rt.store.get(f"logout:{handle[:40]}") if handle else None
    return (handle, _REQUEST.validate_json(raw)) if raw is not None else (None, LogoutRequest())


def _end(rt: Runtime, found: ActiveSession, wanted: LogoutRequest) -> Response:
    with writing(rt.session) as sql:
        ended = logout.end_session(sql, rt, found.id, "logged_out")
    response = _away(rt, wanted)
    if response is None:
        shown = secrets.token_urlsafe(16)
        rt.store.put(f"logged-out:{shown}", _ENDED.dump_json(ended), SHOWN_SECONDS)
        response = redirect(url_for("logout.logged_out", van=shown), 303)
    cookies.forget_session(response)
    return response


def _away(rt: Runtime, wanted: LogoutRequest) -> Response | None:
    """Back to the portal that asked, where it named an address of its own."""
    portal = _portal(rt, wanted)
    if portal is None or wanted.done_url is None:
        return None
    return leave(wanted.done_url, {}, portal.name.in_(locale()))


def _portal(rt: Runtime, wanted: LogoutRequest) -> RelyingParty | None:
    """The portal that asked, as it is registered now."""
    return rt.configuration.relying_parties.get(wanted.client_id or "")


def _back(relying_party: RelyingParty | None, wanted: LogoutRequest) -> str | None:
    """Where somebody goes who does not log out after all: the front page of the portal, else the
    address that it named, never ``done_url``: for the portal that would mean that it is done.
    """
    if relying_party is None or wanted.return_to is None:
        return None
    return relying_party.home_url or wanted.return_to


def _page(
    rt: Runtime, found: ActiveSession, wanted: LogoutRequest, handle: str | None
) -> LogoutPage:
    person = rt.session.get(Person, found.person_id)
    if person is None:
        raise PageError(410, "login_expired", "person gone")
    relying_party = _portal(rt, wanted)
    return LogoutPage(
        person=person.display_name,
        services=_names(rt, tuple(grants.participants(rt.session, found.id))),
        portal=relying_party.name.in_(locale()) if relying_party is not None else None,
        asked=handle,
        back=_back(relying_party, wanted),
    )


def _names(rt: Runtime, portals: tuple[Participant, ...]) -> tuple[str, ...]:
    """The services by name, each once."""
    services = (rt.configuration.services.get(one.service_uuid) for one in portals)
    return tuple(dict.fromkeys(one.name.in_(locale()) for one in services if one is not None))
