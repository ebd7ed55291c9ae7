"""Accounts that first administrators asked for themselves: who, for which organisation, when. What
they say of the organisation nobody checked, and it gives them nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from werkzeug.wrappers import Response

from admin.operator_console.access import OperatorContext, blueprint, requires
from admin.operator_console.pages import DeskFrame
from admin.operators.roles import Permission
from broker.web.responses import show
from directory import groups

MOST: Final = 200


@dataclass(frozen=True)
class AccountRequestRow:
    """``kvk`` and ``organisation``: as they were filled in; ``companies``: in the group now."""

    person: str
    email: str | None
    organisation: str
    kvk: str
    group: str
    asked_at: datetime
    companies: int


@dataclass(frozen=True)
class AccountRequestsPage:
    """``is_open``: whether such a request can be made now."""

    desk: DeskFrame
    rows: tuple[AccountRequestRow, ...]
    is_open: bool
    most: int = MOST
    template: str = "operator_console/account_requests.html"


@blueprint.get("/accounts")
@requires(Permission.READ_REQUESTS)
def account_requests(desk: OperatorContext) -> Response:
    """The last ones, newest first."""
    sql = desk.rt.session
    rows = tuple(
        AccountRequestRow(
            person=one.person.display_name,
            email=one.person.email,
            organisation=one.organisation_name,
            kvk=f"{one.kvk[:4]} {one.kvk[4:]}",
            group=one.group.short_name,
            asked_at=one.asked_at,
            companies=len(groups.companies(sql, one.group_id)),
        )
        for one in groups.account_requests(sql, MOST)
    )
    return show(AccountRequestsPage(desk.frame, rows, desk.rt.settings.joining.account_requests))
