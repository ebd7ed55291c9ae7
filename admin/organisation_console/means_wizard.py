"""The steps in which a means is asked at ``/beheer``: level and role, person, letter and second
factor, companies. Each has an address of its own; the identity document stands in
``means_document``, the check in ``means_check``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.mandates import colleagues
from admin.means import asking, identity_documents
from admin.means.around import administered
from admin.means.drafts import MeansDraft
from admin.means.rules import (
    ISSUED,
    LONGEST_NAME,
    address_lines,
    is_name,
    why_not_level,
    why_not_role,
)
from admin.organisation_console import means_access
from admin.organisation_console.access import BeheerContext, absent, blueprint, requires
from admin.organisation_console.means_access import asker, keep, one_draft
from admin.organisation_console.means_pages import (
    BeginMeansPage,
    LevelChoice,
    MeansDeliveryStep,
    MeansLevelStep,
    MeansPersonStep,
    MeansPlacesStep,
    MeansSteps,
    PlaceChoice,
)
from assurance import sms
from assurance.factors import FactorKind
from assurance.levels import AssuranceLevel, suffices
from assurance.means_requests import FACTORS, needs_factor
from broker.second_factors import sms_limits
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.responses import show
from directory.people import Role
from state.db import new_id

_MOST_ADDRESS: Final = 500


@blueprint.get("/gebruikers/toevoegen")
@requires(Role.ADMINISTRATOR)
def ask_means(console: BeheerContext) -> Response:
    """Begin, or go on with what was begun."""
    draft = means_access.last_draft(console)
    if draft is None:
        return show(BeginMeansPage(console.frame))
    return show(BeginMeansPage(console.frame, draft.id, name_of(console, draft)))


@blueprint.post("/gebruikers/toevoegen")
@Endpoint(limit="console", shown_at="console.ask_means")
@requires(Role.ADMINISTRATOR)
def begin_means(console: BeheerContext) -> Response:
    """A new request, for somebody new or for a colleague without a means of Sluis."""
    colleague = request.form.get("gebruiker", "")
    if colleague and asking.why_not_colleague(console.sql, asker(console), colleague):
        absent(console)
    # With the key of the person a scan is sealed, so the id of somebody new is there before: two
    # that come in at one moment belong to the same person.
    draft = MeansDraft(
        "",
        console.person_id,
        console.here.id,
        colleague=colleague or None,
        organisations=(console.here.id,),
        new_person=None if colleague else new_id(),
    )
    return to_step(means_access.begin(console, draft), "niveau")


@blueprint.get("/gebruikers/toevoegen/<draft_id>/niveau")
@requires(Role.ADMINISTRATOR)
def means_level(console: BeheerContext, draft_id: str) -> Response:
    """Step 1: how high, and in which role?"""
    return show(_level(console, one_draft(console, draft_id)))


@blueprint.post("/gebruikers/toevoegen/<draft_id>/niveau")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def choose_means_level(console: BeheerContext, draft_id: str) -> Response:
    """Keep both; nobody asks above the own level."""
    draft = one_draft(console, draft_id)
    known = {level.label: level for level in ISSUED}
    label, word = request.form.get("niveau", ""), request.form.get("rol", "")
    faults = {}
    if label not in known:
        faults["level"] = "nothing"
    elif why_not_level(known[label], console.login.level) is not None:
        return show(_level(console, draft, {"level": "above_own_level"}), 403)
    if word not in set(Role):
        faults["role"] = "nothing"
    elif not faults and (lack := why_not_role(known[label], Role(word))) is not None:
        faults["role"] = lack
    oin = means_access.restriction_asked(None)
    lack = asking.why_not_restriction(console.sql, asker(console), oin, (console.here.id,))
    if lack is not None:
        faults["restriction"] = lack
    if faults:
        return show(_level(console, draft, faults), 422)
    draft = replace(draft, level=label, role=word, provider_oin=oin)
    keep(console, draft)
    return to_step(draft, _after_person(console, draft) if draft.colleague else "persoon")


@blueprint.get("/gebruikers/toevoegen/<draft_id>/persoon")
@requires(Role.ADMINISTRATOR)
def means_person(console: BeheerContext, draft_id: str) -> Response:
    """Step 2: for whom?"""
    draft = one_draft(console, draft_id)
    if (before := missing(console, draft, "persoon")) is not None:
        return to_step(draft, before)
    return show(_person(console, draft))


@blueprint.post("/gebruikers/toevoegen/<draft_id>/persoon")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def choose_means_person(console: BeheerContext, draft_id: str) -> Response:
    """Keep name and address; of a colleague they are known."""
    draft = one_draft(console, draft_id)
    if (before := missing(console, draft, "persoon")) is not None or draft.colleague is not None:
        return to_step(draft, before or _after_person(console, draft))
    name = " ".join(request.form.get("naam", "").split())[: LONGEST_NAME + 1]
    email = request.form.get("email", "").strip()[:254]
    draft = replace(draft, name=name, email=email)
    faults = {}
    if not is_name(name):
        faults["name"] = "no_name"
    if (lack := asking.why_not_email(console.sql, asker(console), email)) is not None:
        faults["email"] = lack
    if faults:
        return show(_person(console, draft, faults), 422)
    keep(console, draft)
    return to_step(draft, _after_person(console, draft))


@blueprint.get("/gebruikers/toevoegen/<draft_id>/aflevering")
@requires(Role.ADMINISTRATOR)
def means_delivery(console: BeheerContext, draft_id: str) -> Response:
    """Step 3: where does the letter go, and which second factor?"""
    draft = one_draft(console, draft_id)
    if (before := missing(console, draft, "aflevering")) is not None:
        return to_step(draft, before)
    return show(_delivery(console, draft))


@blueprint.post("/gebruikers/toevoegen/<draft_id>/aflevering")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def choose_means_delivery(console: BeheerContext, draft_id: str) -> Response:
    """Keep them."""
    draft = one_draft(console, draft_id)
    rank = draft.rank
    if (before := missing(console, draft, "aflevering")) is not None or rank is None:
        return to_step(draft, before or "niveau")
    text, faults = request.form.get("adres", "")[:_MOST_ADDRESS], {}
    lines = address_lines(text)
    if lines is None:
        faults["address"] = "no_address"
    word = request.form.get("factor", "") if needs_factor(rank) else ""
    mobile = request.form.get("mobiel", "").strip()[:40] if word == FactorKind.SMS else ""
    if needs_factor(rank) and word not in FACTORS:
        faults["factor"] = "no_factor"
    if word == FactorKind.SMS:
        lack = asking.why_not_mobile(asker(console), mobile)
        if lack is not None:
            faults["mobile"] = lack
        else:
            mobile = sms.accepted_number(mobile, asker(console).site.rules.sms_countries)
    draft = replace(draft, factor=word or None, mobile=mobile, address=lines or ())
    if faults:
        return show(_delivery(console, draft, faults, text), 422)
    keep(console, draft)
    return to_step(draft, "bedrijven")


@blueprint.get("/gebruikers/toevoegen/<draft_id>/bedrijven")
@requires(Role.ADMINISTRATOR)
def means_places(console: BeheerContext, draft_id: str) -> Response:
    """Step 4: for which companies?"""
    draft = one_draft(console, draft_id)
    if (before := missing(console, draft, "bedrijven")) is not None:
        return to_step(draft, before)
    return show(_places(console, draft))


@blueprint.post("/gebruikers/toevoegen/<draft_id>/bedrijven")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def choose_means_places(console: BeheerContext, draft_id: str) -> Response:
    """Keep them; this company is always one. One that is not administered does not exist."""
    draft = one_draft(console, draft_id)
    rank = draft.rank
    if (before := missing(console, draft, "bedrijven")) is not None or rank is None:
        return to_step(draft, before or "niveau")
    wanted = tuple(dict.fromkeys((console.here.id, *request.form.getlist("bedrijf"))))
    lack = asking.why_not_organisations(console.sql, asker(console), rank, wanted)
    if lack == "not_administered":
        absent(console)
    if lack is not None:
        return show(_places(console, draft, {"organisations": lack}), 403)
    if draft.provider_oin is not None and len(wanted) > 1:
        return show(_places(console, draft, {"organisations": "one_company"}), 422)
    draft = replace(draft, organisations=wanted)
    keep(console, draft)
    return to_step(draft, "controle")


def to_step(draft: MeansDraft, step: str) -> Response:
    """On to this one."""
    endpoint = {
        "niveau": "console.means_level",
        "persoon": "console.means_person",
        "identiteitsbewijs": "console.means_document",
        "aflevering": "console.means_delivery",
        "bedrijven": "console.means_places",
        "controle": "console.check_means",
    }[step]
    return redirect(url_for(endpoint, draft_id=draft.id), 303)


def steps_of(console: BeheerContext, draft: MeansDraft, step: str) -> MeansSteps:
    """The frame of a step."""
    asks = step == "identiteitsbewijs" or asks_document(console, draft)
    return MeansSteps(draft.id, step, name_of(console, draft) if draft.colleague else "", asks)


def asks_document(console: BeheerContext, draft: MeansDraft) -> bool:
    """Does the identity document of this person come with the request?"""
    rank = draft.rank
    if rank is None or draft.role is None:
        return False
    role = Role(draft.role)
    return asking.asks_document(console.sql, asker(console), rank, role, draft.colleague)


def name_of(console: BeheerContext, draft: MeansDraft) -> str:
    """For whom it is, as far as that is known."""
    person = colleague_of(console, draft)
    return person[0] if person is not None else draft.name


def colleague_of(console: BeheerContext, draft: MeansDraft) -> tuple[str, str] | None:
    """Name and address of who is there already."""
    if draft.colleague is None:
        return None
    one = colleagues.one(console.sql, {}, console.here.id, draft.colleague, console.now)
    return (one.name, one.email or "") if one is not None else absent(console)


def _after_person(console: BeheerContext, draft: MeansDraft) -> str:
    return "identiteitsbewijs" if asks_document(console, draft) else "aflevering"


def missing(console: BeheerContext, draft: MeansDraft, step: str) -> str | None:
    """The step that comes first, where something before this one is still open."""
    if draft.done is not None:
        return "controle"
    if draft.level is None or draft.role is None:
        return "niveau"
    if step != "persoon" and not (draft.colleague or draft.name):
        return "persoon"
    if step in ("aflevering", "bedrijven") and asks_document(console, draft):
        brought = draft.documents
        if brought is None or identity_documents.why_not(console.sql, asker(console), brought):
            return "identiteitsbewijs"
    return "aflevering" if step == "bedrijven" and not draft.address else None


def _level(
    console: BeheerContext, draft: MeansDraft, faults: dict[str, str] | None = None
) -> MeansLevelStep:
    own = console.login.level
    return MeansLevelStep(
        console=console.frame,
        wizard=steps_of(console, draft, "niveau"),
        choices=tuple(LevelChoice(one.label, why_not_level(one, own) or "") for one in ISSUED),
        level=request.form.get("niveau", draft.level or ""),
        role=request.form.get("rol", draft.role or ""),
        restriction=means_access.restriction_asked(draft.provider_oin) or "",
        restrictions=means_access.restrictions(console),
        own=own.label,
        faults=faults or {},
    )


def _person(
    console: BeheerContext, draft: MeansDraft, faults: dict[str, str] | None = None
) -> MeansPersonStep:
    known = colleague_of(console, draft) or (draft.name, draft.email)
    wizard = steps_of(console, draft, "persoon")
    return MeansPersonStep(console.frame, wizard, known[0], known[1], faults or {})


def _delivery(
    console: BeheerContext,
    draft: MeansDraft,
    faults: dict[str, str] | None = None,
    address: str | None = None,
) -> MeansDeliveryStep:
    rank = draft.rank or AssuranceLevel.EH2
    return MeansDeliveryStep(
        console=console.frame,
        wizard=steps_of(console, draft, "aflevering"),
        needs_factor=needs_factor(rank),
        to_person=suffices(rank, AssuranceLevel.EH3),
        factor=draft.factor or "",
        mobile=draft.mobile,
        address=address if address is not None else "\n".join(draft.address),
        countries=sms_limits.countries(console.rt),
        faults=faults or {},
    )


def _places(
    console: BeheerContext, draft: MeansDraft, faults: dict[str, str] | None = None
) -> MeansPlacesStep:
    rank = draft.rank or AssuranceLevel.EH2
    choices = [
        PlaceChoice(
            id=one.id,
            name=one.name,
            kvk=f"{one.kvk[:4]} {one.kvk[4:]}",
            own=own.label,
            is_here=one.id == console.here.id,
            is_chosen=one.id in draft.organisations,
            why_not="" if suffices(own, rank) else "above_own_level",
        )
        for one, own in administered(console.sql, asker(console)).values()
    ]
    choices.sort(key=lambda one: (not one.is_here, bool(one.why_not), one.name.casefold()))
    wizard = steps_of(console, draft, "bedrijven")
    return MeansPlacesStep(console.frame, wizard, rank.label, tuple(choices), faults or {})
