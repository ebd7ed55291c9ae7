"""The steps in which a client is asked for chain mandates at ``/beheer``: who it is, the services
and the last day, and a check. Each has an address of its own and keeps what was chosen.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.chains import giving, intermediaries, request_rules, requesting
from admin.chains.drafts import CHAIN_REQUEST_DRAFTS, ChainRequestDraft
from admin.chains.intermediaries import CompanyCard, IntermediaryLack, NoIntermediary
from admin.chains.request_rules import Decider
from admin.chains.requesting import AskingRefused, ChainWanted
from admin.organisation_console.access import BeheerContext, absent, blueprint, requires
from admin.organisation_console.client_request_pages import (
    AskCheckPage,
    AskClientStep,
    AskServicesStep,
)
from admin.organisation_console.client_requests import asking, to_requests
from admin.organisation_console.end_dates import chosen_day
from admin.organisation_console.steps import service_choices, services_shown, words_asked
from admin.organisation_console.wizard import LOOK
from admin.organisation_console.wizard_pages import REQUEST_STEPS, StepFrame
from admin.organisations import registering
from admin.organisations.records import NotInRegister
from admin.trade_register.entries import RegisterTrouble
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.language import locale
from broker.web.registration_names import service_name
from broker.web.responses import show
from consent import end_dates
from directory import dates
from directory.people import Role
from state import limits
from state.db import writing


@blueprint.post("/klantverzoek")
@requires(Role.ADMINISTRATOR)
def begin_request(console: BeheerContext) -> Response:
    """Begin with nothing."""
    draft = ChainRequestDraft("", console.person_id, console.here.id, locale=locale())
    made = CHAIN_REQUEST_DRAFTS.begin(console.rt.store, console.rt.sealer, draft)
    return _to("ask_client", made)


@blueprint.get("/klantverzoek/<draft_id>/klant")
@requires(Role.ADMINISTRATOR)
def ask_client(console: BeheerContext, draft_id: str) -> Response:
    """Step 1: which client, and who decides there? Who was found is shown, to be checked."""
    draft = _one_draft(console, draft_id)
    return show(_client_step(console, draft, _card(console, draft)))


@blueprint.post("/klantverzoek/<draft_id>/klant")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def choose_client(console: BeheerContext, draft_id: str) -> Response:
    """Look the number up and show who it is."""
    draft, form = _one_draft(console, draft_id), request.form
    language = "en" if form.get("taal") == "en" else "nl"
    typed = replace(draft, kvk=None, email=form.get("email", "")[:254], locale=language)
    if limits.spend(console.rt.store, (requesting.LOOK_UPS, console.here.id)):
        return show(_client_step(console, typed, None, "limited"), 429)
    try:
        kvk = intermediaries.kvk_of(form.get("kvk", ""))
        found = _found(console, kvk)
        address = requesting.address_of(typed.email) if typed.email.strip() else ""
    except NoIntermediary as nobody:
        return show(_client_step(console, typed, None, str(nobody.why)), 422)
    except RegisterTrouble:
        return show(_client_step(console, typed, None, "register"), 503)
    except AskingRefused as refused:
        page = _client_step(console, replace(typed, kvk=kvk), found, refused.reason)
        return show(page, 422)
    typed = replace(typed, kvk=kvk, email=address)
    _keep(console, typed)
    if _is_possible(console, found) and not _may_go_on(console, typed, found):
        return show(_client_step(console, typed, found, "no_email"), 422)
    return _to("ask_client", draft)


@blueprint.get("/klantverzoek/<draft_id>/diensten")
@Endpoint(limit="console", kept=("q",))
@requires(Role.ADMINISTRATOR)
def ask_services(console: BeheerContext, draft_id: str) -> Response:
    """Step 2: where, until when, and what for?"""
    draft = _one_draft(console, draft_id)
    card = _card(console, draft)
    if card is None or not _may_go_on(console, draft, card):
        return _to("ask_client", draft)
    return show(_services_step(console, draft, card))


@blueprint.post("/klantverzoek/<draft_id>/diensten")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def choose_asked_services(console: BeheerContext, draft_id: str) -> Response:
    """Keep it; nobody asks what who decides there could not give."""
    draft = _one_draft(console, draft_id)
    card = _card(console, draft)
    if card is None or not _may_go_on(console, draft, card):
        return _to("ask_client", draft)
    around, decider = asking(console), _decider(console, card)
    wanted = tuple(dict.fromkeys(request.form.getlist("dienst")))
    if any(uuid not in around.services for uuid in wanted):
        absent(console)
    until = chosen_day(console, draft.until)
    draft = replace(draft, services=wanted, until=until or draft.until)
    try:
        draft = replace(draft, message=requesting.message_of(request.form.get("bericht", "")))
    except AskingRefused as refused:
        return show(_services_step(console, draft, card, refused.reason), 422)
    _keep(console, draft)
    if LOOK in request.form:
        words = words_asked() or None
        return redirect(url_for("console.ask_services", draft_id=draft.id, q=words), 303)
    if until is None:
        return show(_services_step(console, draft, card, "no_date"), 422)
    faults = requesting.faults(around, decider, _wanted(draft, card.id, until))
    if faults:
        status = 403 if faults[0] in ("no_chains", "above_link_level") else 422
        return show(_services_step(console, draft, card, faults[0]), status)
    return _to("check_request", draft)


@blueprint.get("/klantverzoek/<draft_id>/controle")
@requires(Role.ADMINISTRATOR)
def check_request(console: BeheerContext, draft_id: str) -> Response:
    """Step 3: is this what you want to ask?"""
    draft = _one_draft(console, draft_id)
    if draft.done is not None:
        return to_requests("asked")
    card = _card(console, draft)
    if card is None or not _may_go_on(console, draft, card):
        return _to("ask_client", draft)
    if draft.until is None or not draft.services:
        return _to("ask_services", draft)
    return show(_check_page(console, draft, card))


@blueprint.post("/klantverzoek/<draft_id>/controle")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def send_request(console: BeheerContext, draft_id: str) -> Response:
    """Send it, once however often this comes."""
    draft = _one_draft(console, draft_id)
    if draft.done is not None:
        return to_requests("asked")
    card = _card(console, draft)
    if card is None or draft.until is None:
        return _to("ask_client", draft)
    around = asking(console)
    if requesting.is_too_much(
        console.rt.store, around, card.kvk, draft.email, _decider(console, card)
    ):
        return show(_check_page(console, draft, card, "limited"), 429)
    try:
        entry = None if card.id else registering.entry_of(console.sql, console.rt, card.kvk)
        with writing(console.sql) as session:
            client_id = card.id
            if entry is not None:
                client_id = registering.register(session, console.rt, entry, actor=console.actor)
            made = requesting.ask(session, around, _wanted(draft, client_id, draft.until))
            request_id = made.id
    except AskingRefused as refused:
        return show(_check_page(console, draft, card, refused.reason), 409)
    except (NotInRegister, RegisterTrouble):
        return _to("ask_client", draft)
    _keep(console, replace(draft, done=request_id))
    return to_requests("asked")


def _one_draft(console: BeheerContext, draft_id: str) -> ChainRequestDraft:
    """The draft of this administrator in this company; elsewhere there is none."""
    found = CHAIN_REQUEST_DRAFTS.find(
        console.rt.store,
        console.rt.sealer,
        draft_id,
        person_id=console.person_id,
        organisation_id=console.here.id,
    )
    return found if found is not None else absent(console)


def _found(console: BeheerContext, kvk: str) -> CompanyCard:
    """Who has this number, here or else in the trade register. Raises NoIntermediary,
    RegisterTrouble.
    """
    known = registering.known(console.sql, kvk)
    if known is not None:
        return intermediaries.find(console.sql, kvk, other_than=console.here.id)
    try:
        entry = registering.entry_of(console.sql, console.rt, kvk)
    except NotInRegister:
        raise NoIntermediary(IntermediaryLack.UNKNOWN) from None
    addresses = (entry.address,) if entry.address else ()
    return CompanyCard("", entry.name, entry.kvk, entry.rsin, addresses)


def _card(console: BeheerContext, draft: ChainRequestDraft) -> CompanyCard | None:
    """Who was chosen, as it is known now; None while nobody is, or where it is gone."""
    if draft.kvk is None:
        return None
    try:
        return _found(console, draft.kvk)
    except (NoIntermediary, RegisterTrouble):
        return None


def _decider(console: BeheerContext, card: CompanyCard) -> Decider:
    return request_rules.decider_of(console.sql, card.id, console.now)


def _is_possible(console: BeheerContext, card: CompanyCard) -> bool:
    decider = _decider(console, card)
    return decider is Decider.ADMINISTRATOR or asking(console).link_level is not None


def _may_go_on(console: BeheerContext, draft: ChainRequestDraft, card: CompanyCard) -> bool:
    """A link needs somebody who gets it."""
    if not _is_possible(console, card):
        return False
    return bool(draft.email) or _decider(console, card) is Decider.ADMINISTRATOR


def _wanted(draft: ChainRequestDraft, client_id: str, until: date) -> ChainWanted:
    return ChainWanted(client_id, draft.email, draft.locale, draft.services, until, draft.message)


def _to(view: str, draft: ChainRequestDraft) -> Response:
    return redirect(url_for(f"console.{view}", draft_id=draft.id), 303)


def _keep(console: BeheerContext, draft: ChainRequestDraft) -> None:
    CHAIN_REQUEST_DRAFTS.keep(console.rt.store, console.rt.sealer, draft)


def _client_step(
    console: BeheerContext, draft: ChainRequestDraft, card: CompanyCard | None, error: str = ""
) -> AskClientStep:
    return AskClientStep(
        console.frame,
        StepFrame(draft.id, "klant", REQUEST_STEPS),
        card if error in ("", "no_email") else None,
        decider=str(_decider(console, card)) if card is not None else "",
        is_possible=card is not None and _is_possible(console, card),
        may_go_on=card is not None and _may_go_on(console, draft, card),
        kvk=request.form.get("kvk", draft.kvk or "")[:30],
        email=draft.email,
        locale=draft.locale,
        error=error,
    )


def _services_step(
    console: BeheerContext, draft: ChainRequestDraft, card: CompanyCard, error: str = ""
) -> AskServicesStep:
    around, decider, words = asking(console), _decider(console, card), words_asked()
    found = service_choices(
        giving.givable(around.services),
        draft.services,
        lambda one: giving.needed(one, around.least),
        lambda one: request_rules.why_not_service(one, around.least, decider, around.link_level),
    )
    shown = services_shown(found, words)
    today = dates.day_of(console.now)
    latest = end_dates.latest(today, around.max_years)
    return AskServicesStep(
        console=console.frame,
        wizard=StepFrame(draft.id, "diensten", REQUEST_STEPS),
        client=card.name,
        choices=shown,
        first=request_rules.first_day(console.now, around.days),
        latest=latest,
        quick=end_dates.quick(today, around.max_years),
        chosen=draft.until or latest,
        given=request.form.get("until", "")[: dates.LONGEST_TYPED],
        message=request.form.get("bericht", draft.message)[: requesting.LONGEST_MESSAGE * 2],
        words=words,
        hidden=len(found) - len(shown),
        longest=requesting.LONGEST_MESSAGE,
        error=error,
    )


def _check_page(
    console: BeheerContext, draft: ChainRequestDraft, card: CompanyCard, error: str = ""
) -> AskCheckPage:
    around = asking(console)
    assert draft.until is not None
    return AskCheckPage(
        console=console.frame,
        wizard=StepFrame(draft.id, "controle", REQUEST_STEPS),
        card=card,
        services=tuple(service_name(console.rt.configuration, uuid) for uuid in draft.services),
        until=draft.until,
        message=draft.message,
        decider=str(_decider(console, card)),
        email=draft.email,
        days=around.days,
        error=error,
    )
