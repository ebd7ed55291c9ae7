"""The steps in which chain mandates are given at ``/beheer``: the intermediary, services, the last
day. Each has an address of its own and keeps what was chosen; the check and the giving stand in
``chain_check``.
"""

from __future__ import annotations

from dataclasses import replace

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.chains import giving, intermediaries
from admin.chains.drafts import CHAIN_DRAFTS, ChainDraft
from admin.chains.giving import ChainTerms, NoSuchIntermediary
from admin.chains.intermediaries import CompanyCard, NoIntermediary
from admin.organisation_console.access import AGAIN, BeheerContext, absent, blueprint, requires
from admin.organisation_console.chain_pages import (
    ChainIntermediaryStep,
    ChainServicesStep,
)
from admin.organisation_console.chain_requests import one_chain_request
from admin.organisation_console.chain_rows import terms
from admin.organisation_console.chains import one_chain
from admin.organisation_console.end_dates import chosen_day
from admin.organisation_console.steps import (
    last_day_step,
    service_choices,
    services_shown,
    words_asked,
)
from admin.organisation_console.wizard import LOOK
from admin.organisation_console.wizard_pages import CHAIN_STEPS, EndDateStep, StepFrame
from assurance.levels import suffices
from broker.console import sessions
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.responses import show
from consent import end_dates
from directory import dates
from directory.consoles import BEHEER
from directory.people import Role


@blueprint.post("/ketenmachtiging")
@requires(Role.ADMINISTRATOR)
def begin_chain(console: BeheerContext) -> Response:
    """Begin, filled in as far as the button said: for an intermediary, as something that stands
    and gets another last day, or as something was that has been taken back.
    """
    made = CHAIN_DRAFTS.begin(console.rt.store, console.rt.sealer, _filled_in(console))
    return _to(made, _first_open(made))


@blueprint.get("/ketenmachtiging/<draft_id>/intermediair")
@requires(Role.ADMINISTRATOR)
def chain_intermediary_step(console: BeheerContext, draft_id: str) -> Response:
    """Step 1: who, by its KvK number? Who was found is shown, to be checked."""
    draft = one_chain_draft(console, draft_id)
    card = intermediary_card(console, draft)
    return show(
        ChainIntermediaryStep(console.frame, StepFrame(draft.id, "intermediair", CHAIN_STEPS), card)
    )


@blueprint.post("/ketenmachtiging/<draft_id>/intermediair")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def choose_intermediary(console: BeheerContext, draft_id: str) -> Response:
    """Look the number up and show who it is."""
    draft = one_chain_draft(console, draft_id)
    text = request.form.get("kvk", "")
    try:
        card = intermediaries.find(console.sql, text, other_than=console.here.id)
    except NoIntermediary as nobody:
        step = StepFrame(draft.id, "intermediair", CHAIN_STEPS)
        page = ChainIntermediaryStep(console.frame, step, None, text[:100], str(nobody.why))
        return show(page, 422)
    is_same = card.id == draft.intermediary_id
    asked = draft.request_id if is_same else None  # another one asked nothing
    _keep(console, replace(draft, intermediary_id=card.id, request_id=asked))
    return _to(draft, "intermediair")


@blueprint.get("/ketenmachtiging/<draft_id>/diensten")
@Endpoint(limit="console", kept=("q",))
@requires(Role.ADMINISTRATOR)
def chain_services_step(console: BeheerContext, draft_id: str) -> Response:
    """Step 2: which services?"""
    draft = one_chain_draft(console, draft_id)
    if AGAIN in request.args:
        return sessions.log_in(BEHEER, level=terms(console).least, force_authn=True)
    card = intermediary_card(console, draft)
    if card is None:
        return _to(draft, "intermediair")
    return show(_services(console, draft, card))


@blueprint.post("/ketenmachtiging/<draft_id>/diensten")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def choose_chain_services(console: BeheerContext, draft_id: str) -> Response:
    """Keep them; nobody chooses above the own level, or where no chains are known."""
    draft = one_chain_draft(console, draft_id)
    card = intermediary_card(console, draft)
    if card is None:
        return _to(draft, "intermediair")
    around = terms(console)
    wanted = tuple(dict.fromkeys(request.form.getlist("dienst")))
    faults = {
        giving.why_not(around.services.get(uuid), around.own_level, around.least) for uuid in wanted
    } - {None}
    if "no_service" in faults:
        absent(console)
    if faults:
        return show(_services(console, draft, card, error=sorted(map(str, faults))[0]), 403)
    draft = replace(draft, services=wanted)
    _keep(console, draft)
    if LOOK in request.form:
        words = words_asked() or None
        return redirect(url_for("console.chain_services_step", draft_id=draft.id, q=words), 303)
    if not wanted:
        return show(_services(console, draft, card, error="nothing"), 422)
    return _to(draft, "einddatum")


@blueprint.get("/ketenmachtiging/<draft_id>/einddatum")
@requires(Role.ADMINISTRATOR)
def chain_end_date_step(console: BeheerContext, draft_id: str) -> Response:
    """Step 3: until when?"""
    draft = one_chain_draft(console, draft_id)
    if intermediary_card(console, draft) is None or not draft.services:
        return _to(draft, _first_open(draft))
    return show(_end_date(console, draft))


