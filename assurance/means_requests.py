"""What is asked of a means: a new one, or a change of one. Of one means one request is open at a
time; what an operator decided about it stays with the reason.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from pydantic import TypeAdapter
from sqlalchemy import JSON, Date, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assurance import means
from assurance.factors import FactorKind
from assurance.levels import AssuranceLevel, suffices
from assurance.means import IssuedMeans, MeansLink, standing
from directory.people import Role
from keys.sealing import Sealer
from state.db import Base, LevelColumn, UtcDateTime, enum_column_type, new_id, sealed_column

# The second factors with which a means can be asked.
FACTORS: Final = (FactorKind.SMS, FactorKind.OTP_DEVICE, FactorKind.TOTP)


class RequestKind(enum.StrEnum):
    """A means that is not there yet, or another level, role or organisation for one that is."""

    NEW = "new"
    CHANGE = "change"


class MeansOutcome(enum.StrEnum):
    """How a request ended. ``approved`` is done once ``done_at`` is there: an upgrade may wait for
    its second factor.
    """

    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # the organisation ended the means first


class Identification(enum.StrEnum):
    """How somebody outside Sluis checked who the person is."""

    IN_PERSON = "in_person"
    REMOTE = "remote"
    AT_A_PARTNER = "partner"


class MeansRequest(Base):
    """One request. ``organisations``: ids of those to link. ``contact`` is sealed: where the letter
    goes and the number for SMS, until it is done. ``checked_by``: the operator who recorded the
    identification.
    """

    __tablename__ = "means_request"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    means_id: Mapped[str] = mapped_column(ForeignKey("means.id"), index=True)
    kind: Mapped[RequestKind] = mapped_column(enum_column_type(RequestKind, 20))
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    asked_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reference: Mapped[str] = mapped_column(String(8))
    level: Mapped[AssuranceLevel] = mapped_column(LevelColumn)
    role: Mapped[Role] = mapped_column(enum_column_type(Role, 20))
    factor: Mapped[FactorKind | None] = mapped_column(enum_column_type(FactorKind, 20))
    provider_oin: Mapped[str | None] = mapped_column(String(20))  # as that of a means is to be
    organisations: Mapped[list[str]] = mapped_column(JSON)
    contact: Mapped[bytes] = sealed_column("means-request:{id}")
    proof: Mapped[Identification | None] = mapped_column(enum_column_type(Identification, 20))
    proof_reference: Mapped[str | None] = mapped_column(String(64))
    proof_on: Mapped[date | None] = mapped_column(Date)
    checked_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[MeansOutcome | None] = mapped_column(
        enum_column_type(MeansOutcome, 20), index=True
    )
    refusal_reason: Mapped[str | None] = mapped_column(String(500))
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def close(self, now: datetime) -> None:
        """It is done: what was only needed for the way there is not kept."""
        self.done_at, self.contact = now, b""

    @property
    def is_open(self) -> bool:
        """Nobody decided on it yet."""
        return self.outcome is None

    @property
    def is_pending(self) -> bool:
        """It may still change the means, so no second one is asked beside it."""
        return self.is_open or (self.outcome is MeansOutcome.APPROVED and self.done_at is None)


@dataclass(frozen=True)
class Contact:
    """``address``: the lines of the envelope, one by one; ``mobile`` in E.164, or empty."""

    address: tuple[str, ...] = ()
    mobile: str = ""


_CONTACT: Final = TypeAdapter(Contact)


def seal_contact(sealer: Sealer, request_id: str, contact: Contact) -> bytes:
    """As it is kept with this request."""
    return sealer.seal(_CONTACT.dump_json(contact), f"means-request:{request_id}")


def contact_of(sealer: Sealer, request: MeansRequest) -> Contact:
    """Where the letter goes, and the number; neither once it is done. Raises SealBroken."""
    if not request.contact:
        return Contact()
    opened = sealer.open(request.contact, f"means-request:{request.id}")
    return _CONTACT.validate_json(opened)


def needs_factor(level: AssuranceLevel) -> bool:
    """Is a second factor asked with a means of this level?"""
    return level.has_two_factors


def needs_identification(level: AssuranceLevel, role: Role) -> bool:
    """Must somebody outside have checked who the person is? At EH3, and at EH2+ of somebody who
    gives means and mandates to others.
    """
    if suffices(level, AssuranceLevel.EH3):
        return True
    return role is Role.ADMINISTRATOR and suffices(level, AssuranceLevel.EH2_PLUS)


def needs_approval(level: AssuranceLevel, role: Role, levels: Collection[AssuranceLevel]) -> bool:
    """Must somebody of the installation approve it? ``levels``: as the installation chose; what
    needs an identification always does.
    """
    return level in levels or needs_identification(level, role)


def of_means(session: Session, means_ids: Collection[str]) -> list[MeansRequest]:
    """Every request about these means, the oldest first."""
    query = select(MeansRequest).where(MeansRequest.means_id.in_(means_ids))
    return list(session.scalars(query.order_by(MeansRequest.asked_at, MeansRequest.id)))


def pending(session: Session, means_id: str) -> MeansRequest | None:
    """The request that may still change this means."""
    return next((one for one in of_means(session, [means_id]) if one.is_pending), None)


def has_restricted(
    session: Session, organisation_id: str, now: datetime, *, other_than: str | None = None
) -> bool:
    """Is there, or comes, a restricted means at this organisation? ``other_than``: the id of the
    one that does not count.
    """
    if means.restricted_at(session, organisation_id, now, other_than=other_than):
        return True
    query = (
        select(MeansRequest)
        .join(MeansLink, MeansLink.means_id == MeansRequest.means_id)
        .where(
            MeansLink.organisation_id == organisation_id,
            MeansRequest.provider_oin.is_not(None),
            MeansRequest.done_at.is_(None),
        )
    )
    return any(one.is_pending and one.means_id != other_than for one in session.scalars(query))


def open_now(session: Session) -> Sequence[MeansRequest]:
    """Everything that waits for a decision, the oldest first."""
    query = select(MeansRequest).where(MeansRequest.outcome.is_(None))
    return list(session.scalars(query.order_by(MeansRequest.asked_at, MeansRequest.id)))


def not_identified(session: Session, person_ids: Collection[str], now: datetime) -> set[str]:
    """Those of these people who have or get a means of Sluis for which nobody recorded who they
    are: they become administrator by a request for that means alone.
    """
    checked = select(MeansRequest.means_id).where(
        MeansRequest.checked_by.is_not(None), MeansRequest.outcome == MeansOutcome.APPROVED
    )
    query = select(IssuedMeans.person_id).where(
        IssuedMeans.person_id.in_(person_ids), *standing(now), IssuedMeans.id.not_in(checked)
    )
    return set(session.scalars(query))


def locked(session: Session, request_id: str) -> MeansRequest | None:
    """As it is now, and nobody else decides on it before the transaction ends, nor changes its
    means.
    """
    means_id = session.scalar(select(MeansRequest.means_id).where(MeansRequest.id == request_id))
    if means_id is None or means.held(session, means_id) is None:
        return None
    return session.get(MeansRequest, request_id, with_for_update=True, populate_existing=True)
