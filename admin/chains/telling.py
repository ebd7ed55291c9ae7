"""What follows a chain mandate that was given, changed, taken back or restored: the audit, and the
administrators of the intermediary, who need both KvK numbers and the UUID of every service.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Protocol

from sqlalchemy.orm import Session

from admin.actor import Actor, ActorKind
from assurance.levels import AssuranceLevel
from broker.texts import chain_mails
from broker.texts.chain_mails import ChainFacts, ToldChain
from consent import requests
from consent.chains import ChainMandate
from consent.changes import TermChange
from directory import dates
from directory.organisations import Organisation
from directory.people import Person
from directory.services import Service
from keys.sealing import Sealer
from state import audit, outbox
from state.audit import AuditEvent, EventTag
from state.outbox import Message
from state.trace import new_reference

_TAGS: Final = {
    TermChange.NEW: EventTag.CHAIN_MANDATE_GRANTED,
    TermChange.EXTENDED: EventTag.CHAIN_MANDATE_CHANGED,
    TermChange.SHORTENED: EventTag.CHAIN_MANDATE_CHANGED,
}


# What happened, and whether the client did it.
_WRITE: Final = {
    (EventTag.CHAIN_MANDATE_REVOKED, True): chain_mails.revoked,
    (EventTag.CHAIN_MANDATE_RESTORED, True): chain_mails.restored,
    (EventTag.CHAIN_MANDATE_REVOKED, False): chain_mails.given_up,
    (EventTag.CHAIN_MANDATE_RESTORED, False): chain_mails.taken_up,
}


@dataclass(frozen=True)
class ChainDone:
    """One change that was made. ``was``: the day on which it ended before."""

    service_uuid: str
    level: AssuranceLevel
    change: TermChange
    was: date | None
    until: date


class ChainAround(Protocol):
    """What is read of the circumstances of a decision."""

    @property
    def actor(self) -> Actor: ...
    @property
    def services(self) -> Mapping[str, Service]: ...
    @property
    def sealer(self) -> Sealer: ...
    @property
    def now(self) -> datetime: ...


def given(
    session: Session,
    around: ChainAround,
    client: Organisation,
    intermediary: Organisation,
    done: Sequence[ChainDone],
) -> str:
    """In the transaction of the change; the reference of the mails."""
    reference = new_reference()
    for one in done:
        audit.record(
            session,
            AuditEvent(
                tag=_TAGS[one.change],
                at=around.now,
                reference=reference,
                person_id=around.actor.person_id,
                service_uuid=one.service_uuid,
                organisation_id=client.id,
                reason=str(one.change),
                level=one.level,
                details={
                    "intermediary": intermediary.id,
                    "until": one.until.isoformat(),
                    "was": one.was.isoformat() if one.was is not None else None,
                    **_way(around),
                },
            ),
        )
    for person, address in _administrators(session, intermediary.id, around.now):
        told = [
            ToldChain(
                _name(around, one.service_uuid, person.locale),
                one.service_uuid,
                one.level.label,
                dates.day_of(around.now) if one.change is TermChange.NEW else None,
                one.until,
                one.change,
            )
            for one in done
        ]
        mail = chain_mails.given(
            address, person.locale, _facts(client, intermediary), told, reference
        )
        _send(session, around, mail)
    return reference


def ended(
    session: Session,
    around: ChainAround,
    rows: Sequence[ChainMandate],
    tag: EventTag,
    *,
    place_id: str,
    reason: str | None = None,
) -> None:
    """Taken back or given up, or that undone: of one client at one intermediary. ``place_id``: the
    organisation that decided; the other one is told. ``reason``: for the audit, where nobody of
    these did it.
    """
    reference = new_reference()
    for row in rows:
        audit.record(
            session,
            AuditEvent(
                tag=tag,
                at=around.now,
                reference=reference,
                person_id=around.actor.person_id,
                service_uuid=row.service_uuid,
                organisation_id=row.organisation_id,
                level=row.level,
                reason="given_up" if place_id == row.intermediary_id else reason,
                details={
                    "mandate": row.id,
                    "intermediary": row.intermediary_id,
                    **_way(around),
                },
            ),
        )
    client, intermediary = rows[0].organisation, rows[0].intermediary
    uuids = list(dict.fromkeys(row.service_uuid for row in rows))
    is_client = place_id == client.id
    write = _WRITE[tag, is_client]
    other = intermediary if is_client else client
    for person, address in _administrators(session, other.id, around.now):
        names = [_name(around, uuid, person.locale) for uuid in uuids]
        mail = write(address, person.locale, _facts(client, intermediary), names, reference)
        _send(session, around, mail)


def _way(around: ChainAround) -> dict[str, bool]:
    """That nobody logged in for it, where that is so."""
    return {"by_link": True} if around.actor.kind is ActorKind.LINK else {}


def _administrators(
    session: Session, organisation_id: str, now: datetime
) -> list[tuple[Person, str]]:
    """Those who can be told, with their address."""
    found = requests.administrators_of(session, organisation_id, now)
    return [(one, one.email) for one in found if one.email]


def _facts(client: Organisation, intermediary: Organisation) -> ChainFacts:
    return ChainFacts(client.name, client.kvk, intermediary.name, intermediary.kvk)


def _name(around: ChainAround, uuid: str, locale: str) -> str:
    """A service that is no longer registered is named by its UUID."""
    service = around.services.get(uuid)
    return service.name.in_(locale) if service is not None else uuid


def _send(session: Session, around: ChainAround, mail: Message) -> None:
    outbox.enqueue(session, around.sealer, mail, around.now)