@blueprint.post("/ketenmachtiging/<draft_id>/einddatum")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def choose_chain_end_date(console: BeheerContext, draft_id: str) -> Response:
    """Keep it."""
    draft = one_chain_draft(console, draft_id)
    until = chosen_day(console, draft.until)
    years, today = console.rt.settings.mandates.max_years, dates.day_of(console.now)
    error = "no_date" if until is None else end_dates.fault(until, today, years)
    if until is None or error is not None:
        return show(_end_date(console, draft, error=error or ""), 422)
    draft = replace(draft, until=until)
    _keep(console, draft)
    return _to(draft, _first_open(draft))


def one_chain_draft(console: BeheerContext, draft_id: str) -> ChainDraft:
    """The draft of this administrator in this company; elsewhere there is none."""
    found = CHAIN_DRAFTS.find(
        console.rt.store,
        console.rt.sealer,
        draft_id,
        person_id=console.person_id,
        organisation_id=console.here.id,
    )
    return found if found is not None else absent(console)


def intermediary_card(console: BeheerContext, draft: ChainDraft) -> CompanyCard | None:
    """Who was chosen, as it is registered now; None while nobody is, or where it is gone."""
    if draft.intermediary_id is None:
        return None
    try:
        found = giving.demand_intermediary(console.sql, console.here.id, draft.intermediary_id)
    except NoSuchIntermediary:
        return None
    return intermediaries.card(console.sql, found)


def _filled_in(console: BeheerContext) -> ChainDraft:
    draft = ChainDraft("", console.person_id, console.here.id)
    for field in ("opnieuw", "wijzig"):
        if field not in request.form:
            continue
        chain = one_chain(console, request.form[field])
        around = terms(console)
        service = around.services.get(chain.service_uuid)
        is_known = giving.why_not(service, around.own_level, around.least) is None
        today, until = dates.day_of(console.now), dates.day_of(chain.valid_until)
        keeps = field == "opnieuw" and end_dates.fault(until, today, around.max_years) is None
        return replace(
            draft,
            intermediary_id=chain.intermediary_id,
            services=(chain.service_uuid,) if is_known else (),
            until=until if keeps else None,
        )
    if "verzoek" in request.form:
        return _asked(console, draft, request.form["verzoek"])
    if "intermediair" in request.form:
        kvk = request.form["intermediair"]
        try:
            card = intermediaries.find(console.sql, kvk, other_than=console.here.id)
        except NoIntermediary:
            absent(console)
        return replace(draft, intermediary_id=card.id)
    return draft


def _asked(console: BeheerContext, draft: ChainDraft, request_id: str) -> ChainDraft:
    """As an intermediary asks; what this login cannot give is left to be chosen."""
    asked, around = one_chain_request(console, request_id), terms(console)
    found = [uuid for uuid in asked.services if _may_give(around, uuid)]
    today = dates.day_of(console.now)
    fits = end_dates.fault(asked.until, today, around.max_years) is None
    is_whole = len(found) == len(asked.services)
    return replace(
        draft,
        intermediary_id=asked.intermediary_id,
        services=tuple(found) if is_whole else (),
        until=asked.until if fits else None,
        request_id=asked.id,
    )


def _may_give(around: ChainTerms, uuid: str) -> bool:
    service = around.services.get(uuid)
    return giving.why_not(service, around.own_level, around.least) is None


def _first_open(draft: ChainDraft) -> str:
    if draft.intermediary_id is None:
        return "intermediair"
    if not draft.services:
        return "diensten"
    return "controle" if draft.until is not None else "einddatum"


def _to(draft: ChainDraft, step: str) -> Response:
    endpoint = {
        "intermediair": "console.chain_intermediary_step",
        "diensten": "console.chain_services_step",
        "einddatum": "console.chain_end_date_step",
        "controle": "console.check_chains",
    }[step]
    return redirect(url_for(endpoint, draft_id=draft.id), 303)


def _keep(console: BeheerContext, draft: ChainDraft) -> None:
    CHAIN_DRAFTS.keep(console.rt.store, console.rt.sealer, draft)


def _services(
    console: BeheerContext, draft: ChainDraft, card: CompanyCard, *, error: str = ""
) -> ChainServicesStep:
    around, words = terms(console), words_asked()
    found = service_choices(
        giving.givable(around.services),
        draft.services,
        lambda one: giving.needed(one, around.least),
        lambda one: giving.why_not(one, around.own_level, around.least),
    )
    shown = services_shown(found, words)
    return ChainServicesStep(
        console=console.frame,
        wizard=StepFrame(draft.id, "diensten", CHAIN_STEPS),
        intermediary=card.name,
        choices=shown,
        own=around.own_level.label,
        least=around.least.label if not suffices(around.own_level, around.least) else "",
        again=f"{url_for('console.chain_services_step', draft_id=draft.id)}?{AGAIN}=ja",
        words=words,
        hidden=len(found) - len(shown),
        error=error,
    )


def _end_date(console: BeheerContext, draft: ChainDraft, *, error: str = "") -> EndDateStep:
    wizard = StepFrame(draft.id, "einddatum", CHAIN_STEPS)
    return last_day_step(console, wizard, draft.until, "chain_step_end_date", error)
