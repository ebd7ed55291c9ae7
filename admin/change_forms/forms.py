"""What becomes of a change form, each step once, in the audit and told by mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.mandates.companies import of_person
from admin.operators.addresses import addresses
from admin.operators.roles import OperatorRole
from broker.texts import form_mails
from broker.texts.quoting import written
from consent import requests
from directory import change_forms
from directory.change_forms import SEALED_AS, WAITING, ChangeForm, FormKind, FormState
from directory.people import Person
from keys.sealing import Sealer
from state import audit, outbox
from state.audit import AuditEvent, EventTag
from state.db import new_id
from state.locks import Held, one_at_a_time
from state.outbox import Message
from state.trace import new_reference

LONGEST: Final = 2000
LONGEST_ANSWER: Final = 500


class FormRefused(Exception):
    """Nothing changed. ``why``: ``empty``, ``too_long``, ``twice`` (one of this kind waits
    already), ``not_for_you``, ``over`` (it was decided or withdrawn) or ``own`` (who asks does not
    decide).
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class FormAround:
    """Who does something to a form, and when. ``base_url``: where operators look."""

    actor: Actor
    sealer: Sealer
    now: datetime
    base_url: str


def kinds_for(
    session: Session, organisation_id: str, person_id: str, now: datetime
) -> Sequence[FormKind]:
    """What somebody can ask there: an administrator everything but for another one; a user for an
    administrator where there is none.
    """
    own = {one.id: one for one in of_person(session, person_id, now)}
    place = own.get(organisation_id)
    if place is None:
        return ()
    if place.is_administered:
        return [kind for kind in FormKind if kind is not FormKind.NO_ADMINISTRATOR]
    nobody = not requests.administrators_of(session, organisation_id, now)
    return [FormKind.NO_ADMINISTRATOR] if nobody else ()


def send(
    session: Session, around: FormAround, organisation_id: str, kind: FormKind, typed: str
) -> ChangeForm:
    """Raises FormRefused. The caller commits, or rolls back."""
    by, text = around.actor.logged_in, written(typed)
    one_at_a_time(session, Held.CHANGE_FORM, f"{organisation_id}:{kind}")
    if kind not in kinds_for(session, organisation_id, by, around.now):
        raise FormRefused("not_for_you")
    if not 0 < len(text) <= LONGEST:
        raise FormRefused("too_long" if text else "empty")
    query = select(ChangeForm.id).where(
        ChangeForm.organisation_id == organisation_id,
        ChangeForm.kind == kind,
        ChangeForm.person_id == by,
        ChangeForm.state.in_(WAITING),
    )
    if session.scalars(query).first() is not None:
        raise FormRefused("twice")
    form_id = new_id()
    form = ChangeForm(
        id=form_id,
        organisation_id=organisation_id,
        person_id=by,
        kind=kind,
        state=FormState.OPEN,
        asked=around.sealer.seal(text.encode(), SEALED_AS.format(id=form_id)),
        reference=new_reference(),
        sent_at=around.now,
    )
    session.add(form)
    session.flush()
    _note(session, around, form, EventTag.FORM_SENT)
    person = session.get_one(Person, by)
    if person.email:
        _mail(session, around, form_mails.received(person.email, person.locale, form.reference))
    for to in addresses(session, OperatorRole.HELPDESK, around.now):
        mail = form_mails.to_operator(to.email, to.locale, around.base_url, form.reference)
        _mail(session, around, mail)
    return form


def withdraw(session: Session, around: FormAround, form_id: str) -> None:
    """By who sent it. Raises FormRefused."""
    form = _waiting(session, form_id)
    if form.person_id != around.actor.logged_in:
        raise FormRefused("not_for_you")
    form.state, form.decided_at = FormState.WITHDRAWN, around.now
    session.flush()
    _note(session, around, form, EventTag.FORM_WITHDRAWN)


def take(session: Session, around: FormAround, form_id: str) -> None:
    """An operator takes it up, or takes it over. Raises FormRefused."""
    form = _waiting(session, form_id)
    _demand_other(form, around)
    form.state, form.taken_at = FormState.TAKEN, around.now
    form.taken_by = around.actor.logged_in
    session.flush()
    _note(session, around, form, EventTag.FORM_TAKEN)


def decide(
    session: Session, around: FormAround, form_id: str, *, is_done: bool, answer: str
) -> None:
    """An operator did what was asked, or refuses it; says why in 1 to 500 signs. Raises
    FormRefused.
    """
    form = _waiting(session, form_id)
    _demand_other(form, around)
    said = written(answer)
    if not 0 < len(said) <= LONGEST_ANSWER:
        raise FormRefused("too_long" if said else "empty")
    form.state = FormState.DONE if is_done else FormState.REFUSED
    form.decided_at, form.decided_by = around.now, around.actor.logged_in
    form.answer = said
    session.flush()
    _note(session, around, form, EventTag.FORM_DECIDED, outcome=str(form.state))
    person = form.person
    if person.email:
        mail = form_mails.decided(
            person.email, person.locale, said, form.reference, is_done=is_done
        )
        _mail(session, around, mail)


def what_is_asked(form: ChangeForm, sealer: Sealer) -> str:
    """What was asked, for who sent it and who decides."""
    return sealer.open(form.asked, SEALED_AS.format(id=form.id)).decode()


def _waiting(session: Session, form_id: str) -> ChangeForm:
    form = change_forms.one(session, form_id, held=True)
    if form is None or not form.waits:
        raise FormRefused("over")
    return form


def _demand_other(form: ChangeForm, around: FormAround) -> None:
    if form.person_id == around.actor.logged_in:
        raise FormRefused("own")


def _mail(session: Session, around: FormAround, mail: Message) -> None:
    outbox.enqueue(session, around.sealer, mail, around.now)


def _note(
    session: Session,
    around: FormAround,
    form: ChangeForm,
    tag: EventTag,
    outcome: str | None = None,
) -> None:
    audit.record(
        session,
        AuditEvent(
            tag,
            around.now,
            form.reference,
            person_id=around.actor.person_id,
            organisation_id=form.organisation_id,
            outcome=outcome,
            reason=str(form.kind),
            details={"form": form.id, "person": form.person_id},
        ),
    )
