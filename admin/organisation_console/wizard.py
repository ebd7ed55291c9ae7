"""The steps in which mandates are given at ``/beheer``: services, people, the last day. Each has an
address of its own and keeps what was chosen; the check and the giving stand in ``wizard_check``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.mandates import colleagues, giving
from admin.mandates.drafts import MANDATE_DRAFTS, MandateDraft
from admin.organisation_console.access import BeheerContext, absent, blueprint, requires
from admin.organisation_console.end_dates import chosen_day
from admin.organisation_console.mandate_requests import one_request
from admin.organisation_console.mandates import one_mandate
from admin.organisation_console.steps import (
    last_day_step,
    people_shown,
    service_choices,
    services_shown,
    words_asked,
)
from admin.organisation_console.wizard_pages import (
    EndDateStep,
    PeopleStep,
    PersonChoice,
    ServicesStep,
    StepFrame,
)
from assurance.levels import AssuranceLevel, highest_of, suffices
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.responses import show
from consent import end_dates
from directory import dates
from directory.people import Role

GENERAL: Final = tuple(level for level in AssuranceLevel if level.is_of_a_scheme)
LOOK: Final = "zoek"  # the button that only looks for something and keeps what is ticked


@blueprint.post("/geven")
@requires(Role.ADMINISTRATOR)
def begin(console: BeheerContext) -> Response:
    """Begin, filled in as far as the button said: for a request, a person and a service, or as a
    mandate was that has been taken back. A service above the own level is left to be chosen.
    """
    draft = _filled_in(console)
    made = MANDATE_DRAFTS.begin(console.rt.store, console.rt.sealer, draft)
    return _to(made, _first_open(made))


@blueprint.get("/geven/<draft_id>/diensten")
@Endpoint(limit="console", kept=("q",))
@requires(Role.ADMINISTRATOR)
def services_step(console: BeheerContext, draft_id: str) -> Response:
    """Step 1: which services?"""
    return show(_services(console, one_draft(console, draft_id)))


@blueprint.post("/geven/<draft_id>/diensten")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def choose_services(console: BeheerContext, draft_id: str) -> Response:
    """Keep them; nobody chooses above the own level."""
    draft = one_draft(console, draft_id)
    around = console.circumstances()
    wanted = tuple(dict.fromkeys(request.form.getlist("dienst")))
    general = request.form.get("algemeen", "") or None
    known = {level.label: level for level in GENERAL}
    if general is not None and general not in known:
        absent(console)
    why_not = [giving.why_not_service(around.services.get(u), around.own_level) for u in wanted]
    if "no_service" in why_not:
        absent(console)
    is_above = general is not None and not suffices(around.own_level, known[general])
    if is_above or "above_own_level" in why_not:
        return show(_services(console, draft, error="above_own_level"), 403)
    draft = replace(draft, services=wanted, general=general)
    _keep(console, draft)
    if LOOK in request.form:
        return _look(draft, "diensten")
    if not draft.has_services:
        return show(_services(console, draft, error="nothing"), 422)
    return _to(draft, "gebruikers")


@blueprint.get("/geven/<draft_id>/gebruikers")
@Endpoint(limit="console", kept=("q",))
@requires(Role.ADMINISTRATOR)
def people_step(console: BeheerContext, draft_id: str) -> Response:
    """Step 2: who? The highest service decides who can be chosen."""
    draft = one_draft(console, draft_id)
    return show(_people(console, draft)) if draft.has_services else _to(draft, "diensten")


@blueprint.post("/geven/<draft_id>/gebruikers")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def choose_people(console: BeheerContext, draft_id: str) -> Response:
    """Keep them; who is not of this company does not exist."""
    draft = one_draft(console, draft_id)
    if not draft.has_services:
        return _to(draft, "diensten")
    around, needed = console.circumstances(), needed_level(console, draft)
    here = {
        one.id: one
        for one in colleagues.at(console.sql, around.makelaars, console.here.id, console.now)
    }
    wanted = tuple(dict.fromkeys(request.form.getlist("gebruiker")))
    why_not = [giving.why_not_person(here.get(one), needed) for one in wanted]
    if "no_colleague" in why_not:
        absent(console)
    if any(why_not):
        return show(_people(console, draft, error="cannot"), 403)
    draft = replace(draft, people=wanted)
    _keep(console, draft)
    if LOOK in request.form:
        return _look(draft, "gebruikers")
    if not draft.people:
        return show(_people(console, draft, error="nothing"), 422)
    return _to(draft, "einddatum")


@blueprint.get("/geven/<draft_id>/einddatum")
@requires(Role.ADMINISTRATOR)
def end_date_step(console: BeheerContext, draft_id: str) -> Response:
    """Step 3: until when?"""
    draft = one_draft(console, draft_id)
    return show(_end_date(console, draft)) if draft.people else _to(draft, _first_open(draft))


@blueprint.post("/geven/<draft_id>/einddatum")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def choose_end_date(console: BeheerContext, draft_id: str) -> Response:
    """Keep it."""
    draft = one_draft(console, draft_id)
    until = chosen_day(console, draft.until)
    years, today = console.rt.settings.mandates.max_years, dates.day_of(console.now)
    error = "no_date" if until is None else end_dates.fault(until, today, years)
    if until is None or error is not None:
        return show(_end_date(console, draft, error=error or ""), 422)
    draft = replace(draft, until=until)
    _keep(console, draft)
    return _to(draft, "controle")


def one_draft(console: BeheerContext, draft_id: str) -> MandateDraft:
    """The draft of this administrator in this company; elsewhere there is none."""
    found = MANDATE_DRAFTS.find(
        console.rt.store,
        console.rt.sealer,
        draft_id,
        person_id=console.person_id,
        organisation_id=console.here.id,
    )
    return found if found is not None else absent(console)


def needed_level(console: BeheerContext, draft: MandateDraft) -> AssuranceLevel:
    """The highest level among what was chosen."""
    services = console.rt.configuration.services
    levels = [services[uuid].level for uuid in draft.services if uuid in services]
    floor = AssuranceLevel.from_label(draft.floor) if draft.floor and levels else None
    return highest_of(draft.general_level, floor, *levels) or AssuranceLevel.EH2


def _filled_in(console: BeheerContext) -> MandateDraft:
    today, years = dates.day_of(console.now), console.rt.settings.mandates.max_years
    draft = MandateDraft("", console.person_id, console.here.id)
    if "verzoek" in request.form:
        asked = one_request(console, request.form["verzoek"])
        return replace(
            draft,
            services=(asked.service_uuid,),
            people=(asked.person_id,),
            floor=asked.level.label,
            request_id=asked.id,
        )
    if "opnieuw" in request.form:
        before = one_mandate(console, request.form["opnieuw"])
        until = dates.day_of(before.valid_until)
        uuid = before.service_uuid
        return replace(
            draft,
            services=(uuid,) if uuid else (),
            general=None if uuid else before.level.label,
            people=(before.person_id,),
            until=until if end_dates.fault(until, today, years) is None else None,
        )
    person_id = request.form.get("gebruiker", "")
    makelaars = console.rt.configuration.providers
    if person_id and not colleagues.one(
        console.sql, makelaars, console.here.id, person_id, console.now
    ):
        absent(console)
    uuid, own = request.form.get("dienst", ""), console.login.level
    service = console.rt.configuration.services.get(uuid)
    is_known = giving.why_not_service(service, own) is None
    return replace(
        draft,
        people=(person_id,) if person_id else (),
        services=(uuid,) if is_known else (),
    )


def _first_open(draft: MandateDraft) -> str:
    if not draft.has_services:
        return "diensten"
    if not draft.people:
        return "gebruikers"
    return "controle" if draft.until is not None else "einddatum"


def _to(draft: MandateDraft, step: str) -> Response:
    endpoint = {
        "diensten": "console.services_step",
        "gebruikers": "console.people_step",
        "einddatum": "console.end_date_step",
        "controle": "console.check",
    }[step]
    return redirect(url_for(endpoint, draft_id=draft.id), 303)


def _look(draft: MandateDraft, step: str) -> Response:
    words = request.form.get("q", "")[:100]
    endpoint = "console.services_step" if step == "diensten" else "console.people_step"
    return redirect(url_for(endpoint, draft_id=draft.id, q=words or None), 303)


def _keep(console: BeheerContext, draft: MandateDraft) -> None:
    MANDATE_DRAFTS.keep(console.rt.store, console.rt.sealer, draft)


def _wizard(draft: MandateDraft, step: str) -> StepFrame:
    return StepFrame(draft.id, step, is_request=draft.request_id is not None)


def _services(console: BeheerContext, draft: MandateDraft, *, error: str = "") -> ServicesStep:
    own, words = console.login.level, words_asked()
    found = service_choices(
        giving.givable(console.rt.configuration.services),
        draft.services,
        lambda one: one.level,
        lambda one: giving.why_not_service(one, own),
    )
    shown = services_shown(found, words)
    return ServicesStep(
        console=console.frame,
        wizard=_wizard(draft, "diensten"),
        choices=shown,
        levels=tuple(level.label for level in GENERAL if suffices(own, level)),
        general=draft.general,
        own=own.label,
        words=words,
        hidden=len(found) - len(shown),
        error=error,
    )


def _people(console: BeheerContext, draft: MandateDraft, *, error: str = "") -> PeopleStep:
    needed, words = needed_level(console, draft), words_asked()
    makelaars = console.rt.configuration.providers
    found = [
        PersonChoice(
            id=one.id,
            name=one.name,
            email=one.email,
            level=one.level.label if one.level is not None else None,
            is_chosen=one.id in draft.people,
            is_self=one.id == console.person_id,
            why_not=giving.why_not_person(one, needed) or "",
        )
        for one in colleagues.at(console.sql, makelaars, console.here.id, console.now)
    ]
    shown = people_shown(found, words)
    return PeopleStep(
        console=console.frame,
        wizard=_wizard(draft, "gebruikers"),
        choices=shown,
        needed=needed.label,
        words=words,
        hidden=len(found) - len(shown),
        error=error,
    )


def _end_date(console: BeheerContext, draft: MandateDraft, *, error: str = "") -> EndDateStep:
    wizard = _wizard(draft, "einddatum")
    return last_day_step(console, wizard, draft.until, "step_end_date", error)
