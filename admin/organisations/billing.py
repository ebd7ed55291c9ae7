"""Changing how invoices go: by an administrator at ``/beheer``, the contract by who runs the
installation. Each change is in the audit, told by mail at the old address and the new one, and
handed on to whoever sends invoices.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from admin.actor import Actor, ActorKind
from admin.mandates import administrators, decision_rules
from admin.mandates.decision_rules import DeciderLogin
from admin.organisations import billing_rules
from admin.organisations.billing_rules import BillingChange, BillingFault, BillingRefused
from broker.texts import company_mails
from consent import requests
from directory import billing as invoices
from directory.billing import SEALED_AS, Billing, InvoicesBy, PaidBy
from directory.organisations import Organisation
from keys.sealing import Sealer
from state import audit, outbox
from state.audit import AuditEvent, EventTag
from state.locks import Held, one_at_a_time
from state.outbox import Message
from state.trace import new_reference

SUBJECT: Final = "billing.changed"
CONTRACT: Final = "contract"


@dataclass(frozen=True)
class BillingAround:
    """Whose invoices, who changes them and when. ``login``: of an administrator, None for who runs
    the installation; ``hands_on``: somebody is told who sends invoices.
    """

    organisation_id: str
    actor: Actor
    login: DeciderLogin | None
    sealer: Sealer
    now: datetime
    hands_on: bool


def change(session: Session, around: BillingAround, what: BillingChange, typed: str) -> Billing:
    """Raises NotAdministrator, LoginNotEnough, BillingRefused. The caller commits, or rolls
    back.
    """
    row = _held(session, around)
    if around.actor.kind is ActorKind.ADMINISTRATOR:
        administrators.demand(session, around.actor.logged_in, around.organisation_id, around.now)
        assert around.login is not None
        decision_rules.demand(decision_rules.lack_to_decide(around.login, around.now))
    value, fault = billing_rules.read(what, typed), billing_rules.fault(what, row)
    if fault is not None:
        raise BillingRefused(fault)
    before = row.invoice_email
    if not _changes(row, what, value, around.sealer):
        raise BillingRefused(BillingFault.SAME)
    _follow(session, around, row, str(what), before)
    return row


def set_contract(
    session: Session, around: BillingAround, begins: date | None, ends: date | None
) -> Billing:
    """As it was agreed. The caller commits."""
    row = _held(session, around)
    row.contract_from, row.contract_until = begins, ends
    _follow(session, around, row, CONTRACT, row.invoice_email)
    return row


def account_of(row: Billing, sealer: Sealer) -> str | None:
    """The whole account number, for who pays by it."""
    if row.iban is None:
        return None
    return sealer.open(row.iban, _context(row)).decode()


def _held(session: Session, around: BillingAround) -> Billing:
    one_at_a_time(session, Held.BILLING, around.organisation_id)
    row = invoices.billing_of(session, around.organisation_id, held=True)
    session.add(row)
    return row


def _changes(row: Billing, what: BillingChange, value: str, sealer: Sealer) -> bool:
    """Does it become something else?"""
    match what:
        case BillingChange.ACCOUNT:
            if account_of(row, sealer) == value:
                return False
            row.iban = sealer.seal(value.encode(), _context(row))
            row.iban_end = value[-4:]
        case BillingChange.ADDRESS:
            if row.invoice_email == value:
                return False
            row.invoice_email = value
        case BillingChange.BY_MAIL:
            row.invoices_by = InvoicesBy.MAIL
        case BillingChange.BY_DEBIT:
            row.paid_by = PaidBy.DEBIT
    return True


def _context(row: Billing) -> str:
    return SEALED_AS.format(organisation_id=row.organisation_id)


def _follow(
    session: Session, around: BillingAround, row: Billing, what: str, old_address: str | None
) -> None:
    row.version, row.changed_at = row.version + 1, around.now
    session.flush()
    organisation, reference = session.get_one(Organisation, row.organisation_id), new_reference()
    audit.record(
        session,
        AuditEvent(
            EventTag.BILLING_CHANGED,
            around.now,
            reference,
            person_id=around.actor.person_id,
            organisation_id=organisation.id,
            reason=what,
            details={"version": row.version},
        ),
    )
    told = {old_address: "nl", row.invoice_email: "nl"}
    for person in requests.administrators_of(session, organisation.id, around.now):
        told[person.email] = person.locale
    for address, locale in told.items():
        if address:
            mail = company_mails.billing_changed(
                address, locale, organisation.name, what, _shown(row, what), reference
            )
            outbox.enqueue(session, around.sealer, mail, around.now)
    if around.hands_on:
        text = json.dumps(_document(row, organisation, what, around))
        message = Message("invoicing", organisation.kvk, SUBJECT, text, reference)
        outbox.enqueue(session, around.sealer, message, around.now)


def _shown(row: Billing, what: str) -> str:
    """The new value as a mail may say it."""
    if what == BillingChange.ACCOUNT:
        return billing_rules.masked(row.iban_end)
    return row.invoice_email or "" if what == BillingChange.ADDRESS else ""


def _document(
    row: Billing, organisation: Organisation, what: str, around: BillingAround
) -> dict[str, object]:
    """Everything as it is now, so that a message that comes late or twice does no harm: the highest
    ``version`` counts.
    """
    return {
        "organisation": organisation.kvk,
        "name": organisation.name,
        "changed": what,
        "version": row.version,
        "at": around.now.isoformat(),
        "iban": account_of(row, around.sealer),
        "invoice_email": row.invoice_email,
        "invoices_by": str(row.invoices_by),
        "paid_by": str(row.paid_by),
        "contract_from": row.contract_from.isoformat() if row.contract_from else None,
        "contract_until": row.contract_until.isoformat() if row.contract_until else None,
    }
