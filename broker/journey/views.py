"""Views: a portal's request becomes a login, and ``/login/<id>`` is where its browser comes back
to.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from assurance.session_reuse import AskedAgain
from broker.downstream import LoginRefused, LoginRequest, RefusalCode
from broker.journey import (
    browser_logins,
    completion,
    dispatch,
    login_store,
    trace_steps,
)
from broker.journey.addresses import LOGINS, PORTAL, of_login
from broker.journey.context import LoginContext
from broker.journey.dispatch import Advance
from broker.journey.steps import STEPS
from broker.journey.steps.frame import time_of
from broker.runtime import runtime
from broker.web.announcements import remember_about
from broker.web.endpoints import Endpoint
from broker.web.language import portal_asks
from broker.web.responses import remember_portal, remember_reference
from broker.web.time_left import asks_facts, facts
from state.copies import replace

blueprint = Blueprint("login", __name__, url_prefix=LOGINS)
QUESTION = Endpoint(limit="questions", shown_at="login.enter", kept=("q",))


def open_login(asked: LoginRequest, asked_again: AskedAgain | None = None) -> Response:
    """Begin a login for a validated request. A remembered makelaar is resolved here, without
    another page. What no makelaar can give is refused at once, also where no pages are wanted.
    ``asked_again``: why, of somebody who is logged in at a console.

    Of the browser it reads the preference cookie, and how many logins it has: a portal's POST comes
    without our cookies, so nothing may depend on them.
    """
    rt = runtime()
    now, minutes = rt.clock(), rt.settings.login.transaction_minutes
    login, secret = login_store.new_login(asked, now, minutes)
    login = trace_steps.began(replace(login, asked_again=asked_again), now)
    remember_reference(login.reference)
    remember_about(asked.service_uuid, login.provider_id)
    remember_portal(asked.client_id)
    portal_asks(asked.locale)
    browser_logins.refuse_rounds(rt, login)
    highest = LoginContext(rt, rt.configuration, login, now).highest_offered
    if highest is not None:
        why = LoginRefused(RefusalCode.LEVEL_UNREACHABLE, "level_above_all")
        return completion.refuse_unstored(rt, trace_steps.too_high(login, now, highest), why)
    try:
        response = dispatch.begin(rt, login, STEPS)
    except LoginRefused as why:
        return completion.refuse_unstored(rt, login, why)
    seconds = int(timedelta(minutes=minutes).total_seconds())
    browser_logins.bind_browser(response, login, secret, seconds)
    browser_logins.keep_few(rt, response, login.id)
    return response


@blueprint.get("/<login_id>")
@Endpoint(limit="logins", kept=("q", PORTAL))
def enter(login_id: str) -> Response:
    """Where is this login? Shows the open question, leaves for the makelaar, or ends."""
    rt = runtime()
    kept = dispatch.load(rt, login_id)
    browser_logins.refuse_rounds(rt, kept.login)
    try:
        response = dispatch.run(rt, kept, STEPS)
    except LoginRefused as why:
        return completion.refuse(rt, kept.login, why)
    browser_logins.keep_few(rt, response, login_id)
    return response


@blueprint.post("/<login_id>/<step>")
@QUESTION
def answer(login_id: str, step: str) -> Response:
    """The answer to one question."""
    rt = runtime()
    kept = dispatch.load(rt, login_id)
    try:
        return dispatch.answer(rt, kept, step, STEPS)
    except LoginRefused as why:
        return completion.refuse(rt, kept.login, why)


@blueprint.post("/<login_id>/more-time")
@QUESTION
def more_time(login_id: str) -> Response:
    """Longer for who needs it; a script gets the facts, and its page stays as it is."""
    rt = runtime()
    login, now = dispatch.give_time(rt, dispatch.load(rt, login_id)), rt.clock()
    response: Response = redirect(of_login(login), 303)
    if asks_facts():
        response = facts(time_of(login, now, rt.settings.login.transaction_minutes))
    browser_logins.keep_longer(response, login, now)
    return response


@blueprint.post("/<login_id>/cancel")
@QUESTION
def cancel(login_id: str) -> Response:
    """Back to the portal, which hears that the user stopped, or what stopped the user."""
    rt = runtime()
    login = dispatch.load(rt, login_id).login
    why = LoginRefused(RefusalCode.CANCELLED, "cancelled")
    if login.stopped is not None:
        why = LoginRefused(login.stopped.code, login.stopped.reason)
    return completion.refuse(rt, login, why)


@blueprint.post("/<login_id>/change-provider")
@QUESTION
def change_provider(login_id: str) -> Response:
    """Another makelaar: everything that the first one said is dropped, and it is no longer
    remembered.
    """
    rt = runtime()
    kept = dispatch.load(rt, login_id)
    asked = replace(kept.login.request, choose_again=True, provider_hint=None)
    fresh = replace(kept.login.afresh(), request=asked)
    return dispatch.restart(rt, kept, fresh, Advance(fresh, forget=True))
