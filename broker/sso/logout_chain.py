"""Going round by the browser of the user: portals that hear it no other way, then makelaars, then
who asked; and the page of what was closed and what was not.

Nobody is lost on the way: who comes back without an answer goes on with the next party, and who
does not come back finds all of ours ended. A logout is never partial silently.
"""

from __future__ import annotations

from typing import Final

import structlog
from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from assurance import ended_sessions, session_names
from broker.downstream import LogoutRequest, Reply
from broker.errors import PageError
from broker.monitoring import metrics
from broker.runtime import Runtime, runtime
from broker.sso import logout_outcomes, logout_run
from broker.sso.logout import LogoutOutcome
from broker.sso.logout_return import asking_portal, done_url, is_still_there
from broker.sso.logout_run import LogoutRun
from broker.sso.pages import LoggedOutPage
from broker.sso.telling import Visit, logout_of, names_of, told_by_browser
from broker.web import cookies
from broker.web.endpoints import Endpoint, declare_blueprint
from broker.web.language import locale, portal_asks
from broker.web.registration_names import client_name, makelaar_name
from broker.web.responses import leave, show
from keys.keyring import KeyMissing
from keys.saml_keys import signing_key
from providers.factory import logged_out_url
from providers.interface import ProviderUnavailable
from providers.logout import LogoutAsk
from providers.saml.wire import carrying
from providers.saml.wire.logout_messages import COMPLETE, PARTIAL, logout_response, new_id
from state import audit
from state.audit import AuditEvent, EventTag
from state.copies import replace
from state.db import writing

blueprint = Blueprint("logout_chain", __name__)
declare_blueprint(blueprint, Endpoint(limit="logout"))
_PORTAL: Final = "portal"
log = structlog.get_logger()


def follow(
    rt: Runtime, outcome: LogoutOutcome, *, holders: tuple[str, ...], asked: LogoutRequest
) -> Response:
    """The browser of who logs out here goes on: round where somebody hears it no other way, then to
    who asked, which hears it by that.
    """
    if asked.client_id is not None and asked.done_url is not None:
        outcome = logout_run.told(outcome, session_names.of_portal(asked.client_id))
    run = logout_run.new_run(outcome, holders, asked=asked, is_theirs=True)
    if not outcome.visits:
        return _finished(rt, run)
    logout_run.keep(rt, run)
    response = to_run(run)
    logout_run.bind(rt, response, run)
    return response


def to_run(run: LogoutRun) -> Response:
    """The browser goes on with this run, at our own address, which sees its cookies."""
    return redirect(url_for("logout_chain.go_on", handle=run.handle), 303)


@blueprint.get("/uitloggen/verder/<handle>")
def go_on(handle: str) -> Response:
    """To the next party. Who comes here without its answer leaves it behind as not closed."""
    rt = runtime()
    run = logout_run.kept(rt, handle)
    if run is None:
        return show(LoggedOutPage(was_logged_in=False))
    portal_asks(run.asked.locale)
    if run.is_theirs is None:
        return _first(rt, run)
    if logout_run.bound(rt, request) != handle:
        return show(LoggedOutPage(was_logged_in=False))
    if run.visiting is not None:
        _note_visit(run.visiting, "no_answer")
        run = run.after(closed=False)
    return _next(rt, run)


@blueprint.get("/uitloggen/terug/<handle>")
def back(handle: str) -> Response:
    """Back to who asked, after the page that says what was not closed."""
    rt = runtime()
    run = logout_run.kept(rt, handle)
    if run is None or run.answer is None or logout_run.bound(rt, request) != handle:
        return show(LoggedOutPage(was_logged_in=False))
    return _answer(rt, run)


def _first(rt: Runtime, run: LogoutRun) -> Response:
    """Whose browser is it? Only the one whose session ended is sent round and told by name."""
    shown = request.cookies.get(cookies.SESSION, "")
    is_theirs = ended_sessions.shown_by(rt.session, shown) in run.holders
    known = replace(run, is_theirs=is_theirs)
    known = known if is_theirs else known.without_visits()
    logout_run.keep(rt, known)
    response = to_run(known)
    logout_run.bind(rt, response, known)
    if is_theirs:
        cookies.forget_session(response)
    return response


def _next(rt: Runtime, run: LogoutRun) -> Response:
    while run.outcome.visits:
        run = run.leaving(new_id())
        assert run.visiting is not None and run.request_id is not None
        departure = _departure(rt, run.visiting, run.request_id)
        if departure is not None:
            logout_run.keep(rt, run)
            # Always by a page: browsers follow no more than twenty redirects in a row.
            name = _name(rt, run.visiting.party)
            return leave(departure.url, departure.fields, name, after_form=True)
        _note_visit(run.visiting, "no_way")
        run = run.after(closed=False)
    logout_run.keep(rt, run)
    return _finished(rt, run)


