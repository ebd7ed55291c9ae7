"""The role of a colleague at ``/beheer``: until when somebody is an administrator, and making that
longer.
"""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.mandates import decision_rules
from admin.mandates.decision_rules import LoginNotEnough
from admin.organisation_console.access import AGAIN, BeheerContext, absent, blueprint, requires
from admin.organisation_console.term_pages import RolePage
from admin.terms import role_extension
from admin.terms.role_extension import ExtensionFault, ExtensionRefused, ExtensionWish
from broker.console import sessions
from broker.web.endpoints import Endpoint
from broker.web.responses import show
from directory import administrator_role, dates
from directory.consoles import BEHEER
from directory.people import Role
from state.db import writing


@blueprint.get("/gebruikers/<person_id>/rol")
@Endpoint(limit="console", kept=("done",))
@requires(Role.ADMINISTRATOR)
def show_role(console: BeheerContext, person_id: str) -> Response:
    """Until when, and the button."""
    if AGAIN in request.args:
        return sessions.log_in(BEHEER, force_authn=True)
    return show(_page(console, person_id))


@blueprint.post("/gebruikers/<person_id>/rol")
@Endpoint(limit="console", shown_at="console.show_role")
@requires(Role.ADMINISTRATOR)
def extend_role(console: BeheerContext, person_id: str) -> Response:
    """Five years from today."""
    wish = ExtensionWish(
        organisation_id=console.here.id,
        person_id=person_id,
        actor=console.actor,
        login=console.login,
        sealer=console.rt.sealer,
        now=console.now,
    )
    try:
        with writing(console.sql) as sql:
            role_extension.extend(sql, wish)
    except (ExtensionRefused, LoginNotEnough):
        return show(_page(console, person_id), 409)
    return redirect(url_for("console.show_role", person_id=person_id, done="extended"), 303)


def _page(console: BeheerContext, person_id: str) -> RolePage:
    place = role_extension.place_of(console.sql, console.here.id, person_id, console.now)
    if place is None:
        absent(console)
    fault = role_extension.fault(place, console.person_id, console.now)
    is_administrator = fault is not ExtensionFault.NO_ADMINISTRATOR
    last, today = administrator_role.last_day(place), dates.day_of(console.now)
    lack = decision_rules.lack_to_decide(console.login, console.now) if fault is None else None
    address = url_for("console.show_role", person_id=person_id)
    return RolePage(
        console=console.frame,
        person_id=person_id,
        person=place.person.display_name,
        until=dates.end_of(last) if is_administrator else None,
        is_over=last < today,
        next_until=dates.end_of(dates.years_after(today, administrator_role.YEARS)),
        fault=str(fault or ""),
        again=f"{address}?{AGAIN}=ja" if lack is not None else "",
        done=request.args.get("done", ""),
    )
