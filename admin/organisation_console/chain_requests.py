"""Requests of intermediaries at ``/beheer``, as an administrator of the client decides on them:
reading one, refusing it, and the way to the steps in which it is given.
"""

from __future__ import annotations

from flask import request, url_for
from werkzeug.wrappers import Response

from admin.chains import answering, giving, intermediaries
from admin.chains.answering import ChainAnswer, RequestClosed
from admin.mandates import decision_rules
from admin.organisation_console.access import AGAIN, BeheerContext, absent, blueprint, requires
from admin.organisation_console.chain_rows import names_of, terms
from admin.organisation_console.client_request_pages import ChainRequestPage
from admin.organisation_console.start import to_start
from broker.console import sessions
from broker.web.endpoints import Endpoint
from broker.web.responses import show
from consent import chain_requests
from consent.chain_requests import ChainRequest
from directory.consoles import BEHEER
from directory.people import Role
from state.db import writing


@blueprint.get("/ketenverzoek/<asked_id>")
@requires(Role.ADMINISTRATOR)
def show_chain_request(console: BeheerContext, asked_id: str) -> Response:
    """Who asks what, and the way to give it, or what that takes first."""
    asked = one_chain_request(console, asked_id)
    if AGAIN in request.args:
        around = terms(console)
        needed = giving.needed_of(around.services, asked.services, around.least)
        return sessions.log_in(BEHEER, level=needed, force_authn=True)
    return show(_page(console, asked))


@blueprint.post("/ketenverzoek/<asked_id>/weigeren")
@Endpoint(limit="console", shown_at="console.show_chain_request")
@requires(Role.ADMINISTRATOR)
def refuse_chain_request(console: BeheerContext, asked_id: str) -> Response:
    """The intermediary hears of it."""
    asked, reason = one_chain_request(console, asked_id), request.form.get("reden", "")
    if len(reason) > answering.LONGEST_REASON:
        return show(_page(console, asked, reason, "long"), 422)
    try:
        with writing(console.sql) as session:
            answering.refuse_as_administrator(
                session,
                _answer(console),
                asked_id,
                organisation_id=console.here.id,
                reason=reason,
            )
    except RequestClosed:
        return to_start("chain_decided")
    return to_start("chain_refused")


def one_chain_request(console: BeheerContext, asked_id: str) -> ChainRequest:
    """One that waits at this company; elsewhere there is none."""
    found = chain_requests.one(console.sql, asked_id)
    if found is None or found.organisation_id != console.here.id:
        absent(console, found.organisation_id if found is not None else None)
    try:
        return answering.opened(console.sql, _answer(console), found)
    except RequestClosed:
        absent(console)


def _answer(console: BeheerContext) -> ChainAnswer:
    settings = console.rt.settings.mandates
    return ChainAnswer(
        actor=console.actor,
        services=console.rt.configuration.services,
        sealer=console.rt.sealer,
        base_url=console.rt.base_url,
        least=settings.chain_level,
        link_level=settings.chain_link_level,
        max_years=settings.max_years,
        now=console.now,
    )


def _page(
    console: BeheerContext, asked: ChainRequest, given: str = "", error: str = ""
) -> ChainRequestPage:
    around = terms(console)
    needed = giving.needed_of(around.services, asked.services, around.least)
    levels = []
    for uuid, name in zip(asked.services, names_of(console, asked), strict=True):
        service = around.services.get(uuid)
        levels.append((name, giving.needed(service, around.least).label if service else ""))
    return ChainRequestPage(
        console=console.frame,
        request_id=asked.id,
        card=intermediaries.card(console.sql, asked.intermediary),
        services=tuple(levels),
        until=asked.until,
        message=asked.message or "",
        asked_at=asked.asked_at,
        expires_at=asked.expires_at,
        lack=str(decision_rules.lack_to_grant(console.login, needed, console.now) or ""),
        needed=needed.label,
        have=console.login.level.label,
        again=f"{url_for('console.show_chain_request', asked_id=asked.id)}?{AGAIN}=ja",
        longest=answering.LONGEST_REASON,
        given=given[: answering.LONGEST_REASON * 2],
        error=error,
    )
