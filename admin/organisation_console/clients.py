"""Clients of an intermediary at ``/beheer``: for whom the company may act and where, and giving a
client up, which can be undone for a moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from admin.chains import given, intermediaries
from admin.mandates import colleagues
from admin.mandates.given import TooLateToUndo
from admin.organisation_console import files
from admin.organisation_console.access import BeheerContext, absent, blueprint, requires
from admin.organisation_console.chain_lists import ChainList, services_of
from admin.organisation_console.chain_rows import OFF, OVER, chain_row, revocation, shown
from admin.organisation_console.client_pages import ClientPage, ClientsPage
from admin.organisation_console.mandates import STILL_SHOWN
from admin.organisation_console.pages import ChainRow
from broker.web.endpoints import Endpoint
from broker.web.lists.cells import Cell
from broker.web.lists.file import ListFile
from broker.web.responses import show
from consent import allocations
from consent import chains as register
from consent.chains import ChainMandate
from directory import dates
from directory.people import Role
from state.db import writing

LIST: Final = ChainList("klant")


@blueprint.get("/klanten")
@Endpoint(limit="console", kept=("done", *LIST.rules.names))
@requires(Role.ADMINISTRATOR)
def clients(console: BeheerContext) -> Response:
    """Everybody for whom this company may act."""
    asked, rows = LIST.rules.read(request.args), _rows(console)
    page = ClientsPage(
        console.frame,
        LIST.page(rows, asked, url_for("console.clients")),
        services=services_of(rows),
        done=request.args.get("done", ""),
    )
    return show(page)


@blueprint.post("/klanten/lijst")
@Endpoint(limit="console", shown_at="console.clients")
@requires(Role.ADMINISTRATOR)
def clients_file(console: BeheerContext) -> Response:
    """The chain mandates of the clients that are shown, each in a row, as a file."""
    asked, rows = LIST.rules.read(request.args), _rows(console)
    head = (_("Klant"), _("KvK-nummer"), _("Dienst"), _("UUID van de dienst"), _("Niveau"))
    rest = (_("Begin"), _("Einde"), _("Stand"))
    file = ListFile("klanten", (*head, *rest), _cells(LIST.chains(rows, asked)))
    return files.take(console, "clients", asked, file)


@blueprint.get("/klanten/<client_id>")
@Endpoint(limit="console", kept=("done",))
@requires(Role.ADMINISTRATOR)
def client(console: BeheerContext, client_id: str) -> Response:
    """One of them: where the company may act for it, and who does."""
    found = _of(console, client_id)
    rows = tuple(chain_row(console, one) for one in found)
    limits = allocations.of_people(console.sql, console.here.id)
    makelaars = console.rt.configuration.providers
    people = colleagues.at(console.sql, makelaars, console.here.id, console.now)
    page = ClientPage(
        console.frame,
        intermediaries.card(console.sql, found[0].organisation),
        rows,
        tuple(
            (one.id, one.name)
            for one in people
            if any(
                allocations.may_act(limits.get(one.id), client_id, row.service_uuid)
                for row in rows
                if row.state not in (*OVER, OFF)
            )
        ),
        done=request.args.get("done", ""),
    )
    return show(page)


@blueprint.post("/klanten/<client_id>/opgeven")
@requires(Role.ADMINISTRATOR)
def give_client_up(console: BeheerContext, client_id: str) -> Response:
    """The company acts for this client no more."""
    with writing(console.sql) as session:
        _of(console, client_id)
        given.give_up(session, client_id, console.here.id, revocation(console))
    return _back(client_id, "given_up")


@blueprint.post("/klanten/<client_id>/ongedaan")
@requires(Role.ADMINISTRATOR)
def take_client_up(console: BeheerContext, client_id: str) -> Response:
    """It does again, for who gave the client up a moment ago."""
    here = console.here.id
    chain = register.one(console.sql, request.form.get("keten", ""))
    if chain is None or (chain.organisation_id, chain.intermediary_id) != (client_id, here):
        absent(console)
    try:
        with writing(console.sql) as session:
            given.restore(session, chain, revocation(console), place_id=here)
    except TooLateToUndo:
        return _back(client_id, "too_late")
    return _back(client_id, "taken_up")


def _rows(console: BeheerContext) -> list[ChainRow]:
    since = console.now - STILL_SHOWN
    found = register.of_intermediary(console.sql, console.here.id, console.now, ended_since=since)
    return [chain_row(console, one) for one in shown(console, found)]


def _of(console: BeheerContext, client_id: str) -> list[ChainMandate]:
    """What this client gave the company and stands, or stood today; 404 where that is nothing."""
    found = register.of_intermediary(
        console.sql,
        console.here.id,
        console.now,
        organisation_id=client_id,
        ended_since=console.now - STILL_SHOWN,
    )
    return shown(console, found) if found else absent(console)


def _back(client_id: str, done: str) -> Response:
    """To the page in which the button was, the list as it was asked."""
    if request.form.get("terug") == "klant":
        return redirect(url_for("console.client", client_id=client_id, done=done), 303)
    kept: dict[str, Any] = LIST.rules.read(request.args).query()
    return redirect(url_for("console.clients", done=done, _anchor=f"i-{client_id}", **kept), 303)


def _cells(rows: Sequence[ChainRow]) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        since, until = dates.day_of(row.since), dates.day_of(row.until)
        service = row.service, row.service_uuid, row.level
        yield row.other, row.other_kvk, *service, since, until, files.mandate(row.state)
