"""What a client answers an intermediary that asks for chain mandates. An administrator gives them
in the steps of ``giving``, or refuses here. Where there is none, who reads the mail agrees or
refuses with the link, and takes back later what was given so.

The link says who reads the mail of an address, and no more: so it decides nothing where somebody
does whom Sluis knows, and gives nothing above the level that the installation names.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.chains import giving, request_notes, request_rules, telling
from admin.chains.giving import ChainChange, ChainPlan, ImpossibleChain
from admin.chains.request_rules import ClosedRequest, Decider
from admin.chains.telling import ChainDone
from admin.mandates import administrators, ending
from admin.mandates.administrators import NotAdministrator
from admin.mandates.giving import NothingToDo, PlanChanged
from assurance.levels import AssuranceLevel
from broker.sso.logout import LogoutNotifier
from broker.texts import chain_request_mails
from broker.texts.quoting import written
from consent import chain_requests, chains
from consent.chain_requests import ChainRequest, ChainRequestState
from consent.chains import ChainMandate, ChainWish
from consent.changes import TermChange
from consent.mandate_locks import hold
from directory import dates
from directory.consoles import JOINING
from directory.services import Service
from keys.sealing import Sealer
from state import outbox
from state.audit import EventTag

LONGEST_NAME: Final = 200
LONGEST_REASON: Final = 500


@dataclass(frozen=True)
class ChainAnswer:
    """Around an answer: by whom, with what is registered now. ``least``: the level of every chain
    mandate; ``link_level``: up to which a link gives one.
    """

    actor: Actor
    services: Mapping[str, Service]
    sealer: Sealer
    base_url: str
    least: AssuranceLevel
    link_level: AssuranceLevel | None
    max_years: int
    now: datetime


class RequestClosed(Exception):
    """Nothing can be decided about it (any more), or not in this way."""

    def __init__(self, why: ClosedRequest, request: ChainRequest | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.request = request


class NameMissing(ValueError):
    """Who agrees did not say who that is."""


def opened(session: Session, around: ChainAnswer, request: ChainRequest | None) -> ChainRequest:
    """The request, where it can be answered now, by whomever. Raises RequestClosed."""
    why = closed(session, request, around.now, max_years=around.max_years)
    if why is not None or request is None:
        raise RequestClosed(why or ClosedRequest.UNKNOWN, request)
    return request


def waiting(
    session: Session, organisation_ids: Collection[str], now: datetime, *, max_years: int
) -> list[ChainRequest]:
    """What an administrator of these clients can answer now, the oldest first."""
    found = chain_requests.open_at(session, organisation_ids, now)
    return [one for one in found if closed(session, one, now, max_years=max_years) is None]


def closed(
    session: Session, request: ChainRequest | None, now: datetime, *, max_years: int
) -> ClosedRequest | None:
    """Why nobody can answer it now; None where somebody can."""
    return request_rules.why_closed(
        request,
        now,
        asker_may=_asker_may(session, request, now),
        client_stands=request is not None and request.organisation.suspended_at is None,
        max_years=max_years,
    )


def opened_by_link(
    session: Session, around: ChainAnswer, request: ChainRequest | None
) -> ChainRequest:
    """The request, where who has its link decides now. Raises RequestClosed."""
    found = opened(session, around, request)
    decider = request_rules.decider_of(session, found.organisation_id, around.now)
    why = request_rules.why_not_by(decider, around.link_level)
    if why is not None:
        raise RequestClosed(why, found)
    return found


def plan(session: Session, around: ChainAnswer, request: ChainRequest) -> ChainPlan:
    """What agreeing with the link would give now. Nothing gets shorter: what lasts longer stays."""
    standing = chains.of_client(
        session,
        request.organisation_id,
        around.now,
        intermediary_id=request.intermediary_id,
    )
    found: list[ChainChange] = []
    impossible: list[ImpossibleChain] = []
    for uuid in request.services:
        service = around.services.get(uuid)
        why = request_rules.why_not_service(service, around.least, Decider.LINK, around.link_level)
        if why is not None or service is None:
            impossible.append(ImpossibleChain(uuid, why or "no_service"))
            continue
        wish = ChainWish(request.intermediary_id, uuid, giving.needed(service, around.least))
        one = giving.planned(wish, standing, request.until, around.now)
        found.append(giving.kept_longer(one))
    return ChainPlan(tuple(found), tuple(impossible), request.until)


def shown(request: ChainRequest, plan: ChainPlan) -> str:
    """What a page showed of this request, with what agreeing gives: the digest that agreeing takes.
    It differs for another request, client or intermediary.
    """
    parts = (request.id, request.organisation_id, request.intermediary_id, plan.digest)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


def agree(
    session: Session, around: ChainAnswer, request_id: str, *, digest: str, signer: str
) -> Sequence[ChainDone]:
    """Give what a page showed, by who proved to read the mail; the intermediary hears of it, and
    the client gets a link that takes it back. ``digest``: of what was ``shown``. With the
    transaction of the caller; of two at once one gives. Raises NameMissing, RequestClosed,
    PlanChanged, NothingToDo.
    """
    name = " ".join(signer.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or "/" in name:
        raise NameMissing
    request = _held(session, around, request_id)
    made = plan(session, around, request)
    if digest != shown(request, made):
        raise PlanChanged
    wanted = [one for one in made.changes if one.change is not TermChange.UNCHANGED]
    if not wanted:
        raise NothingToDo
    secret, hashed = chain_requests.new_link()
    _end(
        session,
        around,
        request,
        ChainRequestState.GRANTED,
        signer=name,
        revoke_hash=hashed,
    )
    session.add_all(_given(around, request, one) for one in wanted)
    session.flush()
    done = [
        ChainDone(one.wish.service_uuid, one.wish.level, one.change, one.current, request.until)
        for one in wanted
    ]
    client, intermediary = request.organisation, request.intermediary
    telling.given(session, around, client, intermediary, done)
    request_notes.note(
        session, around, EventTag.CHAIN_REQUEST_GRANTED, request, at=client.id, reason="link"
    )
    url = f"{around.base_url}{JOINING.path}/ketenmachtiging/intrekken/{secret}"
    facts = request_notes.facts_of(request, around, request.locale)
    mail = chain_request_mails.agreed(request.email, request.locale, facts, name, url)
    outbox.enqueue(session, around.sealer, mail, around.now)
    return done


def refuse(session: Session, around: ChainAnswer, request_id: str, *, reason: str) -> None:
    """Say no with the link; ``reason`` may be empty. With the transaction of the caller. Raises
    RequestClosed.
    """
    _refuse(session, around, _held(session, around, request_id), reason)


def refuse_as_administrator(
    session: Session, around: ChainAnswer, request_id: str, *, organisation_id: str, reason: str
) -> None:
    """Say no as an administrator of this client, with the transaction of the caller. Raises
    NotAdministrator and RequestClosed.
    """
    hold(session, organisation_id)
    administrators.demand(session, around.actor.logged_in, organisation_id, around.now)
    request = opened(session, around, chain_requests.one(session, request_id))
    if request.organisation_id != organisation_id:
        raise RequestClosed(ClosedRequest.UNKNOWN)
    _refuse(session, around, request, reason)


def revoke(
    session: Session, around: ChainAnswer, notifier: LogoutNotifier, secret: str
) -> ChainRequest:
    """Take back everything that was given with the link of this request, with the transaction of
    the caller: all below it stops at its next use. What an administrator gave stays. Raises
    RequestClosed for a link of nothing, and NothingToDo where nothing stands.
    """
    request = chain_requests.revocable_with(session, secret)
    if request is None:
        raise RequestClosed(ClosedRequest.UNKNOWN)
    hold(session, request.organisation_id)
    rows = chain_requests.held_of(session, request.id, around.now)
    if not rows:
        raise NothingToDo
    for row in rows:
        row.revoked_at, row.revoked_by = around.now, request.id
    session.flush()
    ended = [ending.of_chain(session, *row.key) for row in rows]
    ending.reach(session, notifier, ended)
    client = request.organisation_id
    telling.ended(session, around, rows, EventTag.CHAIN_MANDATE_REVOKED, place_id=client)
    request_notes.note(
        session, around, EventTag.CHAIN_REQUEST_TAKEN_BACK, request, at=client, reason="link"
    )
    return request


def _held(session: Session, around: ChainAnswer, request_id: str) -> ChainRequest:
    """Nobody else decides for this client before the transaction ends."""
    request = chain_requests.one(session, request_id)
    if request is not None:
        hold(session, request.organisation_id)
    return opened_by_link(session, around, chain_requests.one(session, request_id))


def _refuse(session: Session, around: ChainAnswer, request: ChainRequest, reason: str) -> None:
    words = written(reason)[:LONGEST_REASON]
    _end(session, around, request, ChainRequestState.REFUSED, reason=words or None)
    client = request.organisation_id
    request_notes.note(session, around, EventTag.CHAIN_REQUEST_REFUSED, request, at=client)
    request_notes.tell_administrators(
        session,
        around,
        request.intermediary_id,
        lambda address, locale: chain_request_mails.refused(
            address, locale, request_notes.facts_of(request, around, locale), words
        ),
    )


def _end(
    session: Session,
    around: ChainAnswer,
    request: ChainRequest,
    outcome: ChainRequestState,
    **said: str | None,
) -> None:
    by = around.actor.person_id
    if not chain_requests.end(session, request.id, outcome, around.now, by=by, **said):
        again = chain_requests.one(session, request.id)  # somebody answered at this very moment
        raise RequestClosed(
            ClosedRequest.UNKNOWN if again is None else _state(again, around), again
        )


def _state(request: ChainRequest, around: ChainAnswer) -> ClosedRequest:
    state = chain_requests.state_of(request, around.now)
    is_open = state is ChainRequestState.OPEN
    return ClosedRequest.UNKNOWN if is_open else ClosedRequest(state.value)


def _given(around: ChainAnswer, request: ChainRequest, one: ChainChange) -> ChainMandate:
    """Beside what stands: what an administrator gave is not this link's to change."""
    return ChainMandate(
        organisation_id=request.organisation_id,
        intermediary_id=request.intermediary_id,
        service_uuid=one.wish.service_uuid,
        level=one.wish.level,
        valid_from=around.now,
        valid_until=dates.end_of(request.until),
        granted_by=request.id,
        by_link=True,
        confirmed_at=around.now,
    )


def _asker_may(session: Session, request: ChainRequest | None, now: datetime) -> bool:
    if request is None:
        return False
    try:
        administrators.demand(session, request.asked_by, request.intermediary_id, now)
    except NotAdministrator:
        return False
    return True
