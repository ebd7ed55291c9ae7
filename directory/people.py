"""People: who they are, by which identities they log in, and their place in organisations."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, String, UniqueConstraint, bindparam, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, contains_eager, mapped_column, relationship

from assurance.levels import AssuranceLevel
from directory.organisations import Organisation
from directory.origin import Origin, origin_column
from keys.sealing import Sealer
from state.db import Base, LevelColumn, UtcDateTime, enum_column_type, new_id, table_of, writing
from state.prepared import PreparedStatement


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
    # A login that began before this moment gives nothing any more.
    logged_out_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    origin: Mapped[Origin] = origin_column()
    memberships: Mapped[list[Membership]] = relationship(back_populates="person")


class NoSuchPerson(Exception):
    """There is nobody with this id."""


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
    origin: Mapped[Origin] = origin_column()


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
    role: Mapped[Role] = mapped_column(enum_column_type(Role, 20))
    # Of the means with which the person works here; None: as high as each login is.
    level: Mapped[AssuranceLevel | None] = mapped_column(LevelColumn)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    # When the role was given or extended, where that was not when the place began.
    role_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    origin: Mapped[Origin] = origin_column()
    person: Mapped[Person] = relationship(back_populates="memberships")
    organisation: Mapped[Organisation] = relationship()


class MeansStatus(enum.StrEnum):
    """How a means stands. At a login only ``active``, ``activation_expired``, ``blocked``,
    ``restricted`` and ``ended`` occur; what comes before the activation is of the means that Sluis
    issues.
    """

    WAITS_FOR_APPROVAL = "approval"
    WAITS_FOR_ACTIVATION = "activation"
    ACTIVATION_EXPIRED = "activation_expired"
    ACTIVE = "active"
    CHANGE_PENDING = "change"
    REFUSED = "refused"
    BLOCKED = "blocked"
    RESTRICTED = "restricted"  # to the services of another provider
    ENDED = "ended"


def subject_hash(sealer: Sealer, provider_id: str, subject: str) -> str:
    """What is kept instead of a makelaar's subject: keyed, so that the table alone names nobody."""
    return sealer.fingerprint("subject", provider_id, subject)


@dataclass(frozen=True)
class Known:
    """A person as one identity finds them: what a login needs to know, read at one moment."""

    person_id: str
    display_name: str
    email: str | None
    blocked_at: datetime | None
    means_active_until: datetime | None


# Written once: a statement that is built anew for every login costs more than the database does.
_identity, _person = table_of(ExternalIdentity).c, table_of(Person).c
_FIND: Final = PreparedStatement(
    select(
        _identity.person_id,
        _person.display_name,
        _person.email,
        _person.blocked_at,
        _identity.means_active_until,
    )
    .join(table_of(Person), _person.id == _identity.person_id)
    .where(
        _identity.provider_id == bindparam("provider"),
        _identity.subject_hash == bindparam("subject"),
    )
)


def makelaars_of(session: Session, person_id: str) -> list[str]:
    """Ids of the makelaars that this person came through, by id."""
    query = (
        select(ExternalIdentity.provider_id)
        .where(ExternalIdentity.person_id == person_id)
        .distinct()
        .order_by(ExternalIdentity.provider_id, ExternalIdentity.subject_hash)
    )
    return list(session.scalars(query))


@dataclass(frozen=True)
class KnownAt:
    """A makelaar that knows a person, since when. ``active_until``: the deadline of an activation,
    None where there is none.
    """

    provider_id: str
    since: datetime
    active_until: datetime | None


def known_at(session: Session, person_id: str) -> list[KnownAt]:
    """Every identity of this person, the oldest first; what the makelaar calls them is not kept."""
    query = (
        select(
            ExternalIdentity.provider_id,
            ExternalIdentity.created_at,
            ExternalIdentity.means_active_until,
        )
        .where(ExternalIdentity.person_id == person_id)
        .order_by(
            ExternalIdentity.created_at,
            ExternalIdentity.provider_id,
            ExternalIdentity.subject_hash,
        )
    )
    return [KnownAt(*row) for row in session.execute(query)]


def memberships_of(session: Session, person_id: str) -> list[Membership]:
    """Every place that this person has or had, with the organisation, by its name."""
    query = (
        select(Membership)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(Membership.person_id == person_id)
        .options(contains_eager(Membership.organisation))
        .order_by(Organisation.name, Membership.since, Membership.id)
    )
    return list(session.scalars(query))


def identities_of(session: Session, person_id: str) -> dict[tuple[str, str], datetime | None]:
    """Makelaar and hash of the subject of every identity of this person, and until when the means
    is active; None where nobody said so.
    """
    query = select(
        ExternalIdentity.provider_id,
        ExternalIdentity.subject_hash,
        ExternalIdentity.means_active_until,
    ).where(ExternalIdentity.person_id == person_id)
    return {(provider_id, subject): until for provider_id, subject, until in session.execute(query)}


def places_of(session: Session, person_id: str, now: datetime) -> list[tuple[str, Role]]:
    """Organisation and role of every place that this person has now."""
    query = select(Membership.organisation_id, Membership.role).where(
        Membership.person_id == person_id,
        Membership.since <= now,
        or_(Membership.until.is_(None), Membership.until > now),
    )
    return [(organisation_id, role) for organisation_id, role in session.execute(query)]


def find(session: Session, sealer: Sealer, provider_id: str, subject: str) -> Known | None:
    """The person behind this identity, in one read."""
    key = {"provider": provider_id, "subject": subject_hash(sealer, provider_id, subject)}
    row = _FIND.first(session, key)
    return Known(*row) if row is not None else None


def find_or_create(
    session: Session,
    sealer: Sealer,
    *,
    provider_id: str,
    subject: str,
    display_name: str | None,
    email: str | None,
    now: datetime,
) -> Known:
    """The person behind this identity; an unknown identity gets a new person without any rights.

    Commits when it makes one. Of two first logins at once one makes the person, the other finds it.
    """
    known = find(session, sealer, provider_id, subject)
    if known is not None:
        return known
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
        return Known(person.id, person.display_name, email, None, None)
    except IntegrityError:
        known = find(session, sealer, provider_id, subject)
        if known is None:
            raise
        return known


def means_status(known: Known, now: datetime) -> MeansStatus:
    """Blocked people first; then an activation whose deadline passed."""
    if known.blocked_at is not None and known.blocked_at <= now:
        return MeansStatus.BLOCKED
    if known.means_active_until is not None and known.means_active_until <= now:
        return MeansStatus.ACTIVATION_EXPIRED
    return MeansStatus.ACTIVE


def log_out(session: Session, person_id: str, now: datetime) -> None:
    """No login of this person that is under way gives anything any more. Takes the row of the
    person, so what runs is looked for afterwards: an answer that is being written comes first.
    """
    session.execute(update(Person).where(Person.id == person_id).values(logged_out_at=now))


def known_person(session: Session, person_id: str) -> Person:
    """The person with this id. Raises NoSuchPerson."""
    person = session.get(Person, person_id)
    if person is None:
        raise NoSuchPerson(person_id)
    return person