def _departure(rt: Runtime, visit: Visit, request_id: str) -> Reply | None:
    """What the browser takes there; None where there is no way any more."""
    side, _, name = visit.party.partition(":")
    kept = session_names.of_holder(rt.session, rt.sealer, visit.holder)
    names = names_of(kept, visit.party)
    try:
        if side == _PORTAL:
            portal = rt.configuration.relying_parties.get(name)
            protocol = told_by_browser(rt.downstreams, portal) if portal is not None else None
            if portal is None or protocol is None:
                return None
            return protocol.logout_visit(portal, names, request_id)
        makelaar = logout_of(rt.configuration.adapters, name)
        ask = LogoutAsk(request_id, logged_out_url(rt.base_url, name), rt.clock())
        found = makelaar.departure(names, ask) if makelaar is not None else None
    except (KeyMissing, ProviderUnavailable):
        return None
    return Reply(found.url, found.fields) if found is not None else None


def _name(rt: Runtime, party: str) -> str:
    side, _, name = party.partition(":")
    named = client_name if side == _PORTAL else makelaar_name
    return named(rt.configuration, name) or name


def _finished(rt: Runtime, run: LogoutRun) -> Response:
    """Back to who asked, or the page; where something is open, the page first."""
    record(rt, run.outcome, run.holders)
    is_whole = run.outcome.is_complete
    if run.answer is not None and (is_whole or not run.is_theirs):
        return _answer(rt, run)
    onward, name = _onward(rt, run)
    if onward is not None and run.answer is None and is_whole:
        return _over(leave(onward, {}, name))
    if not run.is_theirs:  # no name of anybody
        return _over(show(LoggedOutPage(was_logged_in=True)))
    outcome = replace(run.outcome, onward=onward, onward_to=name)
    shown = logout_outcomes.keep(rt, outcome, run.asked.locale)
    response = redirect(url_for("logout.logged_out", van=shown), 303)
    return response if run.answer is not None else _over(response)


def _onward(rt: Runtime, run: LogoutRun) -> tuple[str | None, str]:
    """Where who asked waits, and what that is called."""
    if run.answer is not None:
        return url_for("logout_chain.back", handle=run.handle), _name(rt, run.answer.party)
    portal = asking_portal(rt, run.asked)
    return (None, "") if portal is None else (done_url(rt, run.asked), portal.name.in_(locale()))


def _answer(rt: Runtime, run: LogoutRun) -> Response:
    """The signed LogoutResponse; a page where nobody is at its address any more. Raises PageError
    where we have no key.
    """
    to = run.answer
    assert to is not None
    if not is_still_there(rt, to):
        log.warning("logout.not_answered", party=to.party)
        logout_run.finish(rt, run)
        return _over(show(LoggedOutPage(was_logged_in=True)))
    try:
        key = signing_key(rt.configuration.keyring, to.role)
    except KeyMissing:
        raise PageError(503, "store_unavailable", "no key to sign with") from None
    message = logout_response(
        issuer=to.issuer,
        destination=to.url,
        in_response_to=to.request_id,
        status=COMPLETE if run.outcome.is_complete else PARTIAL,
        now=rt.clock(),
    )
    carried = carrying.by_browser(message, to.url, to.binding, "SAMLResponse", key, to.relay_state)
    logout_run.finish(rt, run)
    return _over(leave(carried.url, carried.fields, _name(rt, to.party)))


def _over(response: Response) -> Response:
    cookies.forget(response, logout_run.COOKIE)
    return response


def record(rt: Runtime, outcome: LogoutOutcome, holders: tuple[str, ...]) -> None:
    """How it ended; what stays open is in the audit as well."""
    portals = len({one.client_id for one in outcome.not_notified})
    left = {"portals": portals, "makelaars": len(outcome.makelaars_open)}
    metrics.LOGOUTS.labels("complete" if outcome.is_complete else "partial").inc()
    log.info("logout.finished", complete=outcome.is_complete, **left)
    if outcome.is_complete:
        return
    with writing(rt.session) as sql:
        audit.record(
            sql,
            AuditEvent(
                EventTag.LOGOUT_PARTIAL,
                rt.clock(),
                outcome="partial",
                details={"session": " ".join(holders), **left},
            ),
        )


def _note_visit(visit: Visit, result: str) -> None:
    log.warning("logout.not_closed", party=visit.party, result=result)
    metrics.LOGOUT_VISITS.labels(visit.party.partition(":")[0], result).inc()


def returned(rt: Runtime, run: LogoutRun, *, closed: bool, said: str) -> Response:
    """A party answered; the browser goes on."""
    assert run.visiting is not None
    if closed:
        metrics.LOGOUT_VISITS.labels(run.visiting.party.partition(":")[0], "closed").inc()
    else:
        _note_visit(run.visiting, said)
    run = run.after(closed=closed)
    logout_run.keep(rt, run)
    return to_run(run)
