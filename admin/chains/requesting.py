"""What an intermediary does with requests for chain mandates: ask a client, send one again, and
withdraw one. An administrator of the client gets it, where there is one; else a link goes to the
address that was given, if the installation lets that decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.chains import giving, request_notes, request_rules
from admin.chains.giving import NoSuchIntermediary
from admin.chains.request_rules import Decider
from admin.mandates import administrators
from assurance.levels import AssuranceLevel
from broker.texts import chain_request_mails
from broker.texts.quoting import written
from consent import chain_requests
from consent.chain_requests import ChainRequest, ChainRequestState
from directory.consoles import BEHEER, JOINING
from directory.people import Membership, Person
from directory.services import Service
from keys.sealing import Sealer
from providers.accounts import Account, NameRefused, canonical_email
from state import limits, outbox
from state.audit import EventTag
from state.ephemeral import ExpiringStore
from state.limits import Limit
from state.locks import Held, one_at_a_time

LONGEST_MESSAGE: Final = 500
FROM_COMPANY: Final = Limit("chain-requests-company", 50, 86400)
TO_SAME: Final = Limit("chain-requests-same", 3, 86400)  # one intermediary, one client
TO_CLIENT: Final = Limit("chain-requests-client", 60, 86400)  # of twenty intermediaries
TO_ADDRESS: Final = Limit("chain-requests-address", 3, 86400)  # links to one person, whoever asks
LOOK_UPS: Final = Limit("chain-requests-look-ups", 200, 86400)


@dataclass(frozen=True)
class ChainAsking:
    """Which intermediary asks, by whom, with what is registered now. ``least``: the level of every
    chain mandate; ``link_level``: up to which a link gives one; ``days``: how long the client has.
    """

    intermediary_id: str
    actor: Actor
    services: Mapping[str, Service]
    sealer: Sealer
    base_url: str
    least: AssuranceLevel
    link_level: AssuranceLevel | None
    max_years: int
    days: int
    now: datetime


@dataclass(frozen=True)
class ChainWanted:
    """What is asked of a client. ``email``: whom a link goes to, empty where none does;
    ``message``: what for, in the words of who asks.
    """

    organisation_id: str
    email: str
    locale: str
    services: tuple[str, ...]
    until: date
    message: str


class AskingRefused(ValueError):
    """Nothing is asked like this; ``reason`` is a machine word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoSuchChainRequest(Exception):
    """This intermediary has no such request that waits."""


def address_of(text: str) -> str:
    """The address as it is kept. Raises AskingRefused."""
    try:
        return canonical_email(text)
    except NameRefused:
        raise AskingRefused("email") from None


def message_of(text: str) -> str:
    """On one line, without invisible signs. Raises AskingRefused for one that is too long."""
    words = " ".join(written(text).split())
    if len(words) > LONGEST_MESSAGE:
        raise AskingRefused("message")
    return words


def is_too_much(
    store: ExpiringStore, around: ChainAsking, kvk: str, to: str, decider: Decider
) -> bool:
    """Was so much asked by this intermediary, of this client, or with links to this person, that it
    stops for a day? Outside of any transaction. What one intermediary asks too much takes nothing
    away of what others may ask.
    """
    own = (FROM_COMPANY, around.intermediary_id), (TO_SAME, f"{around.intermediary_id} {kvk}")
    if limits.spend(store, *own):
        return True
    shared = [(TO_CLIENT, kvk)]
    if decider is Decider.LINK and to:
        shared.append((TO_ADDRESS, request_rules.mailbox(to)))
    return bool(limits.spend(store, *shared))


def faults(around: ChainAsking, decider: Decider, wanted: ChainWanted) -> list[str]:
    """Why this cannot be asked, as words; the first one counts most."""
    found: list[str | None] = []
    if decider is Decider.LINK and around.link_level is None:
        found.append("no_administrator")
    elif decider is Decider.LINK and not wanted.email:
        found.append("no_email")
    if not wanted.services:
        found.append("nothing")
    if len(wanted.services) > request_rules.MOST_SERVICES:
        found.append("too_many")
    found += [
        request_rules.why_not_service(
            around.services.get(uuid), around.least, decider, around.link_level
        )
        for uuid in wanted.services
    ]
    found.append(
        request_rules.fault_of_day(wanted.until, around.now, around.days, around.max_years)
    )
    return [word for word in found if word is not None]


def ask(session: Session, around: ChainAsking, wanted: ChainWanted) -> ChainRequest:
    """Ask, and tell who decides, with the transaction of the caller. Raises NotAdministrator and
    AskingRefused.
    """
    _hold(session, around)
    waiting = chain_requests.open_at(
        session,
        [wanted.organisation_id],
        around.now,
        intermediary_id=around.intermediary_id,
    )
    if waiting:
        raise AskingRefused("already_asked")
    since = around.now - request_rules.REMEMBERED
    sent = chain_requests.sent_in_vain(
        session, around.intermediary_id, wanted.organisation_id, since
    )
    if sent >= request_rules.MOST_SENDS:
        raise AskingRefused("sent_enough")
    return _send(session, around, wanted, sends=sent + 1)


