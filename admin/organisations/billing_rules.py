"""What an administrator may change about invoices: the account number and the invoice address; from
post to e-mail and from transfer to direct debit, not back. Pure rules.
"""

from __future__ import annotations

import enum
import re
from typing import Final

from email_validator import EmailNotValidError, validate_email
from stdnum import iban
from stdnum.exceptions import ValidationError as NumberInvalid

from broker.texts.quoting import one_line
from directory.billing import Billing, InvoicesBy, PaidBy


class BillingChange(enum.StrEnum):
    """What is changed; the value stands in the address of its page."""

    ACCOUNT = "rekeningnummer"
    ADDRESS = "factuuradres"
    BY_MAIL = "factuur-per-e-mail"
    BY_DEBIT = "automatische-incasso"


class BillingFault(enum.StrEnum):
    """Why it cannot be."""

    NO_IBAN = "no_iban"
    NO_EMAIL = "no_email"
    SAME = "same"
    ADDRESS_FIRST = "address_first"
    ACCOUNT_FIRST = "account_first"


class BillingRefused(Exception):
    """Nothing changed."""

    def __init__(self, why: BillingFault) -> None:
        super().__init__(why)
        self.why = why


SWITCHES: Final = frozenset({BillingChange.BY_MAIL, BillingChange.BY_DEBIT})
_LABEL: Final = re.compile(r"^\s*IBAN\b[\s:]*", re.IGNORECASE)
_HIDDEN: Final = "••••"


def read(change: BillingChange, typed: str) -> str:
    """What somebody typed, as it is kept: an IBAN without spaces and in capitals, an address as it
    is written. Raises BillingRefused.
    """
    if change is BillingChange.ACCOUNT:
        try:
            return str(iban.validate(_LABEL.sub("", one_line(typed))))
        except NumberInvalid:
            raise BillingRefused(BillingFault.NO_IBAN) from None
    if change is BillingChange.ADDRESS:
        try:
            found = validate_email(typed.strip(), check_deliverability=False)
        except EmailNotValidError:
            raise BillingRefused(BillingFault.NO_EMAIL) from None
        return found.normalized
    return ""


def fault(change: BillingChange, billing: Billing) -> BillingFault | None:
    """What stands in the way of a switch."""
    if change is BillingChange.BY_MAIL:
        if billing.invoices_by is InvoicesBy.MAIL:
            return BillingFault.SAME
        return BillingFault.ADDRESS_FIRST if billing.invoice_email is None else None
    if change is BillingChange.BY_DEBIT:
        if billing.paid_by is PaidBy.DEBIT:
            return BillingFault.SAME
        return BillingFault.ACCOUNT_FIRST if billing.iban is None else None
    return None


def masked(end: str | None) -> str:
    """``•••• 4300``: enough to recognise an account by, empty where there is none."""
    return f"{_HIDDEN} {end}" if end else ""
