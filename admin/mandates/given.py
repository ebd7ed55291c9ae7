"""What an administrator does with mandates that stand, whoever gave them: see those of the own
organisations, take one back, and undo that for a moment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.mandates import ending
from admin.mandates.administrators import demand, name_to_tell
from broker.sso.logout import LogoutNotifier
from broker.texts import mandate_changes, mandate_mails
from broker.texts.mandate_mails import RequestFacts
from consent import mandates
from consent.mandate_locks import hold
from consent.mandates import Mandate
from directory.fields import LocalizedText
from state import audit, outbox
from state.audit import AuditEvent, EventTag
from state.outbox import Message
from state.trace import new_reference


@dataclass(frozen=True)
class Revocation:
    """By whom and when; ``service``: the name for the mail; ``notifier``: for the portals that
    hear that what they hold has ended.
    """

    actor: Actor
    service: LocalizedText
    now: datetime
    notifier: LogoutNotifier


class NoSuchMandate(Exception):
    """No such mandate is to be seen at an organisation of this person."""


class TooLateToUndo(Exception):
    """The moment is over, somebody else took it back, or it would be over by now."""


def one_mandate(session: Session, person_id: str, mandate_id: str, now: datetime) -> Mandate:
    """One mandate that stands and that this person may take back. Raises NoSuchMandate,
    NotAdministrator.
    """
    mandate = one_of_place(session, person_id, mandate_id, now)
    if mandate.revoked_at is not None or mandate.valid_until <= now:
        raise NoSuchMandate(mandate_id)
    return mandate


def one_of_place(session: Session, person_id: str, mandate_id: str, now: datetime) -> Mandate:
    """One mandate of an organisation of this administrator, also one that was taken back. Raises
    NoSuchMandate, NotAdministrator.
    """
    mandate = mandates.one(session, mandate_id)
    if mandate is None:
        raise NoSuchMandate(mandate_id)
    demand(session, person_id, mandate.organisation_id, now)
    return mandate


def revoke(session: Session, mandate: Mandate, wanted: Revocation) -> bool:
    """Take it back with what stands beside it and lets the same person do the same, and with the
    tokens that it gave; tell the person. False when somebody did so already. The caller commits.
    """
    by, now = wanted.actor.logged_in, wanted.now
    hold(session, mandate.organisation_id)
    found = mandates.same_as(session, mandate, now)
    if mandate.id not in {row.id for row in found}:
        return False
    for row in found:
        mandates.revoke(session, row.id, by=by, now=now)
    for row in found:
        ending.reach_of(session, wanted.notifier, row)
    reference = new_reference()
    _note(session, found, wanted, EventTag.MANDATE_REVOKED, reference)
    person = mandate.person
    if person.email:
        name = name_to_tell(session, mandate.organisation, by)
        facts = replace(RequestFacts.about(mandate, wanted.service, reference), by=name)
        _send(session, wanted, mandate_mails.revoked(person.email, person.locale, facts))
    return True


def restore(session: Session, mandate: Mandate, wanted: Revocation) -> None:
    """Undo what the same person did a moment ago, with the same end date. Tokens stay ended: who
    was logged in logs in again. Raises TooLateToUndo. The caller commits.
    """
    by, now = wanted.actor.logged_in, wanted.now
    hold(session, mandate.organisation_id)
    at_once = [row for row in _taken_with(session, mandate) if mandates.is_same(row, mandate)]
    done = [row for row in at_once if mandates.restore(session, row.id, by=by, now=now)]
    if not done:
        raise TooLateToUndo(mandate.id)
    reference = new_reference()
    _note(session, done, wanted, EventTag.MANDATE_RESTORED, reference)
    person = mandate.person
    if person.email:
        name = wanted.service.in_(person.locale)
        place = mandate.organisation.name
        mail = mandate_changes.restored(person.email, person.locale, place, name, reference)
        _send(session, wanted, mail)


def _taken_with(session: Session, mandate: Mandate) -> list[Mandate]:
    """What was taken back in the same stroke."""
    query = select(Mandate).where(
        Mandate.organisation_id == mandate.organisation_id,
        Mandate.person_id == mandate.person_id,
        Mandate.revoked_at == mandate.revoked_at,
        Mandate.revoked_by == mandate.revoked_by,
    )
    return list(session.scalars(query))


def _note(
    session: Session, rows: Iterable[Mandate], wanted: Revocation, tag: EventTag, reference: str
) -> None:
    for row in rows:
        audit.record(
            session,
            AuditEvent(
                tag=tag,
                at=wanted.now,
                reference=reference,
                person_id=wanted.actor.logged_in,
                service_uuid=row.service_uuid,
                organisation_id=row.organisation_id,
                level=row.level,
                details={"mandate": row.id, "person": row.person_id},
            ),
        )


def _send(session: Session, wanted: Revocation, mail: Message) -> None:
    outbox.enqueue(session, wanted.notifier.sealer, mail, wanted.now)
