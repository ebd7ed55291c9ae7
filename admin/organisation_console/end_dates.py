"""Another last day for one mandate at ``/beheer``: longer, or shorter from tomorrow on."""

from __future__ import annotations

from datetime import date

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.mandates import end_date
from admin.mandates.decision_rules import LoginNotEnough
from admin.mandates.given import NoSuchMandate
from admin.mandates.giving import NothingToDo
from admin.organisation_console.access import AGAIN, BeheerContext, absent, blueprint, requires
from admin.organisation_console.mandate_pages import EndDatePage
from admin.organisation_console.mandates import one_mandate
from admin.organisation_console.rows import mandate_row
from broker.console import sessions
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.responses import show
from consent import end_dates, mandates, places
from consent.mandates import Mandate, MandateRefused
from directory import dates
from directory.consoles import BEHEER
from directory.people import Role
from state.db import writing


@blueprint.get("/machtiging/<mandate_id>/einddatum")
@requires(Role.ADMINISTRATOR)
def ask_end_date(console: BeheerContext, mandate_id: str) -> Response:
    """Until when?"""
    mandate = _standing(console, mandate_id)
    if AGAIN in request.args:
        return sessions.log_in(BEHEER, level=mandate.level, force_authn=True)
    return show(_page(console, mandate))


@blueprint.post("/machtiging/<mandate_id>/einddatum")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def change_end_date(console: BeheerContext, mandate_id: str) -> Response:
    """Until then."""
    until = chosen_day(console)
    if until is None:
        return show(_page(console, _standing(console, mandate_id), error="no_date"), 422)
    try:
        with writing(console.sql) as session:
            mandate = _standing(console, mandate_id)
            end_date.change(session, console.circumstances(), mandate, until)
    except NoSuchMandate:
        absent(console)
    except LoginNotEnough as lacking:
        page = _page(console, _standing(console, mandate_id), lack=str(lacking.why))
        return show(page, 403)
    except MandateRefused as refused:
        return show(_page(console, _standing(console, mandate_id), error=refused.reason), 422)
    except NothingToDo:
        return show(_page(console, _standing(console, mandate_id), error="same"), 422)
    return redirect(
        url_for("console.mandate", mandate_id=_now_shown(console, mandate), done="changed"), 303
    )


def chosen_day(console: BeheerContext, before: date | None = None) -> date | None:
    """What the form says: so many years from today, or a day; None where it is no day. Who fills in
    another day than there was ``before`` means that day, whatever else is ticked.
    """
    today = dates.day_of(console.now)
    quick = end_dates.quick(today, console.rt.settings.mandates.max_years)
    years, text = request.form.get("jaren", ""), request.form.get("until", "")
    is_new = text not in ("", before.isoformat() if before is not None else "")
    if not is_new and years.isascii() and years.isdigit() and int(years[:3]) in quick:
        return quick[int(years)]
    return dates.typed(text)


def _standing(console: BeheerContext, mandate_id: str) -> Mandate:
    mandate = one_mandate(console, mandate_id)
    if mandate.revoked_at is not None or mandate.valid_until <= console.now:
        absent(console)
    if places.left_behind(console.sql, [mandate], console.now):
        absent(console)
    return mandate


def _now_shown(console: BeheerContext, mandate: Mandate) -> str:
    """The one that people see for it now: what a document gave has another beside it."""
    alike = mandates.same_as(console.sql, mandate, console.now)
    rows = places.without_left(console.sql, alike, console.now)
    return max(rows, key=lambda row: row.valid_until).id if rows else mandate.id


def _page(
    console: BeheerContext, mandate: Mandate, *, error: str = "", lack: str | None = None
) -> EndDatePage:
    row, today = mandate_row(console, mandate), dates.day_of(console.now)
    years = console.rt.settings.mandates.max_years
    if lack is None:
        lack = str(end_date.lack_to_change(console.circumstances(), mandate, None) or "")
    address = url_for("console.ask_end_date", mandate_id=mandate.id)
    return EndDatePage(
        console=console.frame,
        row=row,
        first=end_dates.first(today),
        latest=end_dates.latest(today, years),
        quick=end_dates.quick(today, years) if row.state == "soon" else {},
        lack=lack,
        have=console.login.level.label,
        again=f"{address}?{AGAIN}=ja",
        given=request.form.get("until", "")[: dates.LONGEST_TYPED],
        error=error,
    )
