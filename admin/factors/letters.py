"""A letter with a code makes a factor count that somebody added alone: who opens it lives where the
administrator knows that person to live.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.factors.events import record
from assurance import enrolment, factor_letters
from assurance.enrolment import OwnFactor
from broker.texts import factor_letter
from broker.texts.outside_request import texts
from directory.people import known_person
from keys.sealing import Sealer
from state import audit
from state.audit import EventTag
from state.outbox import Message, enqueue


class AddressRefused(Exception):
    """An address is one line, as it stands on the envelope."""


class NoFactorWaits(Exception):
    """This person has no such factor that waits for a letter."""


class SeveralWait(Exception):
    """A letter confirms one factor: of several that wait it is named. ``waiting``: these."""

    def __init__(self, waiting: Sequence[OwnFactor]) -> None:
        super().__init__(len(waiting))
        self.waiting = tuple(waiting)


@dataclass(frozen=True)
class LetterSent:
    """A letter that waits in the outbox, for this factor; its code works some days."""

    factor: OwnFactor
    days: int


def send(
    session: Session,
    sealer: Sealer,
    base_url: str,
    person_id: str,
    address: str,
    factor_id: str | None = None,
    *,
    actor: Actor,
    now: datetime,
) -> LetterSent:
    """Put the letter in the outbox with the transaction of the caller. ``factor_id``: None for the
    only one that does not count yet. Raises AddressRefused, NoSuchPerson, NoFactorWaits,
    SeveralWait.
    """
    if not address.isprintable() or not address.strip():
        raise AddressRefused(address)
    person = known_person(session, person_id)
    factor = _waiting_factor(session, person.id, factor_id, now)
    code = factor_letters.write(session, sealer, factor.id, now)
    with texts():
        subject, text = factor_letter.letter(base_url, person.locale, factor, code)
    enqueue(session, sealer, Message("letter", address.strip(), subject, text), now)
    details: dict[str, audit.Detail] = {"kind": str(factor.kind), "factor": factor.id}
    record(session, EventTag.FACTOR_LETTER_SENT, person, details, actor=actor, now=now)
    return LetterSent(factor, factor_letters.HOLDS.days)


def _waiting_factor(
    session: Session, person_id: str, factor_id: str | None, now: datetime
) -> OwnFactor:
    """The one that is named, else the only one that does not count yet: who stole a password may
    have added another beside that of the owner, and the letter must not make that one count.
    """
    alone = [f for f in enrolment.of_person(session, person_id, now) if not f.lifts]
    if factor_id is not None:
        alone = [f for f in alone if f.id == factor_id]
    if not alone:
        raise NoFactorWaits(person_id)
    if len(alone) > 1:
        raise SeveralWait(alone)
    return alone[0]