def send_again(session: Session, around: ChainAsking, request_id: str) -> ChainRequest:
    """The same anew, also when its time is over; an older link ends. Who decides is looked up
    again. Raises as ask, and NoSuchChainRequest.
    """
    _hold(session, around)
    before = one_of_intermediary(session, around.intermediary_id, request_id)
    if before.sends >= request_rules.MOST_SENDS:
        raise AskingRefused("sent_enough")
    others = chain_requests.open_at(
        session,
        [before.organisation_id],
        around.now,
        intermediary_id=around.intermediary_id,
    )
    if any(one.id != before.id for one in others):
        raise AskingRefused("already_asked")
    if not chain_requests.end(session, before.id, ChainRequestState.REPLACED, around.now):
        raise NoSuchChainRequest(request_id)
    wanted = ChainWanted(
        before.organisation_id,
        before.email,
        before.locale,
        tuple(before.services),
        before.until,
        before.message or "",
    )
    return _send(session, around, wanted, sends=before.sends + 1)


def withdraw(session: Session, around: ChainAsking, request_id: str) -> None:
    """Nobody decides on it any more, with the transaction of the caller. Raises NotAdministrator
    and NoSuchChainRequest.
    """
    _hold(session, around)
    request = one_of_intermediary(session, around.intermediary_id, request_id)
    if not chain_requests.end(session, request.id, ChainRequestState.WITHDRAWN, around.now):
        raise NoSuchChainRequest(request_id)
    request_notes.note(
        session, around, EventTag.CHAIN_REQUEST_WITHDRAWN, request, at=around.intermediary_id
    )


def one_of_intermediary(session: Session, intermediary_id: str, request_id: str) -> ChainRequest:
    """One that it asked and nobody answered. Raises NoSuchChainRequest."""
    found = chain_requests.one(session, request_id)
    if found is None or found.intermediary_id != intermediary_id or found.outcome is not None:
        raise NoSuchChainRequest(request_id)
    return found


def _hold(session: Session, around: ChainAsking) -> None:
    """One at a time for an intermediary; who asks administers it at this moment."""
    one_at_a_time(session, Held.CHAIN_REQUESTS, around.intermediary_id)
    administrators.demand(session, around.actor.logged_in, around.intermediary_id, around.now)


def _is_own(session: Session, around: ChainAsking, email: str) -> bool:
    """Is this the address of somebody of the intermediary, with whatever tag after a ``+``? It
    would ask itself.
    """
    query = (
        select(func.lower(Person.email), Account.email)
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(Membership.organisation_id == around.intermediary_id)
    )
    wanted = request_rules.mailbox(email)
    return any(
        known is not None and request_rules.mailbox(known) == wanted
        for row in session.execute(query)
        for known in row
    )


def _send(
    session: Session, around: ChainAsking, wanted: ChainWanted, *, sends: int
) -> ChainRequest:
    try:
        giving.demand_intermediary(session, around.intermediary_id, wanted.organisation_id)
    except NoSuchIntermediary:
        raise AskingRefused("no_client") from None
    decider = request_rules.decider_of(session, wanted.organisation_id, around.now)
    found = faults(around, decider, wanted)
    if found:
        raise AskingRefused(found[0])
    if decider is Decider.LINK and _is_own(session, around, wanted.email):
        raise AskingRefused("own_address")
    secret, hashed = chain_requests.new_link()
    row = ChainRequest(
        organisation_id=wanted.organisation_id,
        intermediary_id=around.intermediary_id,
        services=list(dict.fromkeys(wanted.services)),
        until=wanted.until,
        message=wanted.message or None,
        email=wanted.email,
        locale=wanted.locale,
        link_hash=hashed if decider is Decider.LINK else None,
        sends=sends,
        asked_by=around.actor.logged_in,
        asked_at=around.now,
        expires_at=around.now + timedelta(days=around.days),
    )
    session.add(row)
    session.flush()
    if decider is Decider.LINK:
        url = f"{around.base_url}{JOINING.path}/ketenmachtiging/{secret}"
        facts = request_notes.facts_of(row, around, row.locale)
        mail = chain_request_mails.to_client(row.email, row.locale, facts, row.expires_at, url)
        outbox.enqueue(session, around.sealer, mail, around.now, until=row.expires_at)
    else:
        request_notes.tell_administrators(
            session,
            around,
            row.organisation_id,
            lambda address, locale: chain_request_mails.to_administrator(
                address,
                locale,
                request_notes.facts_of(row, around, locale),
                row.expires_at,
                f"{around.base_url}{BEHEER.path}",
            ),
        )
    request_notes.note(
        session,
        around,
        EventTag.CHAIN_REQUEST_SENT,
        row,
        at=around.intermediary_id,
        reason=str(decider),
    )
    return row
