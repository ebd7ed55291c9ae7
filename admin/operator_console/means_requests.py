"""Requests for means that wait for somebody of the installation: the queue, the identification,
and the decision.
"""

from __future__ import annotations

from typing import Final, NoReturn

from flask import redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from admin.actor import Actor
from admin.mandates.requests import AlreadyDecided, NoReason
from admin.means import administration, decisions, overview
from admin.means.around import MeansDesk, site_of
from admin.means.decisions import IdentificationRefused, NoSuchMeansRequest
from admin.means.overview import MeansView
from admin.means.rules import MeansVerdict
from admin.operator_console import means_documents
from admin.operator_console.access import OperatorContext, blueprint, requires
from admin.operator_console.means_request_pages import (
    MeansCheck,
    MeansRequestPage,
    MeansRequestRow,
    MeansRequestsPage,
)
from admin.operators.roles import Permission
from assurance.means_requests import (
    Identification,
    MeansOutcome,
    MeansRequest,
    contact_of,
    needs_identification,
)
from broker.errors import PageError
from broker.texts.quoting import written
from broker.web.endpoints import Endpoint
from broker.web.lists.memory import HeldList
from broker.web.lists.request import ListFilter, ListRules
from broker.web.registration_names import provider_name
from broker.web.responses import show
from directory import dates
from directory.organisations import Organisation
from directory.people import MeansStatus, Person
from state.db import writing

STATES: Final = ("open", "activation", "activation_expired", "done", "refused", "withdrawn")
RULES: Final = ListRules(
    columns=("gevraagd", "persoon", "organisatie"), filters=(ListFilter("stand", STATES),)
)
_HELD: Final = HeldList[MeansRequestRow](
    words=lambda row: (row.person, row.organisation, row.kvk.replace(" ", "")),
    keys={
        "gevraagd": lambda row: row.asked_at,
        "persoon": lambda row: row.person,
        "organisatie": lambda row: row.organisation,
    },
    values={"stand": lambda row: row.state},
)


@blueprint.get("/aanvragen")
@Endpoint(limit="console", kept=RULES.names)
@requires(Permission.DECIDE_MEANS, recent=True)
def means_requests(desk: OperatorContext) -> Response:
    """What waits, and what was decided in the last thirty days."""
    rows = [_row(desk, one, view) for one, view in overview.recent(desk.rt.session, desk.now)]
    asked = RULES.read(request.args)
    page = _HELD.page(rows, asked, url_for("operator.means_requests"))
    return show(MeansRequestsPage(desk.frame, page))


@blueprint.get("/aanvragen/<request_id>")
@Endpoint(limit="console", kept=("done",))
@requires(Permission.DECIDE_MEANS, recent=True)
def means_request(desk: OperatorContext, request_id: str) -> Response:
    """Exactly what is asked, with what this operator may do."""
    return show(_page(desk, _one(desk, request_id)))


@blueprint.post("/aanvragen/<request_id>/identificatie")
@Endpoint(limit="console", shown_at="operator.means_request")
@requires(Permission.DECIDE_MEANS, recent=True)
def identify_for_means(desk: OperatorContext, request_id: str) -> Response:
    """Record who checked the person; not for the own request, nor for oneself."""
    form = request.form
    try:
        with writing(desk.rt.session) as session:
            involved = decisions.identify(
                session,
                _desk(desk),
                request_id,
                proof=form.get("proof", ""),
                reference=form.get("kenmerk", "")[:200],
                day=form.get("dag", "")[:10],
            )
    except NoSuchMeansRequest:
        _absent()
    except AlreadyDecided:
        return _to(request_id, "decided")
    except IdentificationRefused as refused:
        return show(_page(desk, _one(desk, request_id), errors=refused.faults), 422)
    if involved is not None:
        return show(_page(desk, _one(desk, request_id), denied=involved), 403)
    return _to(request_id, "identified")


@blueprint.post("/aanvragen/<request_id>/goedkeuren")
@Endpoint(limit="console", shown_at="operator.means_request")
@requires(Permission.DECIDE_MEANS, recent=True)
def approve_means(desk: OperatorContext, request_id: str) -> Response:
    """Approve it; where this operator may not, the page says who may."""
    text = request.form.get("contract", "")[: dates.LONGEST_TYPED]
    contract = dates.typed(text) if text else None
    if text and (contract is None or contract <= dates.day_of(desk.now)):
        page = _page(desk, _one(desk, request_id), errors=frozenset({"contract"}))
        return show(page, 422)
    try:
        with writing(desk.rt.session) as session:
            verdict = decisions.approve(session, _desk(desk), request_id, contract)
    except NoSuchMeansRequest:
        _absent()
    if verdict is MeansVerdict.DECIDED:
        return _to(request_id, "decided")
    if verdict is not MeansVerdict.GRANTED:
        return show(_page(desk, _one(desk, request_id), denied=verdict), 403)
    return _to(request_id, "approved")


