"""Change forms (wijzigingsformulieren): what an organisation cannot do by itself, asked on line and
decided by who runs the installation.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from directory.organisations import Organisation
from directory.people import Person
from state.db import Base, UtcDateTime, enum_column_type, new_id, sealed_column

SEALED_AS: Final = "change_form:{id}"


class FormKind(enum.StrEnum):
    """What is asked; the value stands in the address of its form."""

    OWN_MOBILE = "eigen-mobiel"
    OTP_DEVICE = "otp-apparaat"
    KVK_NUMBER = "kvk-nummer"
    BRANCHES = "vestigingsnummer"
    NO_ADMINISTRATOR = "geen-beheerder"
    OTHER = "overig"


class FormState(enum.StrEnum):
    """How far it is."""

    OPEN = "open"
    TAKEN = "taken"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


WAITING: Final = (FormState.OPEN, FormState.TAKEN)


class ChangeForm(Base):
    """One form. ``asked``: what was written, sealed; ``answer``: what who decided wrote back."""

    __tablename__ = "change_form"
    __table_args__ = (
        Index("ix_change_form_organisation_id_state", "organisation_id", "state"),
        Index("ix_change_form_state_sent_at", "state", "sent_at"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[FormKind] = mapped_column(enum_column_type(FormKind, 20))
    state: Mapped[FormState] = mapped_column(enum_column_type(FormState, 10))
    asked: Mapped[bytes] = sealed_column(SEALED_AS)
    reference: Mapped[str] = mapped_column(String(8))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_by: Mapped[str | None] = mapped_column(String(26))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[str | None] = mapped_column(String(26))
    answer: Mapped[str | None] = mapped_column(String(500))
    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation] = relationship()

    @property
    def waits(self) -> bool:
        return self.state in WAITING


_WITH: Final = (joinedload(ChangeForm.person), joinedload(ChangeForm.organisation))


def one(session: Session, form_id: str, *, held: bool = False) -> ChangeForm | None:
    """As it is now; held until the transaction ends."""
    query = (
        select(ChangeForm)
        .where(ChangeForm.id == form_id)
        .options(*_WITH)
        .execution_options(populate_existing=True)
    )
    if held:
        query = query.with_for_update(of=ChangeForm)
    return session.scalars(query).first()


def of_organisation(
    session: Session, organisation_id: str, *, person_id: str | None = None
) -> Sequence[ChangeForm]:
    """The newest first; of one person where that is given."""
    query = (
        select(ChangeForm)
        .where(ChangeForm.organisation_id == organisation_id)
        .options(*_WITH)
        .order_by(ChangeForm.sent_at.desc(), ChangeForm.id)
    )
    if person_id is not None:
        query = query.where(ChangeForm.person_id == person_id)
    return session.scalars(query).all()


def sent_by(session: Session, person_id: str) -> Sequence[ChangeForm]:
    """Every one of this person, the oldest first."""
    query = select(ChangeForm).where(ChangeForm.person_id == person_id).options(*_WITH)
    return session.scalars(query.order_by(ChangeForm.sent_at, ChangeForm.id)).all()


def waiting(session: Session, most: int = 200) -> Sequence[ChangeForm]:
    """What nobody decided on yet, the oldest first."""
    query = (
        select(ChangeForm)
        .where(ChangeForm.state.in_(WAITING))
        .options(*_WITH)
        .order_by(ChangeForm.sent_at, ChangeForm.id)
        .limit(most)
    )
    return session.scalars(query).all()
