"""Means (inlogmiddelen) that Sluis issues: one per person at a time, linked to organisations, and
how each stands, which is computed from what happened. What is asked of one stands in
``means_requests``, the codes with which it is activated in ``means_letters``.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, ForeignKey, String, UniqueConstraint, false, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assurance.levels import AssuranceLevel
from directory.people import MeansStatus, Role
from state.db import Base, LevelColumn, UtcDateTime, enum_column_type, new_id

REFUSAL_SHOWN: Final = timedelta(days=30)  # how long an organisation sees why


class IssuedMeans(Base):
    """One means. ``level``: at which it was issued, or is asked while it was not. ``ends_at``: from
    then on nobody logs in with it, a day to come or a moment that was. ``contract_until``: of the
    subscription, where the installation knows one. ``provider_oin``: the only party at whose
    services a restricted means counts; None: at all.
    """

    __tablename__ = "means"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    level: Mapped[AssuranceLevel] = mapped_column(LevelColumn)
    provider_oin: Mapped[str | None] = mapped_column(String(20))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    activated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    contract_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MeansLink(Base):
    """An organisation for which a means is used, and in which role. It counts from the activation
    on, as a place (``directory.people.Membership``).
    """

    __tablename__ = "means_link"
    __table_args__ = (UniqueConstraint("means_id", "organisation_id"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    means_id: Mapped[str] = mapped_column(ForeignKey("means.id"), index=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[Role] = mapped_column(enum_column_type(Role, 20))
    # The place came with it, and so goes with it; with a default of the database too.
    gives_place: Mapped[bool] = mapped_column(default=False, server_default=false())
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class MeansFacts:
    """What the status follows from. ``letter_until``: how long the last letter can be used;
    ``change_waits``: something was asked of it and is not done yet.
    """

    is_blocked: bool = False
    approved_at: datetime | None = None
    refused_at: datetime | None = None
    activated_at: datetime | None = None
    ends_at: datetime | None = None
    letter_until: datetime | None = None
    change_waits: bool = False


def status(facts: MeansFacts, now: datetime) -> MeansStatus:
    """How it stands now. What ended stays ended, whatever else is known."""
    if facts.ends_at is not None and facts.ends_at <= now:
        return MeansStatus.ENDED
    if facts.is_blocked:
        return MeansStatus.BLOCKED
    if facts.activated_at is not None:
        return MeansStatus.CHANGE_PENDING if facts.change_waits else MeansStatus.ACTIVE
    if facts.refused_at is not None:
        return MeansStatus.REFUSED
    if facts.approved_at is None:
        return MeansStatus.WAITS_FOR_APPROVAL
    if facts.letter_until is not None and facts.letter_until > now:
        return MeansStatus.WAITS_FOR_ACTIVATION
    return MeansStatus.ACTIVATION_EXPIRED


def is_shown(facts: MeansFacts, now: datetime) -> bool:
    """Does an organisation still see it in its list? A refusal for thirty days; what ended not."""
    found = status(facts, now)
    if found is MeansStatus.REFUSED and facts.refused_at is not None:
        return now < facts.refused_at + REFUSAL_SHOWN
    return found is not MeansStatus.ENDED


def standing(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Conditions: not refused and not ended. A person has one such means at most."""
    return (
        IssuedMeans.refused_at.is_(None),
        or_(IssuedMeans.ends_at.is_(None), IssuedMeans.ends_at > now),
    )


def of_person(session: Session, person_id: str, now: datetime) -> IssuedMeans | None:
    """The one that stands, from the asking on."""
    query = select(IssuedMeans).where(IssuedMeans.person_id == person_id, *standing(now))
    return session.scalars(query.order_by(IssuedMeans.asked_at.desc(), IssuedMeans.id)).first()


def all_of_person(session: Session, person_id: str) -> list[IssuedMeans]:
    """Every one that there was, the oldest first."""
    query = select(IssuedMeans).where(IssuedMeans.person_id == person_id)
    return list(session.scalars(query.order_by(IssuedMeans.asked_at, IssuedMeans.id)))


def locked(session: Session, means_id: str) -> IssuedMeans:
    """As it is now, and nobody else changes it before the transaction ends."""
    return session.get_one(IssuedMeans, means_id, with_for_update=True, populate_existing=True)


def held(session: Session, means_id: str) -> IssuedMeans | None:
    """The same; None where there is none any more. Before what hangs from it is locked."""
    return session.get(IssuedMeans, means_id, with_for_update=True, populate_existing=True)


def links(session: Session, means_id: str, now: datetime) -> list[MeansLink]:
    """The organisations that it is linked to now."""
    query = select(MeansLink).where(
        MeansLink.means_id == means_id, or_(MeansLink.until.is_(None), MeansLink.until > now)
    )
    return list(session.scalars(query.order_by(MeansLink.since, MeansLink.id)))


def linked_at(
    session: Session,
    organisation_id: str,
    now: datetime,
    person_ids: Collection[str] | None = None,
) -> list[tuple[IssuedMeans, MeansLink]]:
    """Every means of which this organisation still has something to see, the newest last;
    ``person_ids``: of these people alone.
    """
    query = (
        select(IssuedMeans, MeansLink)
        .join(MeansLink, MeansLink.means_id == IssuedMeans.id)
        .where(
            MeansLink.organisation_id == organisation_id,
            or_(MeansLink.until.is_(None), MeansLink.until > now),
            or_(IssuedMeans.ends_at.is_(None), IssuedMeans.ends_at > now),
            or_(IssuedMeans.refused_at.is_(None), IssuedMeans.refused_at > now - REFUSAL_SHOWN),
        )
        .order_by(IssuedMeans.asked_at, IssuedMeans.id)
    )
    if person_ids is not None:
        query = query.where(IssuedMeans.person_id.in_(person_ids))
    return [(row[0], row[1]) for row in session.execute(query)]


def counts_at(restricted_to: str | None, provider_oin: str) -> bool:
    """Does a login with a means count at a service of this provider? ``restricted_to``: the OIN of
    the only one where it does; None: at all.
    """
    return restricted_to is None or restricted_to == provider_oin


def restricted_at(
    session: Session, organisation_id: str, now: datetime, *, other_than: str | None = None
) -> list[IssuedMeans]:
    """Restricted means that stand and are linked to this organisation, from the asking on."""
    query = (
        select(IssuedMeans)
        .join(MeansLink, MeansLink.means_id == IssuedMeans.id)
        .where(
            MeansLink.organisation_id == organisation_id,
            or_(MeansLink.until.is_(None), MeansLink.until > now),
            IssuedMeans.provider_oin.is_not(None),
            *standing(now),
        )
    )
    return [one for one in session.scalars(query) if one.id != other_than]


def link(
    session: Session,
    means_id: str,
    organisation_ids: Collection[str],
    role: Role,
    now: datetime,
    asked_at: datetime,
) -> None:
    """Link it to these organisations; one that it was linked to takes the role. An end that an
    organisation said after it was asked stays.
    """
    query = select(MeansLink).where(MeansLink.means_id == means_id)
    known = {row.organisation_id: row for row in session.scalars(query)}
    for organisation_id in dict.fromkeys(organisation_ids):
        row = known.get(organisation_id)
        if row is None:
            session.add(
                MeansLink(
                    id=new_id(),
                    means_id=means_id,
                    organisation_id=organisation_id,
                    role=role,
                    gives_place=False,
                    since=now,
                )
            )
        else:
            row.role = role
            if row.until is not None and row.until <= asked_at:
                row.until = None
    session.flush()
