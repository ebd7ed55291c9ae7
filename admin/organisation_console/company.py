"""Settings at ``/beheer``: what is known of the company, by which source, and its branch number."""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.mandates.decision_rules import LoginNotEnough
from admin.organisation_console.access import AGAIN, BeheerContext, blueprint, requires
from admin.organisation_console.company_pages import BranchRow, CompanyPage
from admin.organisations import branch_number
from admin.organisations.branch_number import BranchState, BranchWish, NotRemovable
from assurance.levels import highest
from broker.console import sessions
from broker.web.endpoints import Endpoint
from broker.web.responses import show
from directory import organisation_records
from directory.consoles import BEHEER
from directory.organisation_records import NumberChange
from directory.organisations import Organisation, grouped
from directory.people import Role
from state.db import writing


@blueprint.get("/instellingen")
@Endpoint(limit="console", kept=("done",))
@requires(Role.ADMINISTRATOR)
def company(console: BeheerContext) -> Response:
    """What is known, and what can be done about it."""
    if AGAIN in request.args:
        found = branch_number.limited(console.sql, console.here.id, console.now)
        levels = [row.level for row in found.rows]
        return sessions.log_in(BEHEER, level=highest(*levels) if levels else None, force_authn=True)
    return show(_page(console))


@blueprint.post("/instellingen/vestigingsnummer")
@Endpoint(limit="console", shown_at="console.company")
@requires(Role.ADMINISTRATOR)
def remove_branch_number(console: BeheerContext) -> Response:
    """Mandates for the only branch hold for the whole company from now on."""
    wish = BranchWish(
        console.here.id, console.actor, console.login, console.rt.sealer, console.notifier()
    )
    try:
        with writing(console.sql) as sql:
            branch_number.remove(sql, wish)
    except (NotRemovable, LoginNotEnough):
        return show(_page(console), 409)
    return redirect(url_for("console.company", done="removed"), 303)


def _page(console: BeheerContext) -> CompanyPage:
    sql, now = console.sql, console.now
    place = sql.get_one(Organisation, console.here.id, populate_existing=True)
    record = organisation_records.record_of(sql, place.id)
    found = branch_number.limited(sql, place.id, now)
    lack = branch_number.lack(found, console.login, now)
    levels = [row.level for row in found.rows]
    old = organisation_records.old_numbers(sql, place.id)
    return CompanyPage(
        console=console.frame,
        name=place.name,
        kvk=_number(place.kvk),
        rsin=place.rsin,
        address=record.address if record is not None else None,
        telephone=record.telephone if record is not None else None,
        source=str(record.source) if record is not None else "",
        looked_at=record.looked_at if record is not None else None,
        old_numbers=tuple(_number(one.kvk) for one in old if one.why is NumberChange.RENUMBERED),
        merged_numbers=tuple(_number(one.kvk) for one in old if one.why is NumberChange.MERGED),
        branches=tuple(
            BranchRow(grouped(one.number), one.name, one.address) for one in found.branches
        ),
        branch_state=str(found.state),
        limited=len(found.rows),
        lack=str(lack or "") if found.state is BranchState.REMOVABLE else "",
        level=highest(*levels).label if levels else "",
        have=console.login.level.label,
        again=f"{url_for('console.company')}?{AGAIN}=ja",
        has_invoices=console.rt.settings.invoicing.adapter != "none",
        done=request.args.get("done", ""),
    )


def _number(kvk: str) -> str:
    """As people read it: ``9000 1201``."""
    return f"{kvk[:4]} {kvk[4:]}"
