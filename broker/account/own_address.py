"""Another e-mail address, by the person: it counts once a code came back from there, and the old
one is told.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Final

from flask import redirect, request, url_for
from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from assurance import enrolment, sms
from broker.account import pending_enrolment
from broker.account.access import AccountContext, owner
from broker.account.factors import blueprint
from broker.account.own_address_pages import OwnAddressCodePage, OwnAddressPage
from broker.account.pending_enrolment import Pending
from broker.texts import account_mails, notices
from broker.web.responses import show
from directory.origin import Origin
from directory.people import Person
from providers import accounts, recovery
from providers.accounts import Account, NameRefused, canonical_email
from providers.new_accounts import AddressTaken
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import is_duplicate, writing
from state.limits import Limit, spend
from state.outbox import enqueue

ADDRESS: Final = "address"  # what is pending
PER_OWNER: Final = Limit("address-owner", 5, 86400)
PER_ADDRESS: Final = Limit("address-mail", 3, 86400)  # to somebody who may not be the owner
TRIES: Final = Limit("address-tries", 3, 600)


@blueprint.get("/e-mail")
def ask_address() -> Response:
    """Which address gets messages from now on?"""
    return show(_page(_changer()))


@blueprint.post("/e-mail")
def send_address_code() -> Response:
    """A code to the new address; it counts once that code came back."""
    who = _changer()
    if _is_of_document(who):
        return show(_page(who), 403)
    given = request.form.get("email", "")
    try:
        address = canonical_email(given)
    except NameRefused:
        return show(_page(who, "not_an_address", given), 422)
    if address == (who.person.email or "").lower():
        return show(_page(who, "same", given), 422)
    is_over = bool(spend(who.rt.store, (PER_OWNER, who.person.id)))
    if is_over or spend(who.rt.store, (PER_ADDRESS, address)):
        return show(_page(who, "limited", given), 422)
    code, now = sms.new_code(), who.session.now
    mail = account_mails.confirm_address(address, who.person.locale, who.rt.settings.ui.name, code)
    with writing(who.rt.session) as session:
        until = now + pending_enrolment.HOLDS
        enqueue(session, who.rt.sealer, mail, now, until=until)
    pending_enrolment.put(who, ADDRESS, Pending(address, now, _code_hash(who, address, code)))
    return redirect(url_for("mine.ask_address_code"), 303)


@blueprint.get("/e-mail/code")
def ask_address_code() -> Response:
    """The code that was sent."""
    who = _changer()
    begun = pending_enrolment.get(who, ADDRESS)
    if begun is None:
        return redirect(url_for("mine.ask_address"), 303)
    return show(_code_page(who, begun))


@blueprint.post("/e-mail/code")
def change_address() -> Response:
    """The right code makes it the address; the old one is told."""
    who = _changer()
    begun = pending_enrolment.get(who, ADDRESS)
    if begun is None or _is_of_document(who):
        return redirect(url_for("mine.ask_address"), 303)
    given = _code_hash(who, begun.secret, request.form.get("code", ""))
    used_up = bool(spend(who.rt.store, (TRIES, begun.code_hash)))
    if used_up or not hmac.compare_digest(given, begun.code_hash):
        return show(_code_page(who, begun, "wrong"), 422)
    if pending_enrolment.take(who, ADDRESS) != begun:
        return redirect(url_for("mine.ask_address"), 303)
    try:
        with writing(who.rt.session) as session:
            _change(session, who, begun.secret, who.session.now)
    except AddressTaken:  # who read the code has the address, and may know
        return show(_page(who, "taken", begun.secret), 422)
    return redirect(url_for("mine.front", done="address"), 303)


def _change(session: Session, who: AccountContext, address: str, now: datetime) -> None:
    person = session.get_one(Person, who.person.id, with_for_update=True, populate_existing=True)
    old = {person.email} - {None}
    account = accounts.of_person(session, person.id)
    if account is not None:
        recovery.forget(account)  # a link that went to the old address opens nothing
        if account.email is not None and account.origin is not Origin.DOCUMENT:
            _demand_free(session, account, address)
            old.add(account.email)
            account.email = address
            try:
                session.flush()
            except IntegrityError as met:
                if not is_duplicate(met, Account.email):
                    raise
                raise AddressTaken from None  # somebody else was first, at this very moment
    person.email = address
    audit.record(
        session,
        AuditEvent(
            EventTag.ADDRESS_CHANGED, now, person_id=person.id, details={"person": person.id}
        ),
    )
    for one in sorted(known for known in old if known is not None and known != address):
        message = notices.address_changed(who.rt.base_url, person, one)
        enqueue(session, who.rt.sealer, message, now)


def _demand_free(session: Session, account: Account, address: str) -> None:
    """Names and addresses of accounts are one set. Raises AddressTaken."""
    query = select(Account.id).where(
        or_(Account.email == address, Account.user_name == address), Account.id != account.id
    )
    if session.scalars(query).first() is not None:
        raise AddressTaken


def _changer() -> AccountContext:
    """Who is here, with a login of now that is worth as much as the factors. Raises LogInFirst."""
    who = owner()
    level = enrolment.level_to_end(who.factors, who.gives)
    who.demand(level, after="mine.ask_address")
    return who


def _is_of_document(who: AccountContext) -> bool:
    """The next reading of a document would bring the old one back."""
    return who.person.origin is Origin.DOCUMENT


def _page(who: AccountContext, error: str = "", given: str = "") -> OwnAddressPage:
    return OwnAddressPage(who.frame, who.person.email, _is_of_document(who), error, given)


def _code_page(who: AccountContext, begun: Pending, error: str = "") -> OwnAddressCodePage:
    until = begun.began_at + pending_enrolment.HOLDS
    return OwnAddressCodePage(who.frame, begun.secret, until, error)


def _code_hash(who: AccountContext, address: str, code: str) -> str:
    """Bound to this session and this address."""
    grant = who.session.grant_id
    return sms.code_hash(who.rt.sealer, login_id=grant, factor_id=address, code=code)
