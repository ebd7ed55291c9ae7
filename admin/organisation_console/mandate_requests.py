"""One request for a mandate at ``/beheer``: who asks what, and the way to give it. Refusing one
stands in ``refusals``.
"""

from __future__ import annotations

from flask import request, url_for
from werkzeug.wrappers import Response

from admin.mandates import decision_rules
from admin.mandates import requests as mandate_requests
from admin.mandates.administrators import NotAdministrator
from admin.mandates.requests import Decision, NoSuchRequest
from admin.organisation_console.access import AGAIN, BeheerContext, absent, blueprint, requires
from admin.organisation_console.pages import RequestPage
from admin.organisation_console.rows import request_row
from broker.console import sessions
from broker.errors import PageError
from broker.web.responses import show
from consent import requests
from consent.requests import MandateRequest
from directory.consoles import BEHEER
from directory.people import Role


@blueprint.get("/verzoek/<request_id>")
@requires(Role.ADMINISTRATOR)
def show_request(console: BeheerContext, request_id: str) -> Response:
    """One request with the way to give the mandate, or what that asks first."""
    asked = one_request(console, request_id)
    if AGAIN in request.args:
        return sessions.log_in(BEHEER, level=asked.level, force_authn=True)
    return show(_page(console, asked))


def one_request(console: BeheerContext, request_id: str) -> MandateRequest:
    """The request, for administrators of its company in that company; elsewhere there is none."""
    try:
        asked = mandate_requests.one_request(
            console.sql, console.person_id, request_id, console.now
        )
    except NoSuchRequest:
        absent(console)
    except NotAdministrator as elsewhere:
        absent(console, str(elsewhere))
    if asked.organisation_id != console.here.id:
        absent(console, asked.organisation_id)
    return asked


def decision_on(console: BeheerContext, asked: MandateRequest) -> Decision:
    """What this administrator decides with. Raises PageError where the service is gone."""
    service = console.rt.configuration.services.get(asked.service_uuid)
    if service is None:
        raise PageError(410, "service_gone", "service of the request is gone")
    return Decision(
        actor=console.actor,
        login=console.login,
        service=service,
        now=console.now,
        sealer=console.rt.sealer,
    )


def _page(console: BeheerContext, asked: MandateRequest) -> RequestPage:
    lack = decision_rules.lack_to_grant(console.login, asked.level, console.now)
    is_own = asked.person_id == console.person_id
    others = requests.administrators_of(console.sql, asked.organisation_id, console.now)
    return RequestPage(
        console=console.frame,
        row=request_row(console, asked),
        lack=str(lack or ""),
        have=console.login.level.label,
        again=f"{url_for('console.show_request', request_id=asked.id)}?{AGAIN}=ja",
        is_own=is_own,
        is_told=is_own and any(one.email for one in others if one.id != console.person_id),
    )
