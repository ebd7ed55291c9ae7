"""Pages of the settings of a company: what is known of it, its branch number, and its invoices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from admin.organisation_console.pages import ConsoleFrame


@dataclass(frozen=True)
class BranchRow:
    """A branch that stands."""

    number: str
    name: str
    address: str | None


@dataclass(frozen=True)
class CompanyPage:
    """``source``: who says so, empty where nobody looked yet (``kvk_api``, ``file``, ``operator``);
    ``branch_state``: can the branch number go (``removable``, ``nothing``, ``several``,
    ``unknown``), of ``limited`` mandates; ``lack``, ``level``, ``have`` and ``again``: what that
    asks of the login; ``done``: ``removed``.
    """

    console: ConsoleFrame
    name: str
    kvk: str
    rsin: str | None
    address: str | None
    telephone: str | None
    source: str
    looked_at: datetime | None
    old_numbers: tuple[str, ...]  # its own
    merged_numbers: tuple[str, ...]  # of those that went up in it
    branches: tuple[BranchRow, ...]
    branch_state: str
    limited: int
    lack: str = ""
    level: str = ""
    have: str = ""
    again: str = ""
    has_invoices: bool = False
    done: str = ""
    template: str = "organisation_console/company.html"


@dataclass(frozen=True)
class BillingPage:
    """``account``: masked, empty where there is none; ``done``: what was changed, the word in the
    address of its page.
    """

    console: ConsoleFrame
    account: str
    invoice_email: str | None
    invoices_by: str
    paid_by: str
    contract_from: date | None
    contract_until: date | None
    done: str = ""
    template: str = "organisation_console/billing.html"


@dataclass(frozen=True)
class BillingChangePage:
    """``what``: the word in the address; ``error``: a word of ``BillingFault``; ``now``: what
    stands there; ``again``: the way to a newer login, empty where this one is new enough.
    """

    console: ConsoleFrame
    what: str
    now: str
    given: str = ""
    error: str = ""
    again: str = ""
    template: str = "organisation_console/billing_change.html"
