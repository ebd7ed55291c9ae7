"""Operators: who they are, in which roles, and ending somebody's access. Making one is a command at
the machine.
"""

from __future__ import annotations

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from admin.actor import Actor
from admin.operator_console.access import OperatorContext, blueprint, requires
from admin.operator_console.pages import EndOperatorPage, OperatorRow, OperatorsPage
from admin.operators import access, roles
from admin.operators.access import NoSuchOperator
from admin.operators.roles import Operator, Permission
from broker.errors import PageError
from broker.web.endpoints import Endpoint
from broker.web.responses import show
from state.db import writing


@blueprint.get("/operators")
@Endpoint(limit="console", kept=("done",))
@requires(Permission.READ_OPERATORS)
def people(desk: OperatorContext) -> Response:
    """Everybody with a role today."""
    rows = tuple(_row(desk, one) for one in roles.operators_now(desk.rt.session, desk.now))
    page = OperatorsPage(
        desk.frame,
        rows,
        may_end=desk.may(Permission.END_OPERATORS),
        ended=request.args.get("done") == "ended",
    )
    return show(page)


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
