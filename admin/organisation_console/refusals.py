"""Refusing a request at ``/beheer``: with a reason, which who asked gets by mail."""

from __future__ import annotations

from flask import request, url_for
from werkzeug.wrappers import Response

from admin.mandates import decision_rules
from admin.mandates import requests as mandate_requests
from admin.mandates.decision_rules import LoginNotEnough
from admin.mandates.requests import LONGEST_REASON, AlreadyDecided, NoReason
from admin.organisation_console.access import AGAIN, BeheerContext, blueprint, requires
from admin.organisation_console.mandate_requests import decision_on, one_request
from admin.organisation_console.pages import RefusePage
from admin.organisation_console.rows import request_row
from admin.organisation_console.start import to_start
from broker.console import sessions
from broker.texts.quoting import written
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.responses import show
from consent.requests import MandateRequest
from directory.consoles import BEHEER
from directory.people import Role
from state.db import writing


@blueprint.get("/verzoek/<request_id>/afwijzen")
@requires(Role.ADMINISTRATOR)
def ask_to_refuse(console: BeheerContext, request_id: str) -> Response:
    """Why? And are you sure?"""
    asked = one_request(console, request_id)
    if AGAIN in request.args:
        return sessions.log_in(BEHEER, force_authn=True)
    return show(_page(console, asked))


@blueprint.post("/verzoek/<request_id>/afwijzen")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def refuse(console: BeheerContext, request_id: str) -> Response:
    """Refuse it; of two administrators the first decides."""
    reason = written(request.form.get("reason", ""))
    try:
        with writing(console.sql) as session:
            asked = one_request(console, request_id)
            mandate_requests.refuse(session, asked, decision_on(console, asked), reason)
    except LoginNotEnough:
        return show(_page(console, one_request(console, request_id), reason), 403)
    except NoReason:
        error = "too_long" if reason else "empty"
        return show(_page(console, one_request(console, request_id), reason, error), 422)
    except AlreadyDecided:
        return to_start("decided")
    return to_start("refused")


def _page(
    console: BeheerContext, asked: MandateRequest, given: str = "", error: str = ""
) -> RefusePage:
    return RefusePage(
        console=console.frame,
        row=request_row(console, asked),
        longest=LONGEST_REASON,
        again=f"{url_for('console.ask_to_refuse', request_id=asked.id)}?{AGAIN}=ja",
        is_too_old=decision_rules.lack_to_decide(console.login, console.now) is not None,
        is_told=bool(asked.person.email),
        given=given,
        error=error,
    )
