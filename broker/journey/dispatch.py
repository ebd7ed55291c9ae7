"""The one place that moves a login: load, ask the journey, let one step answer, swap, back to
``/login/<id>``.

Steps give an outcome and touch neither cookies nor store. A form for a question that is no longer
open does no harm: the browser is sent to the question that is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from flask import Request, redirect
from werkzeug.wrappers import Response

from assurance.session_reuse import Obstacle
from broker.errors import PageError
from broker.journey import (
    addresses,
    browser_logins,
    gone,
    login_records,
    login_store,
    passive,
    single_sign_on,
    trace_steps,
)
from broker.journey.context import LoginContext
from broker.journey.flow import ASKS_NOBODY, Step, open_row
from broker.journey.login import Login, Stopped
from broker.journey.login_cookie import is_same_browser
from broker.journey.login_store import StoredLogin
from broker.runtime import Runtime
from broker.web import cookies
from broker.web.after_form import ends_form
from broker.web.announcements import remember_about
from broker.web.current_request import current_request
from broker.web.language import portal_asks
from broker.web.responses import leave, remember_portal, remember_reference, show
from providers.interface import Departure
from state.copies import replace
from state.trace import Fact


@dataclass(frozen=True)
class Turn:
    """One request of one login: what a step may know."""

    rt: Runtime
    login: Login
    context: LoginContext
    now: datetime
    request: Request

    @property
    def form(self) -> Mapping[str, str]:
        """What was answered; read of the request when a step asks for it."""
        return self.request.form

    @property
    def query(self) -> Mapping[str, str]:
        """What stands in the address behind its question mark."""
        return self.request.args


@dataclass(frozen=True)
class Advance:
    """The question is answered. ``remember``: change of the remembered makelaar for this
    service.
    """

    login: Login
    remember: str | None = None  # provider id to remember
    forget: bool = False


@dataclass(frozen=True)
class Show:
    """A page. ``login`` when something must be kept all the same (a failed try)."""

    page: Any
    status: int = 200
    login: Login | None = None
    stopped: Stopped | None = None  # where the page offers no way on but another one, or back
    found: Mapping[str, Fact] = field(default_factory=dict)  # what was measured, for the trace
    retry_after: int | None = None  # seconds before which no try helps


@dataclass(frozen=True)
class Leave:
    """The browser goes to a makelaar; ``login`` remembers what was sent."""

    login: Login
    departure: Departure
    party: str


@dataclass(frozen=True)
class Finish:
    """The login succeeded; the respond step made the response itself, the login is gone."""

    response: Response


StepOutcome = Advance | Show | Leave | Finish


class StepModule(Protocol):
    """A step: one question. ``enter`` on GET, ``answer`` on POST."""

    def enter(self, turn: Turn) -> StepOutcome: ...
    def answer(self, turn: Turn) -> StepOutcome: ...


def load(rt: Runtime, login_id: str) -> StoredLogin:
    """The login of this browser. Raises PageError with the page that fits."""
    raw = rt.store.get(login_store.key(login_id))
    kept = login_store.parse(raw, rt.sealer)
    if kept is None or login_store.is_over(kept.login, rt.clock()):
        raise gone.page_of(rt, login_id, kept.login if kept is not None else None)
    remember_reference(kept.login.reference)
    remember_about(kept.login.request.service_uuid, kept.login.provider_id)
    remember_portal(kept.login.request.client_id)
    portal_asks(kept.login.request.locale)
    request = current_request()
    if not is_same_browser(request, kept.login):
        raise PageError(403, "login_elsewhere", "no cookie of this login")
    shown = login_store.without_ticket(kept, request.args.get("ticket", ""))
    if shown is None:
        raise PageError(403, "login_elsewhere", "another browser brought the answer")
    return shown


def begin(rt: Runtime, login: Login, steps: Mapping[Step, StepModule]) -> Response:
    """Store a new login; leave for a makelaar that is known already, else go to the login's own
    address.

    A session of this browser is asked at that address only; where it may answer, the login goes
    there first. Elsewhere, under prompt=none, the first open question is a refusal.
    """
    kept = StoredLogin(login, None)
    context = _turn(rt, login).context
    login = replace(login, after_form=ends_form())  # of a console whose session was over
    if single_sign_on.may_ask(login, context) and cookies.may_hold_session(current_request()):
        _save(rt, kept, login)
        return _onwards(login)
    if login.request.passive:
        _, why = single_sign_on.continued(rt, login, context, current_request())
        raise passive.refusal(open_row(login, context), why)
    outcome, login, at = _follow(rt, login, steps)
    if isinstance(outcome, Leave):
        return _settle(rt, kept, login, outcome, at)
    _save(rt, kept, login)
    return _onwards(login)


def run(rt: Runtime, kept: StoredLogin, steps: Mapping[Step, StepModule]) -> Response:
    """Answer a GET: follow the journey until a page, a departure or the end."""
    context = _turn(rt, kept.login).context
    login, why = single_sign_on.continued(rt, kept.login, context, current_request())
    outcome, login, at = _follow(rt, login, steps, why)
    return _settle(rt, kept, login, outcome, at)


def answer(
    rt: Runtime, kept: StoredLogin, posted: str, steps: Mapping[Step, StepModule]
) -> Response:
    """Answer a POST to one step. Answers to a question that is not open are not read."""
    turn = _turn(rt, kept.login)
    row = open_row(kept.login, turn.context)
    if row.step != posted:
        _save(rt, kept, replace(kept.login, after_form=True))
        return _onwards(kept.login)
    if row.step is Step.RESPOND:  # a form that comes too late
        return run(rt, kept, steps)
    outcome = steps[row.step].answer(turn)
    if not isinstance(outcome, Advance):
        return _settle(rt, kept, kept.login, outcome, row.step)
    after = trace_steps.answered(kept.login, outcome.login, row.step, rt.clock(), by_user=True)
    return restart(rt, kept, after, outcome)


def _follow(
    rt: Runtime, login: Login, steps: Mapping[Step, StepModule], why: Obstacle | None = None
) -> tuple[Show | Leave | Finish, Login, Step]:
    """Enter the open row, and again after each that answers itself; also the login as it then is,
    and the step where that ended. ``why``: what kept an earlier login from answering.
    """
    turn = _turn(rt, login)
    for _ in range(2 * len(Step)):
        row = open_row(login, turn.context)
        if row.step is Step.RESPOND:  # once, when nothing else is asked
            fresh = single_sign_on.with_fresh_proof(rt, login, turn.now)
            if fresh is not login:
                login = fresh
                turn = replace(turn, login=login, context=turn.context.follow(login))
                row = open_row(login, turn.context)
        if login.request.passive and row.step not in ASKS_NOBODY:
            raise passive.refusal(row, why)
        outcome = steps[row.step].enter(turn)
        if login.request.passive and isinstance(outcome, Show | Leave):
            raise passive.refusal(row, why)
        if not isinstance(outcome, Advance):
            return outcome, login, row.step
        login = trace_steps.answered(login, outcome.login, row.step, rt.clock(), by_user=False)
        turn = replace(turn, login=login, context=turn.context.follow(login))
    raise PageError(500, "server_error", "the journey does not end")


def restart(rt: Runtime, kept: StoredLogin, login: Login, change: Advance) -> Response:
    """Keep what was answered and send the browser to the next question."""
    login = replace(_unstopped(login), after_form=True)
    _save(rt, kept, login)
    response = _onwards(login)
    _remember(rt, response, change, login)
    return response


def give_time(rt: Runtime, kept: StoredLogin) -> Login:
    """More time for a login whose user asks it. Raises PageError where another tab was first."""
    now = rt.clock()
    login = single_sign_on.with_more_time(rt, kept.login, now)
    if login.expires_at > kept.login.expires_at:
        login = trace_steps.got_time(login, now)
    login = replace(login, after_form=True)
    _save(rt, kept, login)
    return login


def _onwards(login: Login) -> Response:
    """To the question that is open now."""
    return redirect(addresses.of_login(login), 303)


def _turn(rt: Runtime, login: Login) -> Turn:
    now = rt.clock()
    return Turn(
        rt=rt,
        login=login,
        context=LoginContext(rt=rt, configuration=rt.configuration, login=login, now=now),
        now=now,
        request=current_request(),
    )


def _settle(
    rt: Runtime, kept: StoredLogin, login: Login, outcome: Show | Leave | Finish, at: Step
) -> Response:
    """Keep what must be kept and make the response. ``at``: the step that gave the outcome."""
    if isinstance(outcome, Finish):
        return outcome.response
    if isinstance(outcome, Leave):
        now = rt.clock()
        # At the makelaar nobody is warned: who leaves has a whole period.
        leaving = single_sign_on.with_more_time(rt, _unstopped(outcome.login), now)
        _save(rt, kept, trace_steps.sent(leaving, now))
        to = outcome.departure
        response = leave(to.url, to.fields, outcome.party, after_form=login.after_form)
        if leaving.expires_at > kept.login.expires_at:
            browser_logins.keep_longer(response, leaving, now)
        return response
    assert isinstance(outcome, Show)
    login = outcome.login or login
    if outcome.stopped is None:
        login = _unstopped(login)
    elif login.stopped != outcome.stopped:
        login = trace_steps.stopped(login, rt.clock(), at, outcome.stopped, outcome.found)
    asks_for_help = not login.is_noted and getattr(outcome.page, "shows_reference", False)
    if asks_for_help:
        login = replace(login, is_noted=True)
    _save(rt, kept, login)
    if asks_for_help or (login.stopped is not None and login.stopped != kept.login.stopped):
        login_records.note(rt, login)
    response = show(outcome.page, outcome.status)
    if outcome.retry_after is not None:
        response.headers["Retry-After"] = str(outcome.retry_after)
    return response


def _unstopped(login: Login) -> Login:
    """There is a way on."""
    return replace(login, stopped=None) if login.stopped is not None else login


def _save(rt: Runtime, kept: StoredLogin, login: Login) -> None:
    """Swap, or say that another tab was first."""
    if kept.raw is None:
        rt.store.batch(login_store.first_put(login, rt.sealer, rt.clock()))
        return
    if login == kept.login and not kept.is_ahead:
        return
    swapped, *_ = rt.store.batch(login_store.moved(kept, login, rt.sealer, rt.clock()))
    if swapped is False:
        raise PageError(409, "login_replaced", "swap lost")


def _remember(rt: Runtime, response: Response, outcome: Advance, login: Login) -> None:
    if outcome.remember is None and not outcome.forget:
        return
    cookies.change_remembered(
        current_request(),
        response,
        login.request.service_uuid,
        outcome.remember,
        now=rt.clock(),
        days=rt.settings.login.remember_days,
    )
