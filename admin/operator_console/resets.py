"""Resets of factors: one operator asks, another one decides; both logged in just now."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.actor import Actor
from admin.factor_resets import decisions, execution, requests
from admin.factor_resets.requests import FactorReset, ResetOutcome, ResetRefused, ResetRequestForm
from admin.factor_resets.rules import Verdict
from admin.operator_console import reset_pages, reset_search
from admin.operator_console.access import OperatorContext, blueprint, requires
from admin.operator_console.reset_search import Case
from admin.operators.roles import Permission
from broker.errors import PageError
from broker.web.endpoints import Endpoint
from broker.web.responses import show
from state.db import writing

_FAILURES = frozenset(
    {
        Verdict.NOT_ALLOWED,
        Verdict.OWN,
        Verdict.SUBJECT,
        Verdict.SAME_PERSON,
        Verdict.ASKER_IS_SUBJECT,
    }
)


@blueprint.get("/herstel")
@requires(Permission.RESET_FACTORS, recent=True)
def resets(desk: OperatorContext) -> Response:
    """Search for somebody, and what waits for a decision."""
    return show(reset_pages.listed(desk, "over" if request.args.get("over") else ""))


@blueprint.post("/herstel/zoek")
@Endpoint(limit="console", shown_at="operator.resets")
@requires(Permission.RESET_FACTORS, recent=True)
def look_up(desk: OperatorContext) -> Response:
    """Find one person. What was typed stands in no address and on no page after this."""
    found = reset_search.look_up(desk, request.form.get("who", ""))
    if isinstance(found, Case):
        return redirect(url_for("operator.ask_reset", handle=found.handle), 303)
    return show(reset_pages.listed(desk, found), 422)


@blueprint.get("/herstel/aanvraag/<handle>")
@requires(Permission.RESET_FACTORS, recent=True)
def ask_reset(desk: OperatorContext, handle: str) -> Response:
    """Which factors, why, and how it was checked who asks."""
    person = reset_search.person_of(desk, handle)
    if person is None:
        return redirect(url_for("operator.resets", over=1), 303)
    return show(reset_pages.form(desk, handle, person))


@blueprint.post("/herstel/aanvraag/<handle>")
@Endpoint(limit="console", shown_at="operator.ask_reset")
@requires(Permission.RESET_FACTORS, recent=True)
def keep_reset(desk: OperatorContext, handle: str) -> Response:
    """Ask it. Nothing ends before a colleague approves."""
    person = reset_search.person_of(desk, handle)
    if person is None:
        return redirect(url_for("operator.resets", over=1), 303)
    wish = ResetRequestForm(
        factor_ids=frozenset(request.form.getlist("factor")),
        reason=request.form.get("reason", ""),
        proof=request.form.get("proof", ""),
    )
    actor = Actor.operator(desk.session.person.id)
    try:
        with writing(desk.rt.session) as sql:
            reset = requests.ask(sql, person.id, wish, actor=actor, now=desk.now)
            reset_id = reset.id
    except ResetRefused as refused:
        return show(reset_pages.form(desk, handle, person, wish, refused.why), 422)
    return redirect(url_for("operator.show_reset", reset_id=reset_id), 303)


@blueprint.get("/herstel/<reset_id>")
@requires(Permission.RESET_FACTORS, recent=True)
def show_reset(desk: OperatorContext, reset_id: str) -> Response:
    """Exactly what is asked; with the buttons for who may decide."""
    return show(reset_pages.page(desk, _one(desk, reset_id)))


@blueprint.post("/herstel/<reset_id>")
@Endpoint(limit="console", shown_at="operator.show_reset")
@requires(Permission.RESET_FACTORS, recent=True)
def decide(desk: OperatorContext, reset_id: str) -> Response:
    """Approve, reject or, by who asked, withdraw."""
    reset = _one(desk, reset_id)
    decision = request.form.get("decision", "")
    is_own = reset.asked_by == desk.session.person.id
    if decision == "approve":
        return _approve(desk, reset)
    ends = {"reject": ResetOutcome.REJECTED, "withdraw": ResetOutcome.WITHDRAWN}.get(decision)
    if ends is not None and (ends is ResetOutcome.WITHDRAWN) == is_own and reset.is_open(desk.now):
        with writing(desk.rt.session) as sql:
            decisions.close(sql, reset, ends, Actor.operator(desk.session.person.id), desk.now)
    return redirect(url_for("operator.show_reset", reset_id=reset_id), 303)


def _approve(desk: OperatorContext, reset: FactorReset) -> Response:
    """Verdict and reset in one transaction: both or neither."""
    reset_id, actor = reset.id, Actor.operator(desk.session.person.id)
    with writing(desk.rt.session) as sql:
        verdict = execution.approve(sql, desk.rt, reset_id, actor=actor, now=desk.now)
    if verdict in _FAILURES:
        return show(reset_pages.page(desk, _one(desk, reset_id), verdict), 403)
    return redirect(url_for("operator.show_reset", reset_id=reset_id), 303)


def _one(desk: OperatorContext, reset_id: str) -> FactorReset:
    reset = desk.rt.session.get(FactorReset, reset_id)
    if reset is None:
        raise PageError(404, "not_found", "no such reset")
    return reset
