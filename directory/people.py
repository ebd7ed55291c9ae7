"""People: who they are, by which identities they log in, and their place in organisations."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import Enum, ForeignKey, String, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from directory.organisations import Organisation
from keys.sealing import Sealer
from state.db import Base, UtcDateTime, new_id, writing


class Person(Base):
    """A human. Rights come from mandates and memberships, never from a name or an e-mail
    address.
    """

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    display_name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(2), default="nl")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    blocked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    memberships: Mapped[list[Membership]] = relationship(back_populates="person")


class ExternalIdentity(Base):
    """How a makelaar knows a person. The key is (provider, subject): two makelaars never share
    one.
    """

    __tablename__ = "external_identity"

    provider_id: Mapped[str] = mapped_column(String(63), primary_key=True)
    subject_hash: Mapped[str] = mapped_column(String(64), primary_key=True)  # keyed hash
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    means_active_until: Mapped[datetime | None] = mapped_column(
        UtcDateTime
    )  # activation deadline that passed
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    person: Mapped[Person] = relationship()


class Role(enum.StrEnum):
    MEMBER = "member"
    ADMINISTRATOR = "administrator"


class Membership(Base):
    """A person's place in an organisation."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("person_id", "organisation_id"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[Role] = mapped_column(
        Enum(Role, native_enum=False, length=20, values_callable=lambda e: [m.value for m in e])
    )
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    person: Mapped[Person] = relationship(back_populates="memberships")
    organisation: Mapped[Organisation] = relationship()


class MeansStatus(enum.StrEnum):
    """May this identity be used to log in now?"""

    ACTIVE = "active"
    ACTIVATION_EXPIRED = "activation_expired"
    BLOCKED = "blocked"


def subject_hash(sealer: Sealer, provider_id: str, subject: str) -> str:
    """What is kept instead of a makelaar's subject: keyed, so that the table alone names nobody."""
    return sealer.fingerprint("subject", provider_id, subject)


def find(
    session: Session, sealer: Sealer, provider_id: str, subject: str
) -> ExternalIdentity | None:
    """The identity with its person, in one read."""
    key = (provider_id, subject_hash(sealer, provider_id, subject))
    return session.get(ExternalIdentity, key, options=[joinedload(ExternalIdentity.person)])


def find_or_create(
    session: Session,
    sealer: Sealer,
    *,
    provider_id: str,
    subject: str,
    display_name: str | None,
    email: str | None,
    now: datetime,
) -> Person:
    """The person behind this identity; an unknown identity gets a new person without any rights.

    Commits when it makes one. Of two first logins at once one makes the person, the other finds it.
    """
    known = find(session, sealer, provider_id, subject)
    if known is not None:
        return known.person
    try:
        with writing(session):
            person = Person(display_name=display_name or "", email=email, created_at=now)
            session.add(person)
            session.flush()
            session.add(
                ExternalIdentity(
                    provider_id=provider_id,
                    subject_hash=subject_hash(sealer, provider_id, subject),
                    person_id=person.id,
                    created_at=now,
                )
            )
        return person
    except IntegrityError:
        known = find(session, sealer, provider_id, subject)
        if known is None:
            raise
        return known.person


def means_status(identity: ExternalIdentity, now: datetime) -> MeansStatus:
    """Blocked people first; then an activation whose deadline passed."""
    if identity.person.blocked_at is not None and identity.person.blocked_at <= now:
        return MeansStatus.BLOCKED
    if identity.means_active_until is not None and identity.means_active_until <= now:
        return MeansStatus.ACTIVATION_EXPIRED
    return MeansStatus.ACTIVE


def is_blocked(session: Session, person_id: str) -> bool:
    """Asked once more before the answer goes out; a person that is gone is blocked. One read, never
    cached.
    """
    blocked_at = session.execute(select(Person.blocked_at).where(Person.id == person_id)).first()
    return blocked_at is None or blocked_at[0] is not None
