"""Operators: who they are, in which roles, and ending somebody's access. Making one is a command at
the machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from admin.actor import Actor
from admin.operator_console import files
from admin.operator_console.access import OperatorContext, blueprint, requires
from admin.operator_console.pages import EndOperatorPage, OperatorRow, OperatorsPage
from admin.operators import access, roles
from admin.operators.access import NoSuchOperator
from admin.operators.roles import Operator, OperatorRole, Permission
from broker.errors import PageError
from broker.web.endpoints import Endpoint
from broker.web.lists.cells import Cell, with_zone
from broker.web.lists.file import ListFile
from broker.web.lists.memory import HeldList
from broker.web.lists.request import ListFilter, ListRules
from broker.web.responses import show
from state.db import writing

STATES: Final = ("active", "waiting", "blocked")
RULES: Final = ListRules(
    columns=("naam", "sinds"),
    filters=(ListFilter("rol", tuple(OperatorRole)), ListFilter("stand", STATES)),
)
_HELD: Final = HeldList[OperatorRow](
    words=lambda row: (row.name, row.user_name),
    keys={"naam": lambda row: row.name, "sinds": lambda row: row.since},
    values={"rol": lambda row: row.roles, "stand": lambda row: row.state},
)


@blueprint.get("/operators")
@Endpoint(limit="console", kept=("done", *RULES.names))
@requires(Permission.READ_OPERATORS)
def people(desk: OperatorContext) -> Response:
    """Everybody with a role today."""
    page = OperatorsPage(
        desk.frame,
        _HELD.page(_rows(desk), RULES.read(request.args), url_for("operator.people")),
        may_end=desk.may(Permission.END_OPERATORS),
        ended=request.args.get("done") == "ended",
    )
    return show(page)


@blueprint.post("/operators/bestand")
@Endpoint(limit="console", shown_at="operator.people")
@requires(Permission.READ_OPERATORS)
def people_file(desk: OperatorContext) -> Response:
    """The same rows as a file."""
    asked = RULES.read(request.args)
    found = _HELD.matching(_rows(desk), asked)
    head = (_("Naam"), _("Gebruikersnaam"), _("Rol"), with_zone(_("Sinds")), _("Stand"))
    file = ListFile("operators", head, _cells(found))
    return files.take(desk, "operators", asked, file)


def _cells(rows: tuple[OperatorRow, ...]) -> Iterator[tuple[Cell, ...]]:
    """Roles and states are the words of the command line and of documents."""
    for row in rows:
        yield row.name, row.user_name, " ".join(row.roles), row.since, row.state


@blueprint.get("/operators/<person_id>/beeindigen")
@requires(Permission.END_OPERATORS, recent=True)
def ask_to_end(desk: OperatorContext, person_id: str) -> Response:
    """Are you sure?"""
    return show(EndOperatorPage(desk.frame, _row(desk, _one(desk, person_id))))


@blueprint.post("/operators/<person_id>/beeindigen")
@requires(Permission.END_OPERATORS, recent=True)
def end(desk: OperatorContext, person_id: str) -> Response:
    """End role, account, factors and sessions of somebody else."""
    one = _one(desk, person_id)
    try:
        with writing(desk.rt.session) as sql:
            actor = Actor.operator(desk.session.person.id)
            access.end(sql, one.user_name, actor=actor, now=desk.now)
    except NoSuchOperator:
        raise PageError(404, "not_found", "ended meanwhile") from None
    return redirect(url_for("operator.people", done="ended"), 303)


def _one(desk: OperatorContext, person_id: str) -> Operator:
    """Another operator than the one who asks: who ends the own access could leave nobody behind."""
    for one in roles.operators_now(desk.rt.session, desk.now):
        if one.person_id == person_id and person_id != desk.session.person.id:
            return one
    raise PageError(404, "not_found", "no such operator")


def _rows(desk: OperatorContext) -> tuple[OperatorRow, ...]:
    return tuple(_row(desk, one) for one in roles.operators_now(desk.rt.session, desk.now))


def _row(desk: OperatorContext, one: Operator) -> OperatorRow:
    return OperatorRow(
        person_id=one.person_id,
        user_name=one.user_name,
        name=one.name,
        roles=tuple(one.roles),
        since=one.since,
        state="blocked" if one.is_blocked else "active" if one.is_set_up else "waiting",
        is_you=one.person_id == desk.session.person.id,
    )
