"""A request for chain mandates in words for a page, and the pages of those that are over."""

from __future__ import annotations

from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.actor import BY_LINK
from admin.chains import answering, intermediaries
from admin.chains.answering import ChainAnswer, RequestClosed
from admin.chains.giving import ChainPlan
from admin.chains.request_rules import ClosedRequest
from admin.joining.chain_pages import AskedWords, ClosedChainRequestPage, RequestedService
from admin.joining.invitation_words import hidden
from broker.runtime import Runtime
from broker.web.language import locale
from broker.web.registration_names import service_name
from broker.web.responses import show
from consent import requests
from consent.chain_requests import ChainRequest


def answer_here(rt: Runtime) -> ChainAnswer:
    """The circumstances of an answer with a link."""
    settings = rt.settings.mandates
    return ChainAnswer(
        actor=BY_LINK,
        services=rt.configuration.services,
        sealer=rt.sealer,
        base_url=rt.base_url,
        least=settings.chain_level,
        link_level=settings.chain_link_level,
        max_years=settings.max_years,
        now=rt.clock(),
    )


def said_by(rt: Runtime, asked: ChainRequest, plan: ChainPlan | None = None) -> AskedWords:
    """What a page tells of it, with what agreeing would do now."""
    card = intermediaries.card(rt.session, asked.intermediary)
    client = asked.organisation.kvk
    found = plan or answering.plan(rt.session, answer_here(rt), asked)
    return AskedWords(
        intermediary=card.name,
        number=card.number,
        addresses=card.addresses,
        client=asked.organisation.name,
        client_number=f"{client[:4]} {client[4:]}",
        services=_services(rt, found),
        until=asked.until,
        message=asked.message or "",
        address=hidden(asked.email),
        expires_at=asked.expires_at,
    )


def closed_page(session: Session, closed: RequestClosed, rt: Runtime) -> Response:
    """The page that says why, and what to do now: 404 for what never was, 410 for what is over. A
    link of which an administrator decides is no error.
    """
    asked = closed.request
    if asked is None:
        return show(ClosedChainRequestPage(str(ClosedRequest.UNKNOWN)), 404)
    names: tuple[str, ...] = ()
    if closed.why is ClosedRequest.ADMINISTRATOR and asked.organisation.shares_administrators:
        found = requests.administrators_of(session, asked.organisation_id, rt.clock())
        names = tuple(one.display_name for one in found)
    page = ClosedChainRequestPage(
        str(closed.why), asked.intermediary.name, asked.organisation.name, names
    )
    return show(page, 200 if closed.why is ClosedRequest.ADMINISTRATOR else 410)


def _services(rt: Runtime, plan: ChainPlan) -> tuple[RequestedService, ...]:
    found = []
    for one in plan.changes:
        uuid = one.wish.service_uuid
        name, provider = _named(rt, uuid)
        label = one.wish.level.label
        found.append(RequestedService(name, provider, label, str(one.change), one.current))
    for gone in plan.impossible:
        name, provider = _named(rt, gone.service_uuid)
        found.append(RequestedService(name, provider, "", "impossible"))
    return tuple(found)


def _named(rt: Runtime, uuid: str) -> tuple[str, str]:
    service = rt.configuration.services.get(uuid)
    provider = service.provider_name.in_(locale()) if service is not None else ""
    return service_name(rt.configuration, uuid), provider
