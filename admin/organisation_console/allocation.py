"""Who of an intermediary acts for which clients, at ``/beheer``: everybody in a list, and one of
them with a box for each client and service.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from admin.chains import allocating
from admin.chains.allocating import Allocating, NoSuchClient, NoSuchColleague
from admin.mandates import colleagues, decision_rules, to_do
from admin.mandates.colleagues import CompanyPerson
from admin.mandates.decision_rules import LoginNotEnough
from admin.mandates.giving import NothingToDo
from admin.organisation_console import files
from admin.organisation_console.access import AGAIN, BeheerContext, absent, blueprint, requires
from admin.organisation_console.client_pages import (
    AllocationPage,
    AllocationRow,
    AllocationsPage,
    ClientChoice,
)
from admin.organisation_console.steps import has_words, words_asked
from broker.console import sessions
from broker.web.endpoints import ITSELF, Endpoint
from broker.web.lists.cells import Cell
from broker.web.lists.file import ListFile
from broker.web.lists.memory import HeldList
from broker.web.lists.request import ListFilter, ListRules
from broker.web.registration_names import service_name
from broker.web.responses import show
from consent import allocations, chains
from consent.allocations import EVERY_CLIENT, Client, Clients
from consent.chains import ChainMandate
from directory.consoles import BEHEER
from directory.people import Role
from state.db import writing

MOST: Final = 200  # boxes on a page; who has more clients looks for some of them
RULES: Final = ListRules(columns=("naam",), filters=(ListFilter("klanten", ("alle", "gekozen")),))
_HELD: Final = HeldList[AllocationRow](
    words=lambda row: (row.name, row.email),
    keys={"naam": lambda row: row.name},
    values={"klanten": lambda row: "alle" if row.clients is None else "gekozen"},
)


@blueprint.get("/toewijzen")
@Endpoint(limit="console", kept=("done", *RULES.names))
@requires(Role.ADMINISTRATOR)
def allocated(console: BeheerContext) -> Response:
    """Everybody of this company, with for how many clients."""
    asked = RULES.read(request.args)
    rows = list(_rows(console))
    page = _HELD.page(rows, asked, url_for("console.allocated"))
    return show(AllocationsPage(console.frame, page, done=request.args.get("done", "")))


@blueprint.post("/toewijzen/lijst")
@Endpoint(limit="console", shown_at="console.allocated")
@requires(Role.ADMINISTRATOR)
def allocated_file(console: BeheerContext) -> Response:
    """Those that are shown, as a file."""
    asked = RULES.read(request.args)
    head = (_("Naam"), _("E-mailadres"), _("Klanten"), _("Machtigingen"))
    shown = _HELD.matching(list(_rows(console)), asked)
    return files.take(console, "allocations", asked, ListFile("toewijzing", head, _cells(shown)))


@blueprint.get("/toewijzen/<person_id>")
@Endpoint(limit="console", kept=("q",))
@requires(Role.ADMINISTRATOR)
def ask_allocation(console: BeheerContext, person_id: str) -> Response:
    """For which clients?"""
    if AGAIN in request.args:
        return sessions.log_in(BEHEER, force_authn=True)
    return show(_page(console, _colleague(console, person_id)))


@blueprint.post("/toewijzen/<person_id>")
@Endpoint(limit="console", shown_at=ITSELF)
@requires(Role.ADMINISTRATOR)
def allocate(console: BeheerContext, person_id: str) -> Response:
    """For those. What is not on the page stays as it was."""
    one = _colleague(console, person_id)
    try:
        with writing(console.sql) as session:
            wanted = _wanted(console, person_id)
            allocating.allocate(session, _around(console), person_id, wanted)
    except (NoSuchColleague, NoSuchClient):
        absent(console)
    except NothingToDo:
        return show(_page(console, one, error="same"), 422)
    except LoginNotEnough:
        return show(_page(console, one), 403)
    return redirect(url_for("console.allocated", done="allocated"), 303)


def _around(console: BeheerContext) -> Allocating:
    return Allocating(
        intermediary_id=console.here.id,
        actor=console.actor,
        login=console.login,
        makelaars=console.rt.configuration.providers,
        notifier=console.notifier(),
        now=console.now,
    )


def _colleague(console: BeheerContext, person_id: str) -> CompanyPerson:
    makelaars = console.rt.configuration.providers
    found = colleagues.one(console.sql, makelaars, console.here.id, person_id, console.now)
    return found if found is not None else absent(console)


def _wanted(console: BeheerContext, person_id: str) -> Clients | None:
    """What the form says, and of what it did not show, what was."""
    if request.form.get("soort") == "alle":
        return EVERY_CLIENT
    before = allocations.of_person(console.sql, console.here.id, person_id) or frozenset()
    shown = {_client(key) for key in request.form.getlist("getoond")}
    chosen = {_client(key) for key in request.form.getlist("klant")}
    return frozenset((before - shown) | (chosen & shown))


def _client(key: str) -> Client:
    organisation_id, _, uuid = key[:100].partition(".")
    return Client(organisation_id, uuid or None)


def _key(client: Client) -> str:
    return f"{client.organisation_id}.{client.service_uuid or ''}"


def _rows(console: BeheerContext) -> Iterator[AllocationRow]:
    limits = allocations.of_people(console.sql, console.here.id)
    numbers: dict[str, int] = {}
    for one in to_do.counting(console.sql, console.here.id, console.now):
        numbers[one.person_id] = numbers.get(one.person_id, 0) + 1
    makelaars = console.rt.configuration.providers
    for person in colleagues.at(console.sql, makelaars, console.here.id, console.now):
        named = limits.get(person.id)
        number = None if named is EVERY_CLIENT else len({one.organisation_id for one in named})
        yield AllocationRow(person.id, person.name, person.email, number, numbers.get(person.id, 0))


def _page(console: BeheerContext, person: CompanyPerson, *, error: str = "") -> AllocationPage:
    clients = allocations.of_person(console.sql, console.here.id, person.id)
    found = chains.of_intermediary(console.sql, console.here.id, console.now)
    rows = list(_choices(console, chains.shown(found, console.now), clients or frozenset()))
    words = words_asked()
    lack = decision_rules.lack_to_decide(console.login, console.now)
    address = url_for("console.ask_allocation", person_id=person.id)
    shown = [one for one in rows if has_words(words, one.client, one.number, one.service)]
    return AllocationPage(
        console=console.frame,
        person_id=person.id,
        person=person.name,
        is_every=clients is EVERY_CLIENT,
        choices=tuple(shown[:MOST]),
        words=words,
        hidden=len(rows) - len(shown[:MOST]),
        again=f"{address}?{AGAIN}=ja" if lack is not None else "",
        error=error,
    )


def _cells(rows: Sequence[AllocationRow]) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        clients = row.clients if row.clients is not None else _("Alle klanten")
        yield row.name, row.email, clients, row.mandates


def _choices(
    console: BeheerContext, rows: list[ChainMandate], chosen: Clients
) -> Iterator[ClientChoice]:
    """Each client everywhere, and where it lets the company act at several services at each."""
    by: dict[str, list[ChainMandate]] = {}
    for row in rows:
        by.setdefault(row.organisation_id, []).append(row)
    for organisation_id, held in by.items():
        one = held[0].organisation
        number = f"{one.kvk[:4]} {one.kvk[4:]}"
        named = [Client(organisation_id, None)]
        named += [Client(organisation_id, row.service_uuid) for row in held] if held[1:] else []
        named += [c for c in sorted(chosen, key=_key) if c[0] == organisation_id and c not in named]
        for client in named:
            uuid = client.service_uuid
            service = service_name(console.rt.configuration, uuid) if uuid else ""
            yield ClientChoice(_key(client), one.name, number, service, client in chosen)
