"""No account yet: a first administrator asks for an e-mail account and a group, at
``/toegang/aanvragen``, where the installation allows it. One answer for every address.
"""

from __future__ import annotations

from dataclasses import replace
from functools import wraps
from typing import Any, Final

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.groups import first_administrator
from admin.groups.first_administrator import OrganisationKnown, WantedAccount
from admin.joining import email_codes, request_ticket
from admin.joining.access import blueprint
from admin.joining.request_pages import (
    AccountMadePage,
    AlreadyUsesPage,
    AskNamesPage,
    AskOrganisationPage,
    AskPersonPage,
    RequestCodePage,
    StepTimePage,
)
from admin.joining.request_ticket import RequestTicket
from broker.errors import PageError
from broker.runtime import Runtime, runtime
from broker.texts import account_request_mails
from broker.web import form_subject
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.language import locale
from broker.web.responses import show
from broker.web.time_left import asks_facts, facts, show_time
from directory import company_numbers
from directory.company_numbers import NoCompanyNumber
from directory.groups import GroupNameRefused
from providers import new_accounts
from providers.accounts import NameRefused, canonical_email
from providers.new_accounts import AddressTaken, UserNameTaken
from state import limits, outbox
from state.db import new_id, writing
from state.limits import Limit, network_of

LONGEST: Final = 200
LOOK: Final = Limit("account-request-looks", 20, 3600)  # at organisations, from one network
FROM_NETWORK: Final = Limit("account-request-network", 10, 86400)
TO_ADDRESS: Final = Limit("account-request-address", 3, 86400)  # mail to one person
NAMES: Final = Limit("account-request-names", 20, 3600)  # tries of a user name or group name


def _allowed(view: Any) -> Any:
    """Only where the installation says so; elsewhere there is no such page."""

    @wraps(view)
    def entered(**values: Any) -> Response:
        if not runtime().settings.joining.account_requests:
            raise PageError(404, "not_found", "joining.account_requests is off")
        answer: Response = view(**values)
        return answer

    return entered


@blueprint.get("/aanvragen")
@_allowed
def ask_organisation() -> Response:
    """Does the organisation use this already?"""
    return show(AskOrganisationPage())


@blueprint.post("/aanvragen")
@Endpoint(limit="console", shown_at=ITSELF)
@_allowed
def look_at_organisation() -> Response:
    """To its administrators where it has any, else on."""
    rt = runtime()
    typed = request.form.get("kvk", "")
    try:
        kvk = company_numbers.read(typed)
    except NoCompanyNumber as wrong:
        return show(AskOrganisationPage(typed[:20], str(wrong.why)), 422)
    if limits.spend(rt.store, (LOOK, _network())):
        return show(AskOrganisationPage(kvk, "limited"), 429)
    known = first_administrator.already_uses(rt.session, kvk, rt.clock())
    if known is not None:
        return show(AlreadyUsesPage(known.name, known.administrators))
    response = redirect(url_for("joining.ask_person"), 303)
    request_ticket.hand_out(response, rt, RequestTicket(new_id(), kvk, rt.clock()))
    return response


@blueprint.get("/aanvragen/gegevens")
@_allowed
def ask_person() -> Response:
    """Who asks, and at which address?"""
    held = _held(runtime())
    if held is None:
        return redirect(url_for("joining.ask_organisation"), 303)
    page = AskPersonPage(held.kvk, held.organisation, held.name, held.email)
    return _show(held, page)


@blueprint.post("/aanvragen/gegevens")
@Endpoint(limit="console", shown_at=ITSELF)
@_allowed
def send_request_code() -> Response:
    """Mail a code; or, where there is an account, that there is one. The page is the same."""
    rt, form = runtime(), request.form
    held = _held(rt)
    if held is None:
        return redirect(url_for("joining.ask_organisation"), 303)
    organisation, name = (_line(form.get(field, "")) for field in ("organisatie", "naam"))
    page = AskPersonPage(held.kvk, organisation, name, form.get("email", "")[:254])
    errors = [
        error
        for error, value in (("organisation", organisation), ("name", name))
        if not value or len(value) > LONGEST or not value.isprintable() or "/" in value
    ]
    email = ""
    try:
        email = canonical_email(form.get("email", ""))
    except NameRefused:
        errors.append("email")
    if errors:
        return _show(held, replace(page, errors=tuple(errors)), 422)
    if limits.spend(rt.store, (FROM_NETWORK, _network()), (TO_ADDRESS, email)):
        return show(replace(page, errors=("limited",)), 429)
    wanted = replace(
        held, organisation=organisation, name=name, email=email, has_proof=False, browser=new_id()
    )
    _send(rt, wanted)
    response = redirect(url_for("joining.ask_request_code"), 303)
    request_ticket.hand_out(response, rt, wanted)
    return response


@blueprint.get("/aanvragen/tijd")
@_allowed
def more_time() -> Response:
    """An hour from now, within the day, for the step that stands open beside this page."""
    held = request_ticket.read(runtime())
    if held is None:
        here = redirect(url_for("joining.ask_organisation"), 303)
        return Response(status=401) if asks_facts() else here
    if not asks_facts():
        return _show(held, StepTimePage(request_ticket.time_left(runtime(), held)))
    response = facts(request_ticket.time_left(runtime(), held))
    request_ticket.hand_out(response, runtime(), held)
    return response


