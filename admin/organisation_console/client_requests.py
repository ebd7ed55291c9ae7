"""Requests that the company sent to clients, at ``/beheer``: the list with what became of each,
sending one again, and withdrawing one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from admin.chains import answering, request_answers, request_rules, requesting
from admin.chains.requesting import AskingRefused, ChainAsking, NoSuchChainRequest
from admin.organisation_console import files
from admin.organisation_console.access import BeheerContext, absent, blueprint, requires
from admin.organisation_console.client_request_pages import ClientRequestRow, ClientRequestsPage
from broker.web.endpoints import Endpoint
from broker.web.lists.cells import Cell
from broker.web.lists.file import ListFile
from broker.web.lists.memory import HeldList
from broker.web.lists.request import ListFilter, ListRules
from broker.web.registration_names import service_name
from broker.web.responses import show
from consent import chain_requests, chains
from consent.chain_requests import ChainRequest, ChainRequestState, state_of
from consent.chains import ChainMandate
from directory import dates
from directory.people import Role
from state.db import writing

STATES: Final = ("open", "stuck", "granted", "partly", "over", "refused", "lapsed", "withdrawn")
RULES: Final = ListRules(
    columns=("gevraagd", "klant"), filters=(ListFilter("stand", STATES),), is_descending=True
)
_HELD: Final = HeldList[ClientRequestRow](
    words=lambda row: (row.client, row.kvk, row.number, *row.services),
    keys={"klant": lambda row: row.client, "gevraagd": lambda row: row.asked_at},
    values={"stand": lambda row: row.state},
)


@blueprint.get("/klantverzoeken")
@Endpoint(limit="console", kept=("done", *RULES.names))
@requires(Role.ADMINISTRATOR)
def client_requests(console: BeheerContext) -> Response:
    """Every request with what became of it."""
    asked, address = RULES.read(request.args), url_for("console.client_requests")
    page = ClientRequestsPage(
        console.frame,
        _HELD.page(_rows(console), asked, address),
        done=request.args.get("done", ""),
    )
    return show(page)


@blueprint.post("/klantverzoeken/lijst")
@Endpoint(limit="console", shown_at="console.client_requests")
@requires(Role.ADMINISTRATOR)
def client_requests_file(console: BeheerContext) -> Response:
    """Those that are shown, as a file."""
    asked = RULES.read(request.args)
    head = (_("Klant"), _("KvK-nummer"), _("Diensten"), _("Tot en met"), _("Gevraagd"))
    rest = (_("Te beantwoorden tot"), _("Stand"), _("Reden"))
    shown = _HELD.matching(_rows(console), asked)
    file = ListFile("verzoeken-aan-klanten", (*head, *rest), _cells(shown))
    return files.take(console, "client_requests", asked, file)


@blueprint.post("/klantverzoeken/<sent_id>/opnieuw")
@Endpoint(limit="console", shown_at="console.client_requests")
@requires(Role.ADMINISTRATOR)
def send_request_again(console: BeheerContext, sent_id: str) -> Response:
    """To who decides now; an older link ends."""
    before, around = _one(console, sent_id), asking(console)
    client, now = before.organisation, console.now
    decider = request_rules.decider_of(console.sql, client.id, now)
    if requesting.is_too_much(console.rt.store, around, client.kvk, before.email, decider):
        return to_requests("limited")
    try:
        with writing(console.sql) as session:
            requesting.send_again(session, around, sent_id)
    except NoSuchChainRequest:
        return to_requests("answered")
    except AskingRefused as refused:
        return to_requests(refused.reason)
    return to_requests("sent")


@blueprint.post("/klantverzoeken/<sent_id>/intrekken")
@Endpoint(limit="console", shown_at="console.client_requests")
@requires(Role.ADMINISTRATOR)
def withdraw_request(console: BeheerContext, sent_id: str) -> Response:
    """The client has nothing to decide any more."""
    _one(console, sent_id)
    try:
        with writing(console.sql) as session:
            requesting.withdraw(session, asking(console), sent_id)
    except NoSuchChainRequest:
        return to_requests("answered")
    return to_requests("withdrawn")


def asking(console: BeheerContext) -> ChainAsking:
    """The circumstances in which something is asked now."""
    settings = console.rt.settings.mandates
    return ChainAsking(
        intermediary_id=console.here.id,
        actor=console.actor,
        services=console.rt.configuration.services,
        sealer=console.rt.sealer,
        base_url=console.rt.base_url,
        least=settings.chain_level,
        link_level=settings.chain_link_level,
        max_years=settings.max_years,
        days=settings.chain_request_days,
        now=console.now,
    )


def to_requests(done: str) -> Response:
    """To the list, which says what was done, as it was asked."""
    kept: dict[str, Any] = RULES.read(request.args).query()
    return redirect(url_for("console.client_requests", done=done, **kept), 303)


def state_words(state: str) -> str:
    """How a request stands."""
    return {
        "open": _("Wacht op antwoord"),
        "stuck": _("Kan niet meer worden beantwoord"),
        "granted": _("Ingewilligd"),
        "partly": _("Deels ingewilligd"),
        "over": _("Ingewilligd, geldt niet meer"),
        "refused": _("Geweigerd"),
        "lapsed": _("Verlopen"),
    }.get(state, _("Ingetrokken"))


def _one(console: BeheerContext, request_id: str) -> ChainRequest:
    """One that this company sent, whatever became of it; else it does not exist."""
    found = chain_requests.one(console.sql, request_id)
    if found is None or found.intermediary_id != console.here.id:
        absent(console, found.intermediary_id if found is not None else None)
    return found


def _rows(console: BeheerContext) -> list[ClientRequestRow]:
    found = chain_requests.of_intermediary(console.sql, console.here.id)
    settings = console.rt.settings.mandates
    standing: dict[str, list[ChainMandate]] = {}
    for chain in chains.of_intermediary(console.sql, console.here.id, console.now):
        if chains.counts_by_link(chain.level, settings.chain_link_level, by_link=chain.by_link):
            standing.setdefault(chain.organisation_id, []).append(chain)
    return [_row(console, one, standing.get(one.organisation_id, ())) for one in found]


def _row(
    console: BeheerContext, one: ChainRequest, standing: Sequence[ChainMandate]
) -> ClientRequestRow:
    state, why = state_of(one, console.now), None
    waits = state in (ChainRequestState.OPEN, ChainRequestState.LAPSED)
    given: dict[str, date] = {}
    word = str(state)
    if state is ChainRequestState.OPEN:
        years = console.rt.settings.mandates.max_years
        why = answering.closed(console.sql, one, console.now, max_years=years)
        word = word if why is None else "stuck"
    elif state is ChainRequestState.GRANTED:
        given = request_answers.given_of(one, standing)
        word = request_answers.how_far(one, given)
    return ClientRequestRow(
        id=one.id,
        client=one.organisation.name,
        kvk=one.organisation.kvk,
        services=tuple(_name(console, uuid) for uuid in one.services),
        until=one.until,
        state=word,
        why=str(why or ""),
        given=tuple((_name(console, uuid), day) for uuid, day in given.items()),
        asked_at=one.asked_at,
        expires_at=one.expires_at,
        by_link=one.link_hash is not None,
        email=one.email,
        reason=one.refusal_reason or "",
        signer=one.signer or "",
        may_send=waits and one.sends < request_rules.MOST_SENDS,
    )


def _name(console: BeheerContext, uuid: str) -> str:
    return service_name(console.rt.configuration, uuid)


def _cells(rows: Sequence[ClientRequestRow]) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        asked, answer = dates.day_of(row.asked_at), dates.day_of(row.expires_at)
        services = ", ".join(row.services)
        state = state_words(row.state)
        yield row.client, row.kvk, services, row.until, asked, answer, state, row.reason
