"""Logging out: the page that asks, the portal that asks, and what ended (A17)."""

from __future__ import annotations

import secrets
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, redirect, request, url_for
from pydantic import TypeAdapter
from werkzeug.wrappers import Response

from assurance.sessions import ActiveSession
from broker.downstream import PageError
from broker.journey import single_sign_on
from broker.oidc.logout import LogoutRequest, parse_logout, sid_of
from broker.oidc.parameters import Parameters
from broker.runtime import Runtime, runtime
from broker.sso import grants, logout
from broker.sso.grants import Participant
from broker.sso.logout import SignedOff
from broker.sso.pages import LoggedOutPage, LogoutPage, StillLoggedInPage
from broker.web import cookies
from broker.web.headers import allow_form_to
from broker.web.language import locale
from broker.web.responses import show
from directory.people import Person
from directory.services import OidcClient
from state.db import writing

ASKED_SECONDS: Final = 600
SHOWN_SECONDS: Final = 600
blueprint = Blueprint("logout", __name__)
_REQUEST: Final = TypeAdapter(LogoutRequest)
_ENDED: Final = TypeAdapter(SignedOff)


@blueprint.route("/logout", methods=["GET", "POST"])
def portal_asks() -> Response:
    """End session endpoint. Reads no cookie: a portal's POST comes without ours. What it asks is
    kept, and judged at our own address.
    """
    rt = runtime()
    parameters = Parameters([*request.args.items(multi=True), *request.form.items(multi=True)])
    asked, handle = parse_logout(parameters, rt), secrets.token_urlsafe(16)
    rt.store.put(f"logout:{handle}", _REQUEST.dump_json(asked), ASKED_SECONDS)
    return redirect(url_for("logout.ask", asked=handle), 303)


@blueprint.get("/uitloggen")
def ask() -> Response:
    """Ask before anything ends; not where the portal showed an ID token of this very session."""
    rt = runtime()
    handle, wanted = _asked(rt, request.args.get("asked"))
    found = single_sign_on.current(rt, request, rt.clock())
    if found is None:
        return _away(wanted) or show(LoggedOutPage(was_logged_in=False))
    if wanted.sid is not None and wanted.sid == sid_of(rt, wanted.client_id, found.id):
        return _end(rt, found, wanted)
    if wanted.return_to is not None:
        allow_form_to(wanted.return_to)
    return show(_page(rt, found, wanted, handle))


@blueprint.post("/uitloggen")
def end() -> Response:
    """End the session of this browser."""
    rt = runtime()
    _, wanted = _asked(rt, request.form.get("asked"))
    found = single_sign_on.current(rt, request, rt.clock())
    if found is None:
        return _away(wanted) or redirect(url_for("logout.logged_out"), 303)
    return _end(rt, found, wanted)


@blueprint.get("/uitloggen/niet")
def stay() -> Response:
    """Nothing ended: where this session was used, for who declined and has no portal to go to."""
    rt = runtime()
    found = single_sign_on.current(rt, request, rt.clock())
    if found is None:
        return show(LoggedOutPage(was_logged_in=False))
    page = _page(rt, found, LogoutRequest(), None)
    return show(StillLoggedInPage(page.person, page.services))


@blueprint.get("/uitgelogd")
def logged_out() -> Response:
    """What ended, and where the user must still log out."""
    rt = runtime()
    raw = rt.store.get(f"logged-out:{request.args.get('van', '')[:40]}")
    if raw is None:
        return show(LoggedOutPage(was_logged_in=False))
    ended = _ENDED.validate_json(raw)
    return show(LoggedOutPage(True, _names(rt, ended.told), _names(rt, ended.untold)))


def _asked(rt: Runtime, handle: str | None) -> tuple[str | None, LogoutRequest]:
    """What the portal asked, by its handle; a handle that is over asks nothing special."""
    raw = rt.store.get(f"logout:{handle[:40]}") if handle else None
    return (handle, _REQUEST.validate_json(raw)) if raw is not None else (None, LogoutRequest())


def _end(rt: Runtime, found: ActiveSession, wanted: LogoutRequest) -> Response:
    with writing(rt.session) as sql:
        ended = logout.end_session(sql, rt, found.id, "logged_out")
    response = _away(wanted)
    if response is None:
        shown = secrets.token_urlsafe(16)
        rt.store.put(f"logged-out:{shown}", _ENDED.dump_json(ended), SHOWN_SECONDS)
        response = redirect(url_for("logout.logged_out", van=shown), 303)
    cookies.forget_session(response)
    return response


def _away(wanted: LogoutRequest) -> Response | None:
    """Back to the portal that asked, where it named an address of its own."""
    if wanted.return_to is None:
        return None
    query = f"?{urlencode({'state': wanted.state})}" if wanted.state is not None else ""
    return redirect(wanted.return_to + query.replace("?", "&" if "?" in wanted.return_to else "?"))


def _back(client: OidcClient | None, wanted: LogoutRequest) -> str | None:
    """Where somebody goes who does not log out after all: the front page of the portal, else the
    address that it named. Without its state: for the portal that would mean that it is done.
    """
    if client is None or wanted.return_to is None:
        return None
    return client.home_url or wanted.return_to


def _page(
    rt: Runtime, found: ActiveSession, wanted: LogoutRequest, handle: str | None
) -> LogoutPage:
    person = rt.session.get(Person, found.person_id)
    if person is None:
        raise PageError(410, "login_expired", "person gone")
    client = rt.configuration.clients.get(wanted.client_id or "")
    return LogoutPage(
        person=person.display_name,
        services=_names(rt, tuple(grants.participants(rt.session, found.id))),
        portal=client.name.in_(locale()) if client is not None else None,
        asked=handle,
        back=_back(client, wanted),
    )


def _names(rt: Runtime, portals: tuple[Participant, ...]) -> tuple[str, ...]:
    """The services by name, each once."""
    services = (rt.configuration.services.get(one.service_uuid) for one in portals)
    return tuple(dict.fromkeys(one.name.in_(locale()) for one in services if one is not None))
