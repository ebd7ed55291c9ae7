"""Ending the means of somebody at ``/beheer``: when, and at which companies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.mandates import decision_rules
from admin.mandates.decision_rules import LoginNotEnough
from admin.means import ending, overview
from admin.means.around import administered
from admin.means.ending import EndMoment, EndRefused, EndWish
from admin.means.overview import MeansView
from admin.organisation_console.access import AGAIN, BeheerContext, absent, blueprint, requires
from admin.organisation_console.means_access import asker
from admin.organisation_console.means_pages import PlaceChoice
from admin.organisation_console.pages import AdministratorLoggedOutPage, ConsoleFrame
from assurance import means
from assurance.levels import suffices
from broker.console import sessions
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.responses import show
from directory import company_numbers, dates
from directory.company_numbers import NoCompanyNumber
from directory.consoles import BEHEER
from directory.people import Person, Role
from state.db import writing

_STATUS: Final = {"last_administrator": 409, "above_own_level": 403}


@dataclass(frozen=True)
class EndMeansPage:
    """When and where? ``others``: companies that it is linked to besides this one; ``blocked``: why
    it cannot end (``last_administrator``, ``above_own_level``), else empty; ``ends_company``: the
    KvK number is to be typed, for all of the company ends; ``contract``: its last moment.
    """

    console: ConsoleFrame
    person_id: str
    person: str
    is_self: bool
    is_active: bool
    others: tuple[PlaceChoice, ...]
    contract: datetime | None
    first: date
    moment: str
    day: str
    blocked: str
    ends_company: bool
    is_too_old: bool
    again: str
    error: str = ""
    template: str = "organisation_console/end_means.html"


@blueprint.get("/gebruikers/<person_id>/opzeggen")
@requires(Role.ADMINISTRATOR)
def ask_to_end_means(console: BeheerContext, person_id: str) -> Response:
    """When, and where?"""
    view = standing_means(console, person_id)
    if AGAIN in request.args:
        return sessions.log_in(BEHEER, force_authn=True)
    return show(_page(console, view))


@blueprint.post("/gebruikers/<person_id>/opzeggen")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def end_means(console: BeheerContext, person_id: str) -> Response:
    """End it."""
    view = standing_means(console, person_id)
    word = request.form.get("wanneer", "")
    if word not in set(EndMoment):
        return show(_page(console, view, "no_moment"), 422)
    places = tuple(dict.fromkeys((console.here.id, *request.form.getlist("bedrijf"))))
    wish = EndWish(
        means_id=view.means.id,
        organisations=places,
        moment=EndMoment(word),
        day=dates.typed(request.form.get("dag", "")),
        ends_company=_is_number_of(console, request.form.get("kvk", "")),
    )
    try:
        with writing(console.sql) as session:
            ending.end(session, asker(console), wish)
    except LoginNotEnough:
        return show(_page(console, view), 403)
    except EndRefused as refused:
        if refused.why in ("gone", "not_administered"):
            absent(console)
        page = _page(console, standing_means(console, person_id), refused.why)
        return show(page, _STATUS.get(refused.why, 422))
    if wish.ends_company:
        return show(AdministratorLoggedOutPage("company_ended"))
    return redirect(url_for("console.people", done="ended"), 303)


def standing_means(console: BeheerContext, person_id: str) -> MeansView:
    """The means of this person here, while it stands."""
    view = overview.one(console.sql, console.here.id, person_id, console.now)
    return view if view is not None and view.means.refused_at is None else absent(console)


def _is_number_of(console: BeheerContext, typed: str) -> bool:
    try:
        return company_numbers.read(typed) == console.here.kvk
    except NoCompanyNumber:
        return False


def _page(console: BeheerContext, view: MeansView, error: str = "") -> EndMeansPage:
    around, made = asker(console), view.means
    own = administered(console.sql, around)
    linked = [row.organisation_id for row in means.links(console.sql, made.id, console.now)]
    chosen = request.form.getlist("bedrijf")
    others = tuple(
        PlaceChoice(
            id=one,
            name=own[one][0].name,
            kvk=f"{own[one][0].kvk[:4]} {own[one][0].kvk[4:]}",
            own=own[one][1].label,
            is_here=False,
            is_chosen=one in chosen,
            why_not="" if suffices(own[one][1], made.level) else "above_own_level",
        )
        for one in linked
        if one in own and one != console.here.id
    )
    here = EndWish(made.id, (console.here.id,), EndMoment.NOW)
    blocked = ending.why_not(console.sql, around, made, here) or ""
    ends_all = blocked == "ends_company"
    address = url_for("console.ask_to_end_means", person_id=made.person_id)
    return EndMeansPage(
        console=console.frame,
        person_id=made.person_id,
        person=console.sql.get_one(Person, made.person_id).display_name,
        is_self=made.person_id == console.person_id,
        is_active=made.activated_at is not None,
        others=others,
        contract=made.contract_until,
        first=dates.day_of(console.now),
        moment=request.form.get("wanneer", "now"),
        day=request.form.get("dag", "")[: dates.LONGEST_TYPED],
        blocked="" if ends_all else blocked,
        ends_company=ends_all,
        is_too_old=decision_rules.lack_to_decide(console.login, console.now) is not None,
        again=f"{address}?{AGAIN}=ja",
        error=error,
    )
