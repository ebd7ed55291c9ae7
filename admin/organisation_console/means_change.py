"""Changing the means of somebody at ``/beheer``: level, role and companies on one page, which asks
a second factor only where one is missing; the number and the address on pages of their own.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from flask import redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from admin.mandates import decision_rules
from admin.mandates.decision_rules import LoginNotEnough
from admin.means import changing, contact, overview, pace
from admin.means.around import administered
from admin.means.changing import ChangeRefused, ChangeWish
from admin.means.contact import ContactRefused
from admin.means.overview import MeansView
from admin.means.rules import ISSUED, address_lines, why_not_level
from admin.organisation_console.access import AGAIN, BeheerContext, absent, blueprint, requires
from admin.organisation_console.means_access import asker, restriction_asked, restrictions
from admin.organisation_console.means_change_pages import ChangeMeansPage, ContactPage
from admin.organisation_console.means_ending import standing_means
from admin.organisation_console.means_pages import LevelChoice, PlaceChoice
from assurance import means
from assurance.factors import FactorKind
from assurance.levels import AssuranceLevel, suffices
from assurance.means_requests import FACTORS, Contact
from broker.console import sessions
from broker.second_factors import sms_limits
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.responses import show
from directory.consoles import BEHEER
from directory.people import Person, Role
from state.db import writing

# What goes along to the identity document and back.
KEPT: Final = ("soort", "niveau", "rol", "bedrijf")
_KNOWN: Final = {level.label: level for level in ISSUED}


@blueprint.get("/gebruikers/<person_id>/wijzigen")
@Endpoint(limit="console", kept=KEPT)
@requires(Role.ADMINISTRATOR)
def ask_to_change_means(console: BeheerContext, person_id: str) -> Response:
    """What is it to be?"""
    view = _active(console, person_id)
    if AGAIN in request.args:
        return sessions.log_in(BEHEER, level=view.means.level, force_authn=True)
    return show(_page(console, view))


@blueprint.post("/gebruikers/<person_id>/wijzigen")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def change_means(console: BeheerContext, person_id: str) -> Response:
    """Ask it, or do it where nobody needs to decide."""
    view = _active(console, person_id)
    wish, asked_factor = _wish(view), "factor-gevraagd" in request.form
    if wish is None:
        return show(_page(console, view, {"level": "nothing"}), 422)
    if pace.is_too_much(console.rt.store, pace.REQUESTS, console.here.id):
        return show(_page(console, view, {"means": "limited"}), 429)
    try:
        with writing(console.sql) as session:
            made = changing.change(session, asker(console), wish)
            is_done = made.done_at is not None
    except LoginNotEnough as lacking:
        return show(_page(console, view, lack=str(lacking.why)), 403)
    except ChangeRefused as refused:
        if refused.faults.get("organisations") == "not_administered":
            absent(console)
        lacks = refused.faults.keys() - {"document"}
        is_first = bool(lacks) and lacks <= {"factor", "mobile", "address"} and not asked_factor
        shown = {} if is_first else {part: refused.faults[part] for part in lacks}
        needs = "document" in refused.faults
        page = _page(console, view, shown, asks_factor=is_first, needs_document=needs)
        return show(page, 422)
    done = "changed" if is_done else "change_asked"
    return redirect(url_for("console.person", person_id=person_id, done=done), 303)


@blueprint.get("/gebruikers/<person_id>/mobiel")
@requires(Role.ADMINISTRATOR)
def ask_mobile(console: BeheerContext, person_id: str) -> Response:
    """Which number?"""
    return _ask_contact(console, person_id, "mobile")


@blueprint.post("/gebruikers/<person_id>/mobiel")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def change_mobile(console: BeheerContext, person_id: str) -> Response:
    """That one."""
    return _change_contact(console, person_id, "mobile")


@blueprint.get("/gebruikers/<person_id>/e-mail")
@requires(Role.ADMINISTRATOR)
def ask_email(console: BeheerContext, person_id: str) -> Response:
    """Which address?"""
    return _ask_contact(console, person_id, "email")


@blueprint.post("/gebruikers/<person_id>/e-mail")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def change_email(console: BeheerContext, person_id: str) -> Response:
    """That one."""
    return _change_contact(console, person_id, "email")


def _active(console: BeheerContext, person_id: str) -> MeansView:
    view = standing_means(console, person_id)
    return view if view.means.activated_at is not None else absent(console)


def _wish(view: MeansView) -> ChangeWish | None:
    form = request.form
    level, word = _KNOWN.get(form.get("niveau", "")), form.get("rol", "")
    if level is None or word not in set(Role):
        return None
    factor = form.get("factor", "")
    return ChangeWish(
        means_id=view.means.id,
        level=level,
        role=Role(word),
        organisations=tuple(dict.fromkeys(form.getlist("bedrijf"))),
        provider_oin=restriction_asked(view.means.provider_oin),
        factor=FactorKind(factor) if factor in FACTORS else None,
        contact=Contact(
            address_lines(form.get("adres", "")[:500]) or (),
            form.get("mobiel", "").strip()[:40] if factor == FactorKind.SMS else "",
        ),
    )


def _page(
    console: BeheerContext,
    view: MeansView,
    faults: dict[str, str] | None = None,
    *,
    lack: str | None = None,
    asks_factor: bool = False,
    needs_document: bool = False,
) -> ChangeMeansPage:
    around, made = asker(console), view.means
    linked = {row.organisation_id for row in means.links(console.sql, made.id, console.now)}
    given = request.values  # also of who comes back from the identity document
    chosen, own = given.getlist("bedrijf"), console.login.level
    places = tuple(
        PlaceChoice(
            id=one.id,
            name=one.name,
            kvk=f"{one.kvk[:4]} {one.kvk[4:]}",
            own=level.label,
            is_here=one.id in linked,
            is_chosen=one.id in chosen,
            why_not="" if suffices(level, made.level) else "above_own_level",
        )
        for one, level in administered(console.sql, around).values()
    )
    role = overview.role_of(view)
    rank = _KNOWN.get(given.get("niveau", ""), made.level)
    still = changing.faults(
        console.sql, around, ChangeWish(made.id, made.level, role, provider_oin=made.provider_oin)
    ).get("means", "")
    if lack is None:
        lack = str(decision_rules.lack_to_grant(console.login, made.level, console.now) or "")
    address = url_for("console.ask_to_change_means", person_id=made.person_id)
    return ChangeMeansPage(
        console=console.frame,
        person_id=made.person_id,
        person=console.sql.get_one(Person, made.person_id).display_name,
        choices=tuple(LevelChoice(one.label, why_not_level(one, own) or "") for one in ISSUED),
        level=rank.label,
        was=made.level.label,
        restriction=restriction_asked(made.provider_oin) or "",
        restrictions=restrictions(console, made.provider_oin),
        role=given.get("rol", str(role)),
        places=places,
        asks_factor=asks_factor or "factor-gevraagd" in request.form,
        to_person=suffices(rank, AssuranceLevel.EH3),
        factor=request.form.get("factor", ""),
        mobile=request.form.get("mobiel", "")[:40],
        address=request.form.get("adres", "")[:500],
        countries=sms_limits.countries(console.rt),
        own=own.label,
        blocked="" if still == "same" else still,
        lack=lack,
        again=f"{address}?{AGAIN}=ja",
        document=_to_document(made.person_id) if needs_document else "",
        faults=faults or {},
    )


def _to_document(person_id: str) -> str:
    """With what was chosen, so that nobody chooses it again."""
    address = url_for("console.change_document", person_id=person_id)
    return with_choices(address, request.form)


def with_choices(address: str, chosen: MultiDict[str, str]) -> str:
    """This address with what was chosen of a change."""
    pairs = [(name, value) for name in KEPT for value in chosen.getlist(name)]
    return f"{address}?{urlencode(pairs)}" if pairs else address


def _ask_contact(console: BeheerContext, person_id: str, what: str) -> Response:
    view = standing_means(console, person_id)
    if AGAIN in request.args:
        return sessions.log_in(BEHEER, force_authn=True)
    return show(_contact_page(console, view, what))


def _change_contact(console: BeheerContext, person_id: str, what: str) -> Response:
    view = standing_means(console, person_id)
    change = contact.change_mobile if what == "mobile" else contact.change_email
    try:
        with writing(console.sql) as session:
            change(session, asker(console), person_id, request.form.get("waarde", "")[:254])
    except LoginNotEnough:
        return show(_contact_page(console, view, what), 403)
    except ContactRefused as refused:
        return show(_contact_page(console, view, what, refused.why), 422)
    return redirect(url_for("console.person", person_id=person_id, done=what), 303)


def _contact_page(
    console: BeheerContext, view: MeansView, what: str, error: str = ""
) -> ContactPage:
    around, person = asker(console), console.sql.get_one(Person, view.means.person_id)
    why_not = contact.why_not_mobile if what == "mobile" else contact.why_not_email
    endpoint = "console.ask_mobile" if what == "mobile" else "console.ask_email"
    address = url_for(endpoint, person_id=person.id)
    shown = person.email or "" if what == "email" else ""
    return ContactPage(
        console=console.frame,
        what=what,
        person_id=person.id,
        person=person.display_name,
        value=request.form.get("waarde", shown)[:254],
        countries=sms_limits.countries(console.rt),
        blocked=why_not(console.sql, around, view) or "",
        is_too_old=decision_rules.lack_to_decide(console.login, console.now) is not None,
        again=f"{address}?{AGAIN}=ja",
        error=error,
    )
