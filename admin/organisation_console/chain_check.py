"""The last step in which chain mandates are given at ``/beheer``: what it would change, doing it,
and what the intermediary needs to know.
"""

from __future__ import annotations

from dataclasses import replace

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.chains import giving
from admin.chains.drafts import CHAIN_DRAFTS, ChainDraft
from admin.chains.giving import ChainChange, ChainChoice, ChainPlan, NoSuchIntermediary
from admin.chains.intermediaries import CompanyCard
from admin.chains.request_answers import NoLongerAsked
from admin.mandates import decision_rules
from admin.mandates.decision_rules import LoginNotEnough
from admin.mandates.giving import NothingToDo, PlanChanged
from admin.organisation_console.access import AGAIN, BeheerContext, blueprint, requires
from admin.organisation_console.chain_pages import ChainCheckPage, ChainGivenPage
from admin.organisation_console.chain_rows import OFF, OVER, chain_row, shown, terms
from admin.organisation_console.chain_wizard import intermediary_card, one_chain_draft
from admin.organisation_console.start import to_start
from admin.organisation_console.wizard_pages import CHAIN_STEPS, ChangeRow, StepFrame
from broker.console import sessions
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.registration_names import service_name
from broker.web.responses import show
from consent import chains, requests
from consent.changes import TermChange
from consent.mandates import MandateRefused
from directory.consoles import BEHEER
from directory.people import Role
from state.db import writing


@blueprint.get("/ketenmachtiging/<draft_id>/controle")
@requires(Role.ADMINISTRATOR)
def check_chains(console: BeheerContext, draft_id: str) -> Response:
    """Step 4: is this what you want?"""
    draft = one_chain_draft(console, draft_id)
    if draft.done is not None:
        return _to("given_chains", draft)
    chosen, card = draft.chosen(), intermediary_card(console, draft)
    if card is None:
        return _to("chain_intermediary_step", draft)
    if chosen is None:
        return _to("chain_end_date_step", draft)
    around = terms(console)
    if AGAIN in request.args:
        needed = giving.needed_of(around.services, chosen.services, around.least)
        return sessions.log_in(BEHEER, level=needed, force_authn=True)
    return show(_page(console, draft, card, chosen, giving.plan(console.sql, around, chosen)))


@blueprint.post("/ketenmachtiging/<draft_id>/controle")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def give_chains(console: BeheerContext, draft_id: str) -> Response:
    """Do what was shown; where something changed since, show it again first."""
    draft = one_chain_draft(console, draft_id)
    if draft.done is not None:
        return _to("given_chains", draft)
    chosen, card = draft.chosen(), intermediary_card(console, draft)
    if card is None:
        return _to("chain_intermediary_step", draft)
    if chosen is None:
        return _to("chain_end_date_step", draft)
    around, shown = terms(console), request.form.get("gezien-plan", "")
    skipped = frozenset(request.form.getlist("sla-over"))
    plan = giving.plan(console.sql, around, chosen)
    lost = [one for one in plan.of(TermChange.SHORTENED) if one.wish.service_uuid not in skipped]
    if shown == plan.digest and lost and not request.form.get("gezien"):
        page = _page(console, draft, card, chosen, plan, error="unseen", skipped=skipped)
        return show(page, 422)
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
    except PlanChanged:
        error, status = "changed", 409
    except NothingToDo:
        error, status = "nothing", 422
    except LoginNotEnough:
        error, status = "", 403
    except NoSuchIntermediary:
        return _to("chain_intermediary_step", draft)
    except NoLongerAsked:
        return to_start("chain_decided")
    except MandateRefused:  # the day passed while the page was open
        return _to("chain_end_date_step", draft)
    else:
        made = replace(draft, done=tuple(one.service_uuid for one in done))
        CHAIN_DRAFTS.keep(console.rt.store, console.rt.sealer, made)
        return _to("given_chains", made)
    plan = giving.plan(console.sql, around, chosen)
    page = _page(console, draft, card, chosen, plan, error=error, skipped=skipped)
    if page.lack:  # says what to do: more than that nothing is left
        return show(replace(page, error=""), 403)
    return show(page, status)


@blueprint.get("/ketenmachtiging/<draft_id>/klaar")
@requires(Role.ADMINISTRATOR)
def given_chains(console: BeheerContext, draft_id: str) -> Response:
    """It is done, however often this is read: with the overview that the intermediary needs."""
    draft = one_chain_draft(console, draft_id)
    card = intermediary_card(console, draft)
    if draft.done is None or card is None:
        return _to("check_chains", draft)
    found = chains.of_client(console.sql, console.here.id, console.now, intermediary_id=card.id)
    rows = [chain_row(console, one) for one in shown(console, found)]
    told = requests.administrators_of(console.sql, card.id, console.now)
    page = ChainGivenPage(
        console.frame,
        card,
        tuple(
            one for one in rows if one.service_uuid in draft.done and one.state not in (*OVER, OFF)
        ),
        is_told=any(one.email for one in told),
    )
    return show(page)


def _to(view: str, draft: ChainDraft) -> Response:
    return redirect(url_for(f"console.{view}", draft_id=draft.id), 303)


def _page(
    console: BeheerContext,
    draft: ChainDraft,
    card: CompanyCard,
    chosen: ChainChoice,
    plan: ChainPlan,
    *,
    error: str = "",
    skipped: frozenset[str] = frozenset(),
) -> ChainCheckPage:
    around = terms(console)
    needed = giving.needed_of(around.services, chosen.services, around.least)
    rows = {kind: tuple(_row(console, one) for one in plan.of(kind)) for kind in TermChange}
    return ChainCheckPage(
        console=console.frame,
        wizard=StepFrame(draft.id, "controle", CHAIN_STEPS),
        card=card,
        until=chosen.until,
        shortened=rows[TermChange.SHORTENED],
        new=rows[TermChange.NEW],
        extended=rows[TermChange.EXTENDED],
        unchanged=rows[TermChange.UNCHANGED],
        impossible=tuple(
            ChangeRow(one.service_uuid, _name(console, one.service_uuid), "", None, one.why)
            for one in plan.impossible
        ),
        digest=plan.digest,
        lack=str(decision_rules.lack_to_grant(console.login, needed, console.now) or ""),
        needed=needed.label,
        have=console.login.level.label,
        again=f"{url_for('console.check_chains', draft_id=draft.id)}?{AGAIN}=ja",
        skipped=skipped,
        error=error,
    )


def _row(console: BeheerContext, one: ChainChange) -> ChangeRow:
    uuid = one.wish.service_uuid
    return ChangeRow(uuid, _name(console, uuid), one.wish.level.label, one.current)


def _name(console: BeheerContext, uuid: str) -> str:
    return service_name(console.rt.configuration, uuid)