@blueprint.post("/aanvragen/<request_id>/afkeuren")
@Endpoint(limit="console", shown_at="operator.means_request")
@requires(Permission.DECIDE_MEANS, recent=True)
def refuse_means(desk: OperatorContext, request_id: str) -> Response:
    """Refuse it, with a reason."""
    try:
        with writing(desk.rt.session) as session:
            decisions.refuse(session, _desk(desk), request_id, request.form.get("reden", ""))
    except NoSuchMeansRequest:
        _absent()
    except AlreadyDecided:
        return _to(request_id, "decided")
    except NoReason:
        return show(_page(desk, _one(desk, request_id), errors=frozenset({"reason"})), 422)
    return _to(request_id, "refused")


def _desk(desk: OperatorContext) -> MeansDesk:
    return MeansDesk(Actor.operator(desk.session.person.id), site_of(desk.rt), desk.now)


def _to(request_id: str, done: str) -> Response:
    return redirect(url_for("operator.means_request", request_id=request_id, done=done), 303)


def _absent() -> NoReturn:
    raise PageError(404, "not_found", "no such request for a means")


def _one(desk: OperatorContext, request_id: str) -> MeansRequest:
    found = desk.rt.session.get(MeansRequest, request_id)
    return found if found is not None else _absent()


def _state(asked: MeansRequest, view: MeansView) -> str:
    if asked.is_open:
        return "open"
    if asked.outcome is not MeansOutcome.APPROVED:
        return str(asked.outcome)
    if asked.done_at is not None:
        return "done"
    is_over = view.status is MeansStatus.ACTIVATION_EXPIRED
    return "activation_expired" if is_over else "activation"


def _row(desk: OperatorContext, asked: MeansRequest, view: MeansView) -> MeansRequestRow:
    sql = desk.rt.session
    place = sql.get_one(Organisation, asked.organisation_id)
    return MeansRequestRow(
        id=asked.id,
        person=sql.get_one(Person, view.means.person_id).display_name,
        organisation=place.name,
        kvk=f"{place.kvk[:4]} {place.kvk[4:]}",
        level=asked.level.label,
        role=str(asked.role),
        kind=str(asked.kind),
        asked_at=asked.asked_at,
        state=_state(asked, view),
        is_identified=needs_identification(
            asked.level,
            administration.judged_role(sql, view.means.person_id, asked.role, desk.now),
        ),
        is_checked=asked.checked_by is not None,
        is_own=asked.asked_by == desk.session.person.id,
    )


def _page(
    desk: OperatorContext,
    asked: MeansRequest,
    *,
    denied: MeansVerdict | None = None,
    errors: frozenset[str] = frozenset(),
) -> MeansRequestPage:
    sql, view = desk.rt.session, overview.of_request(desk.rt.session, asked, desk.now)
    contact = contact_of(desk.rt.sealer, asked)
    person = sql.get_one(Person, view.means.person_id)
    names = select(Organisation.name).where(Organisation.id.in_(asked.organisations))
    own = desk.session.person.id
    verdict = denied or decisions.verdict(sql, asked, own, site_of(desk.rt).rules, desk.now)
    return MeansRequestPage(
        desk=desk.frame,
        row=_row(desk, asked, view),
        email=person.email,
        factor=str(asked.factor or ""),
        mobile=contact.mobile,
        address=contact.address,
        places=tuple(sorted(sql.scalars(names))),
        asked_by=_name(desk, asked.asked_by),
        only_at=_provider(desk, asked.provider_oin),
        was_only_at=_provider(desk, view.means.provider_oin),
        was=view.means.level.label if view.means.activated_at is not None else "",
        check=_check(desk, asked),
        proofs=tuple(str(one) for one in Identification),
        decided_by=_name(desk, asked.decided_by),
        decided_at=asked.decided_at,
        reason=asked.refusal_reason or "",
        events=tuple(overview.timeline(view, asked)),
        verdict=str(verdict),
        documents=means_documents.shown(desk, asked),
        erased_on=means_documents.erased_on(asked),
        is_document_gone=means_documents.is_gone(desk, asked),
        denied=denied is not None,
        done=request.args.get("done", ""),
        given_proof=request.form.get("proof", ""),
        given_reference=request.form.get("kenmerk", "")[:64],
        given_day=request.form.get("dag", "")[: dates.LONGEST_TYPED],
        given_contract=request.form.get("contract", "")[: dates.LONGEST_TYPED],
        given_reason=written(request.form.get("reden", ""))[:500],
        errors=errors,
    )


def _provider(desk: OperatorContext, oin: str | None) -> str:
    return provider_name(desk.rt.configuration, oin) or oin if oin is not None else ""


def _check(desk: OperatorContext, asked: MeansRequest) -> MeansCheck | None:
    if asked.checked_at is None or asked.proof is None or asked.proof_on is None:
        return None
    return MeansCheck(
        proof=str(asked.proof),
        reference=asked.proof_reference or "",
        on=asked.proof_on,
        by=_name(desk, asked.checked_by),
        at=asked.checked_at,
    )


def _name(desk: OperatorContext, person_id: str | None) -> str:
    person = desk.rt.session.get(Person, person_id) if person_id is not None else None
    return person.display_name if person is not None else ""
