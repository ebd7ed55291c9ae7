"""Sessions per makelaar, ended together: where a key was stolen, or a certificate left because it
was. The command line calls the same use case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from flask import request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from admin.actor import Actor
from admin.operator_console.access import OperatorContext, blueprint, requires
from admin.operator_console.makelaar_session_pages import (
    EndedMakelaarSessionsPage,
    EndMakelaarSessionsPage,
    MakelaarRow,
    MakelaarSessionsPage,
)
from admin.operators.roles import Permission
from admin.people import sessions
from admin.people.sessions import EndReasonMissing, NoSuchMakelaar, SessionChoice
from admin.traces.names import RegistrationNames
from broker.errors import PageError
from broker.texts.quoting import written
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.language import locale
from broker.web.lists.memory import HeldList
from broker.web.lists.request import ListFilter, ListRules
from broker.web.responses import show
from providers.accounts import PROVIDER_ID
from state.db import writing
from state.registrations import Kind

RULES: Final = ListRules(
    columns=("naam",),
    filters=(ListFilter("stand", ("live", "paused", "withdrawn", "ours")),),
)
_HELD: Final = HeldList[MakelaarRow](
    words=lambda row: (row.name, row.id),
    keys={"naam": lambda row: row.name},
    values={"stand": lambda row: row.state},
)


@blueprint.get("/sessies")
@Endpoint(limit="console", kept=RULES.names)
@requires(Permission.END_SESSIONS)
def makelaar_sessions(desk: OperatorContext) -> Response:
    """Every makelaar with a registration of its own, or that had one, and accounts of our own."""
    path = url_for("operator.makelaar_sessions")
    page = _HELD.page(sorted(_rows(desk), key=_by_name), RULES.read(request.args), path)
    return show(MakelaarSessionsPage(desk.frame, page))


@blueprint.get("/sessies/<provider_id>")
@requires(Permission.END_SESSIONS, recent=True)
def ask_to_end_sessions(desk: OperatorContext, provider_id: str) -> Response:
    """How many would end: are you sure?"""
    return show(_question(desk, provider_id))


@blueprint.post("/sessies/<provider_id>")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Permission.END_SESSIONS, recent=True)
def end_sessions(desk: OperatorContext, provider_id: str) -> Response:
    """End them with a reason, and say what ended and who cannot be told."""
    because = written(request.form.get("reden", ""))
    actor = Actor.operator(desk.session.person.id)
    try:
        with writing(desk.rt.session) as sql:
            row = _row(desk, provider_id)
            wanted = SessionChoice(provider_id=provider_id)
            ended = sessions.end(sql, desk.process, wanted, actor=actor, because=because)
    except NoSuchMakelaar:
        raise PageError(404, "not_found", "no makelaar of this id") from None
    except EndReasonMissing:
        return show(_question(desk, provider_id, because, error=True), 422)
    page = EndedMakelaarSessionsPage(
        desk=desk.frame,
        row=row,
        ended=ended,
        told=_named(desk, "client", ended.told),
        not_told=_named(desk, "client", ended.not_told),
        makelaars_not_told=_named(desk, "provider", ended.makelaars_not_told),
    )
    return show(page)


def _question(
    desk: OperatorContext, provider_id: str, reason: str = "", *, error: bool = False
) -> EndMakelaarSessionsPage:
    wanted = SessionChoice(provider_id=provider_id)
    try:
        found = sessions.listed(desk.rt.session, desk.process, wanted)
    except NoSuchMakelaar:
        raise PageError(404, "not_found", "no makelaar of this id") from None
    consoles = sum(one.is_console for one in found)
    row = _row(desk, provider_id)
    return EndMakelaarSessionsPage(
        desk.frame, row, len(found) - consoles, consoles, reason=reason, error=error
    )


def _row(desk: OperatorContext, provider_id: str) -> MakelaarRow:
    """Of a member of a federation too, which no list shows."""
    for row in _rows(desk):
        if row.id == provider_id:
            return row
    record = desk.rt.configuration.providers.get(provider_id)
    if record is None:
        raise NoSuchMakelaar(provider_id)
    return MakelaarRow(record.id, record.name, record.state)


def _rows(desk: OperatorContext) -> Iterator[MakelaarRow]:
    configuration = desk.rt.configuration
    for record in configuration.providers.by_name:
        yield MakelaarRow(record.id, record.name, record.state)
    for (kind, name), called in configuration.former.items():
        if kind is Kind.IDENTITY_PROVIDER and name not in configuration.providers:
            yield MakelaarRow(name, called.in_(locale()), "withdrawn")
    yield MakelaarRow(PROVIDER_ID, _("Eigen accounts"), "ours")


def _by_name(row: MakelaarRow) -> str:
    return row.name.casefold()


def _named(desk: OperatorContext, kind: str, ids: Iterable[str]) -> tuple[str, ...]:
    names = RegistrationNames(desk.rt.session, locale())
    return tuple(names.with_id(kind, one) or one for one in ids)
