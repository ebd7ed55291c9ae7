"""Invoices at ``/beheer``: where they go, how they are paid, and changing that. Only where somebody
is told who sends them.
"""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.mandates import decision_rules
from admin.mandates.decision_rules import LoginNotEnough
from admin.organisation_console.access import AGAIN, BeheerContext, absent, blueprint, requires
from admin.organisation_console.company_pages import BillingChangePage, BillingPage
from admin.organisations import billing, billing_rules
from admin.organisations.billing import BillingAround
from admin.organisations.billing_rules import BillingChange, BillingRefused
from broker.console import sessions
from broker.web.endpoints import Endpoint
from broker.web.responses import show
from directory import billing as invoices
from directory.consoles import BEHEER
from directory.people import Role
from state.db import writing

LONGEST = 254


@blueprint.get("/instellingen/facturatie")
@Endpoint(limit="console", kept=("done",))
@requires(Role.ADMINISTRATOR)
def billing_page(console: BeheerContext) -> Response:
    """As it is now. The account number is shown as people recognise it."""
    _demand_invoices(console)
    row = invoices.billing_of(console.sql, console.here.id)
    page = BillingPage(
        console.frame,
        account=billing_rules.masked(row.iban_end),
        invoice_email=row.invoice_email,
        invoices_by=str(row.invoices_by),
        paid_by=str(row.paid_by),
        contract_from=row.contract_from,
        contract_until=row.contract_until,
        done=request.args.get("done", ""),
    )
    return show(page)


@blueprint.get("/instellingen/facturatie/<what>")
@requires(Role.ADMINISTRATOR)
def ask_billing(console: BeheerContext, what: str) -> Response:
    """The new value, or are you sure?"""
    change = _change(console, what)
    if AGAIN in request.args:
        return sessions.log_in(BEHEER, force_authn=True)
    return show(_page(console, change))


@blueprint.post("/instellingen/facturatie/<what>")
@Endpoint(limit="console", shown_at="console.ask_billing")
@requires(Role.ADMINISTRATOR)
def change_billing(console: BeheerContext, what: str) -> Response:
    """Change it; told at the old address and the new one."""
    change, given = _change(console, what), request.form.get("waarde", "")[:LONGEST]
    around = BillingAround(
        organisation_id=console.here.id,
        actor=console.actor,
        login=console.login,
        sealer=console.rt.sealer,
        now=console.now,
        hands_on=True,
    )
    try:
        with writing(console.sql) as sql:
            billing.change(sql, around, change, given)
    except BillingRefused as refused:
        return show(_page(console, change, given, str(refused.why)), 422)
    except LoginNotEnough:
        return show(_page(console, change), 403)
    return redirect(url_for("console.billing_page", done=str(change)), 303)


def _demand_invoices(console: BeheerContext) -> None:
    if console.rt.settings.invoicing.adapter == "none":
        absent(console)


def _change(console: BeheerContext, what: str) -> BillingChange:
    _demand_invoices(console)
    try:
        return BillingChange(what)
    except ValueError:
        absent(console)


def _page(
    console: BeheerContext, change: BillingChange, given: str = "", error: str = ""
) -> BillingChangePage:
    row = invoices.billing_of(console.sql, console.here.id)
    now = {
        BillingChange.ACCOUNT: billing_rules.masked(row.iban_end),
        BillingChange.ADDRESS: row.invoice_email or "",
    }.get(change, "")
    lack = decision_rules.lack_to_decide(console.login, console.now)
    address = url_for("console.ask_billing", what=str(change))
    return BillingChangePage(
        console.frame,
        what=str(change),
        now=now,
        given=given,
        error=error or str(billing_rules.fault(change, row) or ""),
        again=f"{address}?{AGAIN}=ja" if lack is not None else "",
    )
