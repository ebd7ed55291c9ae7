"""Chain mandates that the company gave, at ``/beheer``: by intermediary, one of them by itself,
taking one or all back, and undoing that for a moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from admin.chains import given, intermediaries
from admin.mandates.given import TooLateToUndo
from admin.organisation_console import files
from admin.organisation_console.access import BeheerContext, absent, blueprint, requires
from admin.organisation_console.chain_lists import ChainList, services_of
from admin.organisation_console.chain_pages import (
    IntermediariesPage,
    IntermediaryPage,
)
from admin.organisation_console.chain_rows import chain_row, revocation, shown
from admin.organisation_console.mandates import STILL_SHOWN
from admin.organisation_console.pages import ChainRow
from broker.web.endpoints import Endpoint
from broker.web.lists.cells import Cell
from broker.web.lists.file import ListFile
from broker.web.responses import show
from consent import chains as register
from consent.chains import ChainMandate
from directory import dates
from directory.people import Role
from state.db import writing

LIST: Final = ChainList("intermediair")


@blueprint.get("/ketenmachtigingen")
@Endpoint(limit="console", kept=("done", *LIST.rules.names))
@requires(Role.ADMINISTRATOR)
def chains(console: BeheerContext) -> Response:
    """Every intermediary of this company with what it may do."""
    asked, address = LIST.rules.read(request.args), url_for("console.chains")
    rows = rows_of(console)
    page = IntermediariesPage(
        console.frame,
        LIST.page(rows, asked, address),
        services=services_of(rows),
        done=request.args.get("done", ""),
    )
    return show(page)


@blueprint.post("/ketenmachtigingen/lijst")
@Endpoint(limit="console", shown_at="console.chains")
@requires(Role.ADMINISTRATOR)
def chains_file(console: BeheerContext) -> Response:
    """The chain mandates of the intermediaries that are shown, each in a row, as a file."""
    asked, rows = LIST.rules.read(request.args), rows_of(console)
    head = (_("Intermediair"), _("KvK-nummer"), _("Dienst"), _("UUID van de dienst"), _("Niveau"))
    rest = (_("Begin"), _("Einde"), _("Laatst gebruikt"), _("Stand"))
    file = ListFile("ketenmachtigingen", (*head, *rest), _cells(LIST.chains(rows, asked)))
    return files.take(console, "chain_mandates", asked, file)


@blueprint.get("/ketenmachtigingen/<intermediary_id>")
@Endpoint(limit="console", kept=("done",))
@requires(Role.ADMINISTRATOR)
def intermediary(console: BeheerContext, intermediary_id: str) -> Response:
    """One intermediary: who it is, and what it may do."""
    found = _of(console, intermediary_id)
    page = IntermediaryPage(
        console.frame,
        intermediaries.card(console.sql, found[0].intermediary),
        tuple(chain_row(console, one) for one in found),
        done=request.args.get("done", ""),
    )
    return show(page)


@blueprint.post("/ketenmachtigingen/<intermediary_id>/intrekken")
@requires(Role.ADMINISTRATOR)
def revoke_chain(console: BeheerContext, intermediary_id: str) -> Response:
    """At one service it may do nothing any more from now on, also in logins under way."""
    with writing(console.sql) as session:
        chain = one_chain(console, request.form.get("keten", ""), intermediary_id)
        given.revoke(session, chain, revocation(console))
    return _back(intermediary_id, "revoked")


@blueprint.post("/ketenmachtigingen/<intermediary_id>/alles-intrekken")
@requires(Role.ADMINISTRATOR)
def revoke_chains(console: BeheerContext, intermediary_id: str) -> Response:
    """Nowhere any more."""
    with writing(console.sql) as session:
        _of(console, intermediary_id)
        given.revoke_all(session, console.here.id, intermediary_id, revocation(console))
    return _back(intermediary_id, "revoked")


@blueprint.post("/ketenmachtigingen/<intermediary_id>/ongedaan")
@requires(Role.ADMINISTRATOR)
def undo_chains(console: BeheerContext, intermediary_id: str) -> Response:
    """All of the same stroke counts again, for who took it back a moment ago."""
    try:
        with writing(console.sql) as session:
            chain = one_chain(console, request.form.get("keten", ""), intermediary_id)
            given.restore(session, chain, revocation(console))
    except TooLateToUndo:
        return _back(intermediary_id, "too_late")
    return _back(intermediary_id, "restored")


def rows_of(console: BeheerContext) -> list[ChainRow]:
    """What stands here, and what was taken back today."""
    since = console.now - STILL_SHOWN
    found = register.of_client(console.sql, console.here.id, console.now, ended_since=since)
    return [chain_row(console, one) for one in shown(console, found)]


def one_chain(
    console: BeheerContext, chain_id: str, intermediary_id: str | None = None
) -> ChainMandate:
    """One that this company gave, to this intermediary if one is named; elsewhere there is none."""
    found = register.one(console.sql, chain_id)
    if found is None or intermediary_id not in (None, found.intermediary_id):
        absent(console)
    if found.organisation_id != console.here.id:
        absent(console, found.organisation_id)
    return found


def _of(console: BeheerContext, intermediary_id: str) -> list[ChainMandate]:
    """What this intermediary has or had today of this company; 404 where that is nothing."""
    found = register.of_client(
        console.sql,
        console.here.id,
        console.now,
        intermediary_id=intermediary_id,
        ended_since=console.now - STILL_SHOWN,
    )
    return shown(console, found) if found else absent(console)


def _back(intermediary_id: str, done: str) -> Response:
    """To the page in which the button was, the list as it was asked."""
    if request.form.get("terug") == "intermediair":
        return redirect(
            url_for("console.intermediary", intermediary_id=intermediary_id, done=done), 303
        )
    kept: dict[str, Any] = LIST.rules.read(request.args).query()
    mark = f"i-{intermediary_id}"
    return redirect(url_for("console.chains", done=done, _anchor=mark, **kept), 303)


def _cells(rows: Sequence[ChainRow]) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        since, until = dates.day_of(row.since), dates.day_of(row.until)
        used = dates.day_of(row.last_used) if row.last_used is not None else None
        yield (
            row.other,
            row.other_kvk,
            row.service,
            row.service_uuid,
            row.level,
            since,
            until,
            used,
            files.mandate(row.state),
        )
