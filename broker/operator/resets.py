"""Resets of factors: one operator asks, another one decides; both logged in just now."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from admin import factor_resets as requests
from admin.factor_resets import FactorReset, Outcome, ResetRefused, Wish
from admin.operators import Permission
from admin.reset_rules import Verdict, proofs_for
from assurance import enrolment
from assurance.means import Factor, FactorKind
from broker import factor_resets, notices
from broker.downstream.interface import PageError
from broker.factor_resets import Answerable, Way
from broker.http.replies import show
from broker.operator import masking, reset_search
from broker.operator.desk import Desk, blueprint, requires
from broker.operator.reset_search import Case
from broker.pages.resets import AskResetPage, FactorLine, Masked, ResetPage, ResetRow, ResetsPage
from directory.people import Person
from state.db import writing

_FAILURES = frozenset({Verdict.NOT_ALLOWED, Verdict.OWN, Verdict.SUBJECT, Verdict.SAME_PERSON})
_NUMBERED = (FactorKind.SMS, FactorKind.OTP_DEVICE)


@blueprint.get("/herstel")
@requires(Permission.RESET_FACTORS, recent=True)
def resets(desk: Desk) -> Response:
    """Search for somebody, and what waits for a decision."""
    return show(_list(desk, "over" if request.args.get("over") else ""))


@blueprint.post("/herstel/zoek")
@requires(Permission.RESET_FACTORS, recent=True)
def look_up(desk: Desk) -> Response:
    """Find one person. What was typed stands in no address and on no page after this."""
    found = reset_search.look_up(desk, request.form.get("who", ""))
    if isinstance(found, Case):
        return redirect(url_for("operator.ask_reset", handle=found.handle), 303)
    return show(_list(desk, found), 422)


@blueprint.get("/herstel/aanvraag/<handle>")
@requires(Permission.RESET_FACTORS, recent=True)
def ask_reset(desk: Desk, handle: str) -> Response:
    """Which factors, why, and how it was checked who asks."""
    person = reset_search.person_of(desk, handle)
    if person is None:
        return redirect(url_for("operator.resets", over=1), 303)
    return show(_form(desk, handle, person))


@blueprint.post("/herstel/aanvraag/<handle>")
@requires(Permission.RESET_FACTORS, recent=True)
def keep_reset(desk: Desk, handle: str) -> Response:
    """Ask it. Nothing ends before a colleague approves."""
    person = reset_search.person_of(desk, handle)
    if person is None:
        return redirect(url_for("operator.resets", over=1), 303)
    wish = Wish(
        factor_ids=frozenset(request.form.getlist("factor")),
        reason=request.form.get("reason", ""),
        proof=request.form.get("proof", ""),
    )
    asked_by = desk.session.person.id
    try:
        with writing(desk.rt.session) as sql:
            reset = requests.ask(sql, person.id, wish, asked_by=asked_by, now=desk.now)
            reset_id = reset.id
    except ResetRefused as refused:
        return show(_form(desk, handle, person, wish, refused.why), 422)
    return redirect(url_for("operator.show_reset", reset_id=reset_id), 303)


@blueprint.get("/herstel/<reset_id>")
@requires(Permission.RESET_FACTORS, recent=True)
def show_reset(desk: Desk, reset_id: str) -> Response:
    """Exactly what is asked; with the buttons for who may decide."""
    return show(_page(desk, _one(desk, reset_id)))


@blueprint.post("/herstel/<reset_id>")
@requires(Permission.RESET_FACTORS, recent=True)
def decide(desk: Desk, reset_id: str) -> Response:
    """Approve, reject or, by who asked, withdraw."""
    reset = _one(desk, reset_id)
    decision = request.form.get("decision", "")
    is_own = reset.asked_by == desk.session.person.id
    if decision == "approve":
        return _approve(desk, reset)
    ends = {"reject": Outcome.REJECTED, "withdraw": Outcome.WITHDRAWN}.get(decision)
    if ends is not None and (ends is Outcome.WITHDRAWN) == is_own and reset.is_open(desk.now):
        with writing(desk.rt.session) as sql:
            requests.close(sql, reset, ends, desk.session.person.id, desk.now)
    return redirect(url_for("operator.show_reset", reset_id=reset_id), 303)


def _approve(desk: Desk, reset: FactorReset) -> Response:
    """Verdict and reset in one transaction: both or neither."""
    reset_id, approver = reset.id, desk.session.person.id
    with writing(desk.rt.session) as sql:
        verdict = requests.approve(sql, reset_id, approver, desk.now)
        if verdict is Verdict.GRANTED:
            taken = sql.get_one(FactorReset, reset_id)
            person = sql.get_one(Person, taken.person_id)
            answers = Answerable(
                taken.asked_by,
                approver,
                Way.CONSOLE,
                {"request": taken.id, "reason": str(taken.reason), "proof": str(taken.proof)},
            )
            factor_resets.carry_out(sql, desk.rt, person, taken.factors, answers, desk.now)
    if verdict in _FAILURES:
        return show(_page(desk, _one(desk, reset_id), verdict), 403)
    return redirect(url_for("operator.show_reset", reset_id=reset_id), 303)


def _one(desk: Desk, reset_id: str) -> FactorReset:
    reset = desk.rt.session.get(FactorReset, reset_id)
    if reset is None:
        raise PageError(404, "not_found", "no such reset")
    return reset


def _list(desk: Desk, missed: str) -> ResetsPage:
    rows = tuple(
        ResetRow(
            id=one.id,
            person=_masked(desk, one.person_id, one).name,
            asked_by=_operator(desk, one.asked_by) or "",
            asked_at=one.asked_at,
            until=one.expires_at,
            is_own=one.asked_by == desk.session.person.id,
        )
        for one in requests.open_now(desk.rt.session, desk.now)
    )
    return ResetsPage(desk.frame, rows, missed)


def _form(
    desk: Desk, handle: str, person: Person, wish: Wish | None = None, why: str = ""
) -> AskResetPage:
    sql = desk.rt.session
    known = enrolment.of_person(sql, person.id, desk.now)
    level = requests.gives(sql, person.id)
    against = requests.objection(sql, person, desk.session.person.id, desk.now)
    return AskResetPage(
        desk=desk.frame,
        handle=handle,
        person=_masked(desk, person.id),
        factors=tuple(_line(f.id, f) for f in known),
        proofs=tuple(str(proof) for proof in proofs_for(level)),
        chosen=wish.factor_ids if wish is not None else frozenset(f.id for f in known),
        reason=wish.reason if wish is not None else "",
        proof=wish.proof if wish is not None else "",
        error=why if against is None else "",
        objection=against or ("" if known else "none"),
    )


def _page(desk: Desk, reset: FactorReset, denied: Verdict | None = None) -> ResetPage:
    sql = desk.rt.session
    is_over = reset.outcome is None and not reset.is_open(desk.now)
    verdict = denied or requests.verdict(sql, reset, desk.session.person.id, desk.now)
    return ResetPage(
        desk=desk.frame,
        id=reset.id,
        person=_masked(desk, reset.person_id, reset),
        factors=tuple(_line(one.id, one) for one in _factors(desk, reset.factors)),
        reason=str(reset.reason),
        proof=str(reset.proof),
        asked_by=_operator(desk, reset.asked_by) or "",
        asked_at=reset.asked_at,
        until=reset.expires_at,
        outcome=str(Outcome.EXPIRED) if is_over else str(reset.outcome or ""),
        decided_by=_operator(desk, reset.decided_by),
        ended_at=reset.expires_at if is_over else reset.ended_at,
        verdict=str(verdict),
        denied=denied is not None,
    )


def _masked(desk: Desk, person_id: str, reset: FactorReset | None = None) -> Masked:
    person = desk.rt.session.get_one(Person, person_id)
    level = reset.level if reset is not None else requests.gives(desk.rt.session, person_id)
    return Masked(
        name=masking.name(person.display_name),
        address=masking.address(person.email) if person.email else None,
        level=level.label,
    )


def _operator(desk: Desk, person_id: str | None) -> str | None:
    person = desk.rt.session.get(Person, person_id) if person_id is not None else None
    return person.display_name if person is not None else None


def _factors(desk: Desk, ids: Sequence[str]) -> Sequence[Factor]:
    query = select(Factor).where(Factor.id.in_(ids)).order_by(Factor.bound_at, Factor.id)
    return list(desk.rt.session.scalars(query))


def _line(factor_id: str, one: Factor | enrolment.OwnFactor) -> FactorLine:
    return FactorLine(
        id=factor_id,
        name=notices.kind_name(one.kind),
        label=one.label if one.kind in _NUMBERED else "",
        since=one.bound_at,
        last_used_at=one.last_used_at,
    )
