"""People: who they are, by which identities they log in, and their place in organisations."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import Enum, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from directory.organisations import Organisation
from state.db import Base, UtcDateTime, new_id


class Person(Base):
    """A human. Rights come from mandates and memberships, never from a name or an e-mail address."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    display_name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(2), default="nl")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    blocked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    memberships: Mapped[list[Membership]] = relationship(back_populates="person")


class ExternalIdentity(Base):
    """How a makelaar knows a person. The key is (provider, subject): two makelaars never share one."""

    __tablename__ = "external_identity"

    provider_id: Mapped[str] = mapped_column(String(63), primary_key=True)
    subject_hash: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256 hex of the subject
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    means_active_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # activation deadline that passed
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
