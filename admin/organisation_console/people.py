"""The people of the company at ``/beheer``: who they are, how high they can log in, and what each
may do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from admin.mandates import colleagues, factor_numbers
from admin.mandates.colleagues import CompanyPerson
from admin.mandates.means import MeansState
from admin.means import overview
from admin.means.overview import MeansView
from admin.organisation_console import files
from admin.organisation_console.access import BeheerContext, absent, blueprint, requires
from admin.organisation_console.mandates import rows_of
from admin.organisation_console.means_access import restriction_name
from admin.organisation_console.means_panel import BEFORE_AND_BETWEEN, panel_of, state_with
from admin.organisation_console.people_pages import PeoplePage, PersonPage, PersonRow
from broker.web.endpoints import Endpoint
from broker.web.lists.cells import Cell
from broker.web.lists.file import ListFile
from broker.web.lists.memory import HeldList
from broker.web.lists.request import ListFilter, ListRules
from broker.web.responses import show
from directory import invitations
from directory.people import Role

LEVELS: Final = ("EH2", "EH2+", "EH3", "EH4")
OVER: Final = ("undo", "revoked", "left")  # mandates that are not counted
# Restricted is a means at one service; in a list of people it is one that works.
STATES: Final = (
    *(one for one in MeansState if one is not MeansState.RESTRICTED),
    *BEFORE_AND_BETWEEN,
)
RULES: Final = ListRules(
    columns=("naam", "machtigingen"),
    filters=(
        ListFilter("rol", tuple(Role)),
        ListFilter("niveau", LEVELS),
        ListFilter("stand", STATES),
    ),
)
_HELD: Final = HeldList[PersonRow](
    words=lambda row: (row.name, row.email),
    keys={"naam": lambda row: row.name, "machtigingen": lambda row: row.mandates},
    values={
        "rol": lambda row: row.role,
        "niveau": lambda row: row.level or "",
        "stand": lambda row: row.state,
    },
)


@blueprint.get("/gebruikers")
@Endpoint(limit="console", kept=(*RULES.names, "done"))
@requires(Role.ADMINISTRATOR)
def people(console: BeheerContext) -> Response:
    """Everybody of this company."""
    asked, address = RULES.read(request.args), url_for("console.people")
    return show(
        PeoplePage(
            console.frame,
            _HELD.page(_rows(console), asked, address),
            invited=len(invitations.waiting_at(console.sql, console.here.id)),
            done=request.args.get("done", ""),
        )
    )


@blueprint.post("/gebruikers/lijst")
@Endpoint(limit="console", shown_at="console.people")
@requires(Role.ADMINISTRATOR)
def people_file(console: BeheerContext) -> Response:
    """The same rows as a file."""
    asked = RULES.read(request.args)
    found = _HELD.matching(_rows(console), asked)
    head = (_("UniekID"), _("Naam"), _("E-mailadres"), _("Rol"), _("Status"), _("Niveau"))
    file = ListFile("gebruikers", (*head, _("OTP- of sms-nummer")), _cells(console, found))
    return files.take(console, "people", asked, file)


@blueprint.get("/gebruikers/<person_id>")
@Endpoint(limit="console", kept=("done",))
@requires(Role.ADMINISTRATOR)
def person(console: BeheerContext, person_id: str) -> Response:
    """One of them, with what this person may do."""
    makelaars = console.rt.configuration.providers
    found = colleagues.one(console.sql, makelaars, console.here.id, person_id, console.now)
    rows = tuple(rows_of(console, person_id))
    if found is None:
        absent(console)
    number = sum(one.state not in OVER for one in rows)
    view = overview.one(console.sql, console.here.id, person_id, console.now)
    row, done = _row(console, found, number, view), request.args.get("done", "")
    left = colleagues.left_at(console.sql, console.here.id, person_id, console.now)
    panel = panel_of(console, found, view)
    return show(PersonPage(console.frame, row, rows, panel, left=left, done=done))


def _rows(console: BeheerContext) -> list[PersonRow]:
    makelaars = console.rt.configuration.providers
    numbers: dict[str, int] = {}
    for one in rows_of(console):
        if one.state not in OVER:
            numbers[one.person_id] = numbers.get(one.person_id, 0) + 1
    found = colleagues.at(console.sql, makelaars, console.here.id, console.now)
    views = overview.at(console.sql, console.here.id, console.now)
    return [_row(console, one, numbers.get(one.id, 0), views.get(one.id)) for one in found]


def _row(
    console: BeheerContext, one: CompanyPerson, number: int, view: MeansView | None
) -> PersonRow:
    state = state_with(one.means.state, view)
    return PersonRow(
        id=one.id,
        name=one.name,
        email=one.email,
        role=str(one.role),
        level=one.level.label if one.level is not None else None,
        state=state,
        since=one.since,
        mandates=number,
        is_self=one.id == console.person_id,
        deadline=view.deadline if view is not None and state in ("activation", "expired") else None,
        only_at=restriction_name(console, view.means.provider_oin) if view is not None else "",
        is_active=one.is_active,
    )


def _cells(console: BeheerContext, rows: Sequence[PersonRow]) -> Iterator[tuple[Cell, ...]]:
    numbers = factor_numbers.of_people(console.sql, [row.id for row in rows])
    for row in rows:
        role, state = files.role(row.role), files.means(row.state)
        yield row.id, row.name, row.email, role, state, row.level, numbers.get(row.id)
