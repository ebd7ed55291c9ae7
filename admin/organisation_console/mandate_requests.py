"""The console at ``/beheer``: an administrator sees requests for a mandate and grants them.

Refusing one stands in ``refusals``, taking back what was given in ``mandates``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from admin.actor import Actor
from admin.mandates import decision_rules
from admin.mandates import given as given_mandates
from admin.mandates import requests as mandate_requests
from admin.mandates.administrators import NotAdministrator, organisations_of
from admin.mandates.decision_rules import DeciderLogin, LoginNotEnough
from admin.mandates.requests import AlreadyDecided, Decision, NoSuchRequest
from admin.organisation_console.pages import (
    AdministratorLoggedOutPage,
    ConsoleFrame,
    MandateRow,
    NotAllowedPage,
    RequestPage,
    RequestRow,
    RequestsPage,
)
from broker.console import sessions
from broker.errors import PageError
from broker.runtime import Runtime
from broker.web.endpoints import Endpoint, declare_blueprint
from broker.web.registration_names import service_name
from broker.web.responses import show
from consent.mandates import Mandate, MandateRefused
from consent.requests import MandateRequest
from directory import dates
from directory.consoles import BEHEER
from directory.portals import where_it_begins
from state.db import writing

blueprint = Blueprint("console", __name__, url_prefix="/beheer")
declare_blueprint(blueprint, Endpoint(limit="console"))
AGAIN = "opnieuw"  # in the address of the button that begins a login
PROPOSED_DAYS = 365


@dataclass(frozen=True)
class AdministratorContext:
    """Somebody in the console, today an administrator or not."""

    rt: Runtime
    person_id: str
    login: DeciderLogin
    frame: ConsoleFrame
    now: datetime


def visitor() -> AdministratorContext | None:
    """Who is in the console; None for who must log in."""
    session = sessions.current(BEHEER)
    if session is None:
        return None
    places = organisations_of(session.rt.session, session.person.id, session.now)
    frame = ConsoleFrame(session.person.display_name, tuple(place.name for place in places))
    login = DeciderLogin(session.level, session.logged_in_at)
    return AdministratorContext(session.rt, session.person.id, login, frame, session.now)


def log_in() -> Response:
    """Begin a login that comes back here."""
    return sessions.log_in(BEHEER)


@blueprint.get("")
@Endpoint(limit="console", kept=("done",))
def requests() -> Response:
    """Open requests at the organisations of this administrator."""
    console = visitor()
    if console is None:
        return log_in()
    if not console.frame.organisations:
        return show(NotAllowedPage(console.frame), 403)
    found = mandate_requests.open_requests(console.rt.session, console.person_id, console.now)
    given = given_mandates.standing(console.rt.session, console.person_id, console.now)
    page = RequestsPage(
        console.frame,
        tuple(request_row(console, one) for one in found),
        tuple(mandate_row(console, one) for one in given),
        done=request.args.get("done"),
    )
    return show(page)


@blueprint.get("/verzoek/<request_id>")
def show_request(request_id: str) -> Response:
    """One request with the form to grant it, or what that asks first."""
    console = visitor()
    if console is None:
        return log_in()
    asked = one_request(console, request_id)
    if AGAIN in request.args:
        return sessions.log_in(BEHEER, level=asked.level, force_authn=True)
    return show(_page(console, asked))


@blueprint.post("/verzoek/<request_id>")
@Endpoint(limit="console", shown_at="console.show_request")
def decide(request_id: str) -> Response:
    """Grant; of two administrators the first decides. Any other wish gives nobody anything."""
    console = visitor()
    if console is None:
        return log_in()
    if request.form.get("decision") != "grant":
        return redirect(url_for("console.ask_to_refuse", request_id=request_id), 303)
    until = _until(request.form.get("until", ""))
    if until is None:
        return show(_page(console, one_request(console, request_id), error=True), 422)
    try:
        with writing(console.rt.session) as session:
            asked = one_request(console, request_id)
            years = console.rt.settings.mandates.max_years
            mandate_requests.grant(session, asked, decision_on(console, asked), until, years)
    except LoginNotEnough:
        return show(_page(console, one_request(console, request_id)), 403)
    except MandateRefused:
        return show(_page(console, one_request(console, request_id), error=True), 422)
    except AlreadyDecided:
        return to_requests("decided")
    return to_requests("granted")


@blueprint.post("/uitloggen")
def log_out() -> Response:
    """End the session here and its grant."""
    return sessions.log_out(BEHEER)


@blueprint.get("/uitgelogd")
@Endpoint(limit="console", kept=("reason",))
def logged_out() -> Response:
    """Where a logout or a stopped login ends."""
    return show(AdministratorLoggedOutPage(request.args.get("reason", "")))


def to_requests(done: str) -> Response:
    """Back to the front page, which says what was done."""
    return redirect(url_for("console.requests", done=done), 303)


def one_request(console: AdministratorContext, request_id: str) -> MandateRequest:
    """The request, for its administrators alone; for others it does not exist."""
    try:
        return mandate_requests.one_request(
            console.rt.session, console.person_id, request_id, console.now
        )
    except (NoSuchRequest, NotAdministrator):
        raise PageError(404, "not_found", "no such request for this person") from None


def decision_on(console: AdministratorContext, asked: MandateRequest) -> Decision:
    """What this administrator decides with. Raises PageError where the service is gone."""
    service = console.rt.configuration.services.get(asked.service_uuid)
    if service is None:
        raise PageError(410, "service_gone", "service of the request is gone")
    return Decision(
        actor=Actor.administrator(console.person_id),
        login=console.login,
        service=service,
        now=console.now,
        sealer=console.rt.sealer,
        portal_url=where_it_begins(
            console.rt.configuration.relying_parties.values(), asked.service_uuid
        ),
    )


def _until(text: str) -> datetime | None:
    """The end of that day in the Netherlands; None where the text is no date."""
    try:
        return dates.end_of(date.fromisoformat(text))
    except ValueError:
        return None


def mandate_row(console: AdministratorContext, mandate: Mandate) -> MandateRow:
    """A mandate as the pages show it."""
    return MandateRow(
        id=mandate.id,
        person=mandate.person.display_name,
        organisation=mandate.organisation.name,
        service=service_name(console.rt.configuration, mandate.service_uuid) or "",
        level=mandate.level.label,
        since=mandate.valid_from,
        until=mandate.valid_until,
        last_used=mandate.last_used_at,
    )


def request_row(console: AdministratorContext, asked: MandateRequest) -> RequestRow:
    """A request as the pages show it."""
    return RequestRow(
        id=asked.id,
        person=asked.person.display_name,
        organisation=asked.organisation.name,
        service=service_name(console.rt.configuration, asked.service_uuid) or "",
        level=asked.level.label,
        asked_at=asked.asked_at,
        message=asked.message,
    )


def _page(
    console: AdministratorContext, asked: MandateRequest, *, error: bool = False
) -> RequestPage:
    today = dates.day_of(console.now)
    lack = decision_rules.lack_to_grant(console.login, asked.level, console.now)
    session, is_own = console.rt.session, asked.person_id == console.person_id
    years = console.rt.settings.mandates.max_years
    return RequestPage(
        console=console.frame,
        row=request_row(console, asked),
        lack=str(lack or ""),
        have=console.login.level.label,
        again=f"{url_for('console.show_request', request_id=asked.id)}?{AGAIN}=ja",
        is_own=is_own,
        is_told=is_own
        and any(
            colleague.email
            for colleague in mandate_requests.colleagues_of(
                session, asked, console.person_id, console.now
            )
        ),
        first=today,
        until=today + timedelta(days=PROPOSED_DAYS),
        latest=dates.years_after(today, years),
        given=request.form.get("until", "")[:10],
        error=error,
    )
