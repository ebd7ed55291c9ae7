"""The letter and the mail with which somebody activates a means: sent when it was approved, and
again when the time of the letter is over.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.mandates import administrators
from admin.means.around import MeansAsker, MeansDesk
from assurance import means, means_letters
from assurance.means import IssuedMeans
from assurance.means_requests import MeansRequest, contact_of, of_means
from broker.texts import means_mails
from broker.texts.means_mails import MeansTold
from directory.organisations import Organisation
from directory.people import Person
from state import audit, outbox
from state.audit import AuditEvent, EventTag


class NoLetterNeeded(Exception):
    """Nobody waits for a letter: the means is not approved, is active, or has ended."""


def send(session: Session, desk: MeansDesk, request: MeansRequest) -> None:
    """Both messages, in place of earlier ones, in the transaction of the caller."""
    made, now, site = session.get_one(IssuedMeans, request.means_id), desk.now, desk.site
    person = session.get_one(Person, made.person_id)
    codes = means_letters.write(session, site.sealer, made.id, now, site.rules.activation)
    told = MeansTold(
        person=person.display_name,
        organisation=session.get_one(Organisation, request.organisation_id).name,
        level=request.level.label,
        reference=request.reference,
        until=codes.until,
        url=f"{site.base_url}/activeren",
        site=site.name,
    )
    address = contact_of(site.sealer, request).address
    messages = [means_mails.letter(", ".join(address), person.locale, told, codes.letter)]
    if person.email:
        messages.append(means_mails.mail_code(person.email, person.locale, told, codes.mail))
    for message in messages:
        outbox.enqueue(session, site.sealer, message, now, until=codes.until)
    _note(session, desk.actor, request, made, desk)


def send_again(session: Session, around: MeansAsker, means_id: str) -> None:
    """A new letter, asked by an administrator. Raises NotAdministrator, NoLetterNeeded."""
    administrators.demand(session, around.actor.logged_in, around.organisation_id, around.now)
    made = means.locked(session, means_id)
    links = {one.organisation_id for one in means.links(session, made.id, around.now)}
    waiting = [one for one in of_means(session, [made.id]) if one.is_pending and not one.is_open]
    if around.organisation_id not in links or not waiting:
        raise NoLetterNeeded(means_id)
    sent = means_letters.of_means(session, [made.id])
    if sent and sent[-1].holds(around.now):
        raise NoLetterNeeded(means_id)
    send(session, MeansDesk(around.actor, around.site, around.now), waiting[-1])


def _note(
    session: Session, actor: Actor, request: MeansRequest, made: IssuedMeans, desk: MeansDesk
) -> None:
    audit.record(
        session,
        AuditEvent(
            EventTag.MEANS_LETTER_SENT,
            desk.now,
            reference=request.reference,
            person_id=actor.person_id,
            organisation_id=request.organisation_id,
            level=request.level,
            details={"person": made.person_id, "means": made.id},
        ),
    )
