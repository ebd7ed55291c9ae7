"""What an administrator does with mandates that administrators gave: see those of the own
organisations, and take one back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.mandates import ending
from admin.mandates.administrators import demand, name_to_tell, organisations_of
from broker.sso.logout import LogoutNotifier
from broker.texts import mandate_mails
from broker.texts.mandate_mails import RequestFacts
from consent import mandates
from consent.mandates import Mandate
from directory.fields import LocalizedText
from state import audit, outbox
from state.audit import AuditEvent, EventTag
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
    """No mandate stands that an administrator gave at an organisation of this person."""


def standing(session: Session, person_id: str, now: datetime) -> list[Mandate]:
    """What was given at the organisations that this person administers."""
    places = [place.id for place in organisations_of(session, person_id, now)]
    return mandates.given_at(session, places, now) if places else []


def one_mandate(session: Session, person_id: str, mandate_id: str, now: datetime) -> Mandate:
    """One mandate that this person may take back. Raises NoSuchMandate, NotAdministrator."""
    mandate = mandates.given(session, mandate_id, now)
    if mandate is None:
        raise NoSuchMandate(mandate_id)
    demand(session, person_id, mandate.organisation_id, now)
    return mandate


def revoke(session: Session, mandate: Mandate, wanted: Revocation) -> bool:
    """Take it back with the tokens that it gave, and tell the person. False when somebody did so
    already. The caller commits.
    """
    by, now = wanted.actor.logged_in, wanted.now
    if not mandates.revoke(session, mandate.id, by=by, now=now):
        return False
    ending.reach_of(session, wanted.notifier, mandate)
    reference = new_reference()
    _tell(session, mandate, wanted, reference)
    audit.record(
        session,
        AuditEvent(
            tag=EventTag.MANDATE_REVOKED,
            at=now,
            reference=reference,
            person_id=by,
            service_uuid=mandate.service_uuid,
            organisation_id=mandate.organisation_id,
            level=mandate.level,
            details={"mandate": mandate.id, "person": mandate.person_id},
        ),
    )
    return True


def _tell(session: Session, mandate: Mandate, wanted: Revocation, reference: str) -> None:
    person = mandate.person
    if not person.email:
        return
    by = name_to_tell(session, mandate.organisation, wanted.actor.logged_in)
    facts = replace(RequestFacts.about(mandate, wanted.service, reference), by=by)
    letter = mandate_mails.revoked(person.email, person.locale, facts)
    outbox.enqueue(session, wanted.notifier.sealer, letter, wanted.now)
