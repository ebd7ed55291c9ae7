"""What the pages of resets show: people masked, factors without the words of their owners."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from admin.factor_resets import decisions, requests
from admin.factor_resets.execution import addresses
from admin.factor_resets.requests import FactorReset, ResetOutcome, ResetRequestForm
from admin.factor_resets.rules import Verdict, proofs_for
from admin.operator_console import masking
from admin.operator_console.access import OperatorContext
from admin.operator_console.reset_view import (
    AskResetPage,
    FactorLine,
    Masked,
    ResetPage,
    ResetRow,
    ResetsPage,
)
from assurance import enrolment
from assurance.enrolment import OwnFactor
from assurance.factors import Factor, FactorKind
from broker.texts import notices
from directory.people import Person

_NUMBERED = (FactorKind.SMS, FactorKind.OTP_DEVICE)


def listed(desk: OperatorContext, missed: str) -> ResetsPage:
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


def form(
    desk: OperatorContext,
    handle: str,
    person: Person,
    wish: ResetRequestForm | None = None,
    why: frozenset[str] = frozenset(),
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
        errors=why if against is None else frozenset(),
        objection=against or ("" if known else "none"),
    )


def page(desk: OperatorContext, reset: FactorReset, denied: Verdict | None = None) -> ResetPage:
    sql = desk.rt.session
    is_over = reset.outcome is None and not reset.is_open(desk.now)
    verdict = denied or decisions.verdict(sql, reset, desk.session.person.id, desk.now)
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
        outcome=str(ResetOutcome.EXPIRED) if is_over else str(reset.outcome or ""),
        decided_by=_operator(desk, reset.decided_by),
        ended_at=reset.expires_at if is_over else reset.ended_at,
        verdict=str(verdict),
        denied=denied is not None,
    )


def _masked(desk: OperatorContext, person_id: str, reset: FactorReset | None = None) -> Masked:
    person = desk.rt.session.get_one(Person, person_id)
    known = addresses(desk.rt.session, person)
    level = reset.level if reset is not None else requests.gives(desk.rt.session, person_id)
    return Masked(
        name=masking.name(person.display_name),
        address=masking.address(known[0]) if known else None,
        level=level.label,
    )


def _operator(desk: OperatorContext, person_id: str | None) -> str | None:
    person = desk.rt.session.get(Person, person_id) if person_id is not None else None
    return person.display_name if person is not None else None


def _factors(desk: OperatorContext, ids: Sequence[str]) -> Sequence[Factor]:
    query = select(Factor).where(Factor.id.in_(ids)).order_by(Factor.bound_at, Factor.id)
    return list(desk.rt.session.scalars(query))


def _line(factor_id: str, one: Factor | OwnFactor) -> FactorLine:
    return FactorLine(
        id=factor_id,
        name=notices.kind_name(one.kind),
        label=one.label if one.kind in _NUMBERED else "",
        since=one.bound_at,
        last_used_at=one.last_used_at,
    )