@blueprint.get("/aanvragen/code")
@_allowed
def ask_request_code() -> Response:
    """The code that was mailed."""
    held = _held(runtime(), sent=True)
    if held is None or not held.email:
        return redirect(url_for("joining.ask_organisation"), 303)
    if held.has_proof:
        return redirect(url_for("joining.ask_names"), 303)
    return _show(held, RequestCodePage(held.email))


@blueprint.post("/aanvragen/code")
@Endpoint(limit="console", shown_at=ITSELF)
@_allowed
def give_request_code() -> Response:
    """The right code shows that the address is theirs."""
    rt = runtime()
    held = _held(rt, sent=True)
    if held is None or not held.email:
        return redirect(url_for("joining.ask_organisation"), 303)
    if not email_codes.take(rt, held.whose, request.form.get("code", "")):
        return _show(held, RequestCodePage(held.email, "wrong"), 422)
    response = redirect(url_for("joining.ask_names"), 303)
    request_ticket.hand_out(response, rt, held.proven())
    return response


@blueprint.get("/aanvragen/namen")
@_allowed
def ask_names() -> Response:
    """Short names of the group and of the user, which stay."""
    held = _held(runtime(), sent=True)
    if held is None or not held.has_proof:
        return redirect(url_for("joining.ask_organisation"), 303)
    return _show(held, AskNamesPage(held.organisation))


@blueprint.post("/aanvragen/namen")
@Endpoint(limit="console", shown_at=ITSELF)
@_allowed
def make_first_account() -> Response:
    """Make account and group, both or neither; the temporary password goes by mail."""
    rt, form = runtime(), request.form
    held = _held(rt, sent=True)
    if held is None or not held.has_proof:
        return redirect(url_for("joining.ask_organisation"), 303)
    page = AskNamesPage(
        held.organisation, form.get("groepsnaam", "")[:32], form.get("gebruikersnaam", "")[:64]
    )
    if limits.spend(rt.store, (NAMES, held.whose)):
        raise PageError(429, "too_many_requests", "names of account requests")
    wanted = WantedAccount(
        name=held.name,
        email=held.email,
        locale=locale(),
        kvk=held.kvk,
        organisation=held.organisation,
        short_name=page.short_name,
        user_name=page.user_name,
    )
    errors = first_administrator.name_faults(rt.session, wanted)
    if errors:
        return _show(held, replace(page, errors=errors), 422)
    password = first_administrator.new_password()
    hashed = first_administrator.hashed(password)
    try:
        with writing(rt.session) as sql:
            first_administrator.make(
                sql,
                rt.sealer,
                wanted,
                password,
                hashed,
                site=rt.settings.ui.name,
                base_url=rt.base_url,
                now=rt.clock(),
            )
    except OrganisationKnown as found:  # somebody came to administer it meanwhile
        return show(AlreadyUsesPage(found.known.name, found.known.administrators))
    except GroupNameRefused:  # taken at this very moment, as the name below
        return _show(held, replace(page, errors=("taken_group",)), 422)
    except UserNameTaken:
        return _show(held, replace(page, errors=("taken_user",)), 422)
    except AddressTaken:  # made in another browser meanwhile; who reads the mail knows
        return redirect(url_for("joining.account_made"), 303)
    response = redirect(url_for("joining.account_made"), 303)
    request_ticket.take_back(response)
    return response


@blueprint.get("/aanvragen/klaar")
@_allowed
def account_made() -> Response:
    """Look in your mail."""
    return show(AccountMadePage())


def _held(rt: Runtime, *, sent: bool = False) -> RequestTicket | None:
    """What was filled in so far; a form is of its page. ``sent``: in the steps after the code went
    out. Raises PageError.
    """
    held = request_ticket.read(rt)
    if held is not None:
        filled_in = (held.organisation, held.name, held.email) if sent else ()
        form_subject.keep_to(held.kvk, *filled_in)
    return held


def _send(rt: Runtime, wanted: RequestTicket) -> None:
    site, language = rt.settings.ui.name, locale()
    if new_accounts.address_is_taken(rt.session, wanted.email):
        url = rt.base_url + url_for("recovery.ask")
        mail = account_request_mails.has_account(wanted.email, language, site, url)
        with writing(rt.session) as sql:
            outbox.enqueue(sql, rt.sealer, mail, rt.clock())
        return
    email_codes.send(
        rt,
        wanted.whose,
        f"request {wanted.email}",
        lambda code: account_request_mails.code(wanted.email, language, site, code),
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def _network() -> str:
    return network_of(request.remote_addr or "")


def _show(held: RequestTicket, page: Any, status: int = 200) -> Response:
    """A page of a request that is under way, with a whole hour for it, as far as there is."""
    rt = runtime()
    show_time(request_ticket.time_left(rt, held))
    response = show(page, status)
    request_ticket.hand_out(response, rt, held)
    return response
