"""Invitations: an administrator lets somebody with this e-mail address join an organisation.

The link works once and for a while; only a hash of it is kept. Sending one again makes a new row,
so that the older link can tell that there is a newer one.
"""

from __future__ import annotations

import enum
import hashlib
import secrets
from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, Index, Select, String, or_, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from assurance.levels import AssuranceLevel
from directory.groups import UserGroup
from directory.organisations import Organisation
from directory.people import Person, Role
from state.db import Base, LevelColumn, UtcDateTime, enum_column_type, new_id
from state.purging import delete_some

BYTES: Final = 32  # 256 bits


class InvitationState(enum.StrEnum):
    """Where an invitation stands. EXPIRED is never written: the clock says so."""

    OPEN = "open"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"  # sent again, with a newer link
    EXPIRED = "expired"


class GroupOutcome(enum.StrEnum):
    """What came of the group of an invitation, or what stands in its way."""

    JOINED = "joined"
    INVITER = "inviter"  # who invited looks after the group no more
    COMPANY = "company"  # the organisation is not in the group any more
    LEVEL = "level"  # the group asks more than the login that invited
    ALREADY_HERE = "already_here"
    OTHER_GROUP = "other_group"  # where an account is in one group


class Invitation(Base):
    """One link to one address. ``name`` as the administrator wrote it; ``locale``: of the mail, and
    of a new account. ``ended_at`` and ``outcome`` are None while it waits. ``group_id``: the group
    that who accepts comes into, with ``group_role``; ``group_level``: of the login that invited,
    above which it gives nothing; ``group_outcome``: None until it is accepted.
    """

    __tablename__ = "invitation"
    __table_args__ = (Index("ix_invitation_organisation_id_outcome", "organisation_id", "outcome"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(enum_column_type(Role, 20))
    locale: Mapped[str] = mapped_column(String(2))
    link_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[InvitationState | None] = mapped_column(enum_column_type(InvitationState, 10))
    accepted_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    group_id: Mapped[str | None] = mapped_column(ForeignKey("user_group.id"), index=True)
    group_role: Mapped[Role | None] = mapped_column(enum_column_type(Role, 20))
    group_level: Mapped[AssuranceLevel | None] = mapped_column(LevelColumn)
    group_outcome: Mapped[GroupOutcome | None] = mapped_column(enum_column_type(GroupOutcome, 20))
    group: Mapped[UserGroup | None] = relationship()
    organisation: Mapped[Organisation] = relationship()
    inviter: Mapped[Person] = relationship(foreign_keys=[invited_by])


def state_of(invitation: Invitation, now: datetime) -> InvitationState:
    """What became of it, as its link must tell."""
    if invitation.outcome is not None:
        return invitation.outcome
    return InvitationState.OPEN if now < invitation.expires_at else InvitationState.EXPIRED


def new_link() -> tuple[str, str]:
    """The secret part of a link, known to nobody else, and the hash that is kept."""
    secret = secrets.token_urlsafe(BYTES)
    return secret, _hash(secret)


def behind(session: Session, secret: str) -> Invitation | None:
    """The invitation of this link, whatever its state. Looking changes nothing."""
    query = select(Invitation).where(Invitation.link_hash == _hash(secret))
    return session.scalars(_whole(query)).first()


def one(session: Session, invitation_id: str) -> Invitation | None:
    """One invitation as it is now, with organisation and inviter."""
    query = select(Invitation).where(Invitation.id == invitation_id)
    return session.scalars(_whole(query)).first()


def waiting_at(session: Session, organisation_id: str) -> list[Invitation]:
    """Those that nobody answered, also where their time is over, by name."""
    query = select(Invitation).where(
        Invitation.organisation_id == organisation_id, Invitation.outcome.is_(None)
    )
    return list(session.scalars(_whole(query.order_by(Invitation.name, Invitation.id))))


def accepted_by(session: Session, person_id: str) -> list[Invitation]:
    """Those that this person took, the oldest first."""
    query = select(Invitation).where(Invitation.accepted_by == person_id)
    return list(session.scalars(_whole(query.order_by(Invitation.created_at, Invitation.id))))


def end(
    session: Session,
    invitation_id: str,
    outcome: InvitationState,
    now: datetime,
    *,
    accepted_by: str | None = None,
) -> bool:
    """Settle it, with the transaction of the caller; of two at once one gets True. One that is
    accepted is still in time.
    """
    statement = update(Invitation).where(
        Invitation.id == invitation_id, Invitation.outcome.is_(None)
    )
    if outcome is InvitationState.ACCEPTED:
        statement = statement.where(Invitation.expires_at > now)
    done = session.execute(
        statement.values(outcome=outcome, ended_at=now, accepted_by=accepted_by)
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    )
    return done.first() is not None


def purge(session: Session, before: datetime) -> int:
    """Delete a portion of those that were over before this moment; how many."""
    return delete_some(
        session,
        Invitation.id,
        or_(Invitation.ended_at < before, Invitation.expires_at < before),
    )


def _whole(query: Select[Invitation]) -> Select[Invitation]:
    return query.options(
        joinedload(Invitation.organisation),
        joinedload(Invitation.inviter),
        joinedload(Invitation.group),
    ).execution_options(populate_existing=True)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret[:200].encode("utf-8", "surrogatepass")).hexdigest()
