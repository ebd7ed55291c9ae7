"""The last step in which mandates are given at ``/beheer``: what it would change, and doing it."""

from __future__ import annotations

from dataclasses import replace

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.mandates import colleagues, decision_rules, giving
from admin.mandates.decision_rules import LoginNotEnough
from admin.mandates.drafts import MANDATE_DRAFTS, MandateDraft
from admin.mandates.giving import Chosen, GivingPlan, Impossible, NothingToDo, PlanChanged
from admin.mandates.requests import AlreadyDecided
from admin.organisation_console.access import AGAIN, BeheerContext, blueprint, requires
from admin.organisation_console.start import to_start
from admin.organisation_console.wizard import needed_level, one_draft
from admin.organisation_console.wizard_pages import ChangeRow, CheckPage, GivenPage, StepFrame
from broker.console import sessions
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.registration_names import service_name
from broker.web.responses import show
from consent.changes import PlannedChange, TermChange
from consent.mandates import MandateRefused
from directory.consoles import BEHEER
from directory.people import Role
from state.db import writing


@blueprint.get("/geven/<draft_id>/controle")
@requires(Role.ADMINISTRATOR)
def check(console: BeheerContext, draft_id: str) -> Response:
    """Step 4: is this what you want?"""
    draft = one_draft(console, draft_id)
    if draft.done is not None:
        return _to_given(draft)
    chosen = draft.chosen()
    if chosen is None:
        return redirect(url_for("console.end_date_step", draft_id=draft.id), 303)
    if AGAIN in request.args:
        return sessions.log_in(BEHEER, level=needed_level(console, draft), force_authn=True)
    plan = giving.plan(console.sql, console.circumstances(), chosen)
    return show(_page(console, draft, chosen, plan))


@blueprint.post("/geven/<draft_id>/controle")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def give(console: BeheerContext, draft_id: str) -> Response:
    """Do what was shown; where something changed since, show it again first."""
    draft = one_draft(console, draft_id)
    if draft.done is not None:
        return _to_given(draft)
    chosen = draft.chosen()
    if chosen is None:
        return redirect(url_for("console.end_date_step", draft_id=draft.id), 303)
    around = console.circumstances()
    skipped = frozenset(request.form.getlist("sla-over"))
    shown = request.form.get("gezien-plan", "")
    plan = giving.plan(console.sql, around, chosen)
    lost = [one for one in plan.of(TermChange.SHORTENED) if giving.key(one.wish) not in skipped]
    if shown == plan.digest and lost and not request.form.get("gezien"):
        return show(_page(console, draft, chosen, plan, error="unseen", skipped=skipped), 422)
    try:
        with writing(console.sql) as session:
            done = giving.give(
                session,
                around,
                chosen,
                shown=shown,
                without=skipped,
                request_id=draft.request_id,
            )
    except AlreadyDecided:
        return to_start("decided")
    except PlanChanged:
        error, status = "changed", 409
    except NothingToDo:
        error, status = "nothing", 422
    except LoginNotEnough:
        error, status = "", 403
    except MandateRefused:  # the day passed while the page was open
        return redirect(url_for("console.end_date_step", draft_id=draft.id), 303)
    else:
        made = replace(draft, done=len(done))
        MANDATE_DRAFTS.keep(console.rt.store, console.rt.sealer, made)
        return _to_given(made)
    plan = giving.plan(console.sql, around, chosen)
    page = _page(console, draft, chosen, plan, error=error, skipped=skipped)
    if page.lack:  # says what to do: more than that nothing is left
        return show(replace(page, error=""), 403)
    return show(page, status)


@blueprint.get("/geven/<draft_id>/klaar")
@requires(Role.ADMINISTRATOR)
def given(console: BeheerContext, draft_id: str) -> Response:
    """It is done, however often this is read."""
    draft = one_draft(console, draft_id)
    if draft.done is None:
        return redirect(url_for("console.check", draft_id=draft.id), 303)
    return show(GivenPage(console.frame, draft.done))


def _to_given(draft: MandateDraft) -> Response:
    return redirect(url_for("console.given", draft_id=draft.id), 303)


def _page(
    console: BeheerContext,
    draft: MandateDraft,
    chosen: Chosen,
    plan: GivingPlan,
    *,
    error: str = "",
    skipped: frozenset[str] = frozenset(),
) -> CheckPage:
    needed = needed_level(console, draft)
    lack = decision_rules.lack_to_grant(console.login, needed, console.now)
    makelaars = console.rt.configuration.providers
    found = colleagues.at(console.sql, makelaars, console.here.id, console.now)
    names = {one.id: one.name for one in found}
    rows = {kind: tuple(_row(console, one, names) for one in plan.of(kind)) for kind in TermChange}
    return CheckPage(
        console=console.frame,
        wizard=StepFrame(draft.id, "controle", is_request=draft.request_id is not None),
        until=chosen.until,
        people=len(chosen.people),
        services=len(chosen.services) + (chosen.general is not None),
        shortened=rows[TermChange.SHORTENED],
        new=rows[TermChange.NEW],
        extended=rows[TermChange.EXTENDED],
        unchanged=rows[TermChange.UNCHANGED],
        impossible=tuple(_row(console, one, names) for one in plan.impossible),
        digest=plan.digest,
        lack=str(lack or ""),
        needed=needed.label,
        have=console.login.level.label,
        again=f"{url_for('console.check', draft_id=draft.id)}?{AGAIN}=ja",
        skipped=skipped,
        error=error,
    )


def _row(
    console: BeheerContext, one: PlannedChange | Impossible, names: dict[str, str]
) -> ChangeRow:
    wish = one.wish
    uuid = wish.service_uuid
    return ChangeRow(
        key=giving.key(wish),
        person=names.get(wish.person_id, "–"),
        service=service_name(console.rt.configuration, uuid) if uuid else "",
        level=wish.level.label,
        current=one.current if isinstance(one, PlannedChange) else None,
        why_not=one.why if isinstance(one, Impossible) else "",
    )
