"""Identity documents that came with a request for a means: scans for who decides on it, sealed with
the key of the person whose document it is, and gone some weeks after the decision, or without one.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import (
    CursorResult,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    and_,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from assurance.levels import AssuranceLevel, suffices
from assurance.means_requests import MeansOutcome, MeansRequest, needs_approval
from directory.people import Role
from state.db import Base, UtcDateTime, enum_column_type, new_id

KEPT: Final = timedelta(days=30)  # after the decision, for who objects to it
WAITS: Final = timedelta(days=7)  # for a request that was begun, as long as its draft
OPEN: Final = timedelta(days=90)  # for a request that nobody decides
MOST_WAITING: Final = 40  # of one administrator at one organisation: nobody fills the database


class IdentityDocumentKind(enum.StrEnum):
    """With which document somebody shows who they are."""

    PASSPORT = "passport"
    IDENTITY_CARD = "identity_card"
    DRIVING_LICENCE = "driving_licence"
    RESIDENCE = "residence_document"

    @property
    def is_card(self) -> bool:
        """Has it two sides that both say something?"""
        return self is not IdentityDocumentKind.PASSPORT


class DocumentSide(enum.StrEnum):
    """What a file shows. ``whole``: all that counts, in one file."""

    WHOLE = "whole"
    FRONT = "front"
    BACK = "back"


class IdentityDocumentFile(Base):
    """One file. ``person_id`` of somebody new exists once the means is asked; ``draft_id``: of the
    request that was begun, or of the means that is to be changed; ``request_id``: once it was sent.
    ``expires_on``: the last day on which it is valid. ``scanner``: who looked for viruses.
    """

    __tablename__ = "identity_document"
    __table_args__ = (UniqueConstraint("draft_id", "side"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(String(26), index=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    brought_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    brought_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    draft_id: Mapped[str] = mapped_column(String(26))
    request_id: Mapped[str | None] = mapped_column(ForeignKey("means_request.id"), index=True)
    kind: Mapped[IdentityDocumentKind] = mapped_column(enum_column_type(IdentityDocumentKind, 20))
    side: Mapped[DocumentSide] = mapped_column(enum_column_type(DocumentSide, 10))
    expires_on: Mapped[date] = mapped_column(Date)
    media_type: Mapped[str] = mapped_column(String(20))
    size: Mapped[int] = mapped_column(Integer)  # bytes, of what was brought
    scanner: Mapped[str] = mapped_column(String(10))
    # Megabytes: read by who looks at it, and by nobody who lists.
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)

    @property
    def context(self) -> str:
        """What it is sealed for."""
        return f"identity-document:{self.id}"


def is_asked(level: AssuranceLevel, role: Role, approval: Collection[AssuranceLevel]) -> bool:
    """Is a document asked with this means, where the installation asks them? Not of a user at EH2,
    and not where nobody would look at it. ``approval``: the levels that somebody approves.
    """
    is_light = not suffices(level, AssuranceLevel.EH2_PLUS) and role is Role.MEMBER
    return not is_light and needs_approval(level, role, approval)


def is_complete(kind: IdentityDocumentKind, sides: Collection[DocumentSide]) -> bool:
    """Is all of it there? Of a card both sides, in one file or in two."""
    return DocumentSide.WHOLE in sides or (
        kind.is_card and {DocumentSide.FRONT, DocumentSide.BACK} <= set(sides)
    )


def of_draft(
    session: Session, draft_id: str, organisation_id: str, brought_by: str
) -> Sequence[IdentityDocumentFile]:
    """What this administrator brought to a request that is not sent yet."""
    query = select(IdentityDocumentFile).where(
        IdentityDocumentFile.draft_id == draft_id,
        IdentityDocumentFile.organisation_id == organisation_id,
        IdentityDocumentFile.brought_by == brought_by,
        IdentityDocumentFile.request_id.is_(None),
    )
    return session.scalars(
        query.order_by(IdentityDocumentFile.side.desc(), IdentityDocumentFile.id)
    ).all()


def of_request(session: Session, request_id: str) -> Sequence[IdentityDocumentFile]:
    """What came with a request; the front before the back."""
    query = select(IdentityDocumentFile).where(IdentityDocumentFile.request_id == request_id)
    return session.scalars(
        query.order_by(IdentityDocumentFile.side.desc(), IdentityDocumentFile.id)
    ).all()


def of_person(session: Session, person_id: str) -> Sequence[IdentityDocumentFile]:
    """Everything that is kept of this person, the oldest first; the front before the back."""
    query = select(IdentityDocumentFile).where(IdentityDocumentFile.person_id == person_id)
    return session.scalars(
        query.order_by(
            IdentityDocumentFile.brought_at,
            IdentityDocumentFile.side.desc(),
            IdentityDocumentFile.id,
        )
    ).all()


def number_waiting(session: Session, organisation_id: str, brought_by: str) -> int:
    """How many files that this administrator brought here belong to no request yet."""
    query = select(func.count()).where(
        IdentityDocumentFile.organisation_id == organisation_id,
        IdentityDocumentFile.brought_by == brought_by,
        IdentityDocumentFile.request_id.is_(None),
    )
    return session.scalar(query) or 0


def attach(session: Session, found: Collection[IdentityDocumentFile], request_id: str) -> None:
    """They belong to this request from now on, and make room for those of a next one."""
    session.execute(
        update(IdentityDocumentFile)
        .where(IdentityDocumentFile.id.in_([one.id for one in found]))
        .values(request_id=request_id, draft_id=request_id)
        .execution_options(synchronize_session="fetch")
    )


def erase(session: Session, ids: Collection[str]) -> int:
    """With the transaction of the caller; how many there were."""
    done = session.execute(
        delete(IdentityDocumentFile)
        .where(IdentityDocumentFile.id.in_(ids))
        .execution_options(synchronize_session="fetch")
    )
    return done.rowcount if isinstance(done, CursorResult) else 0


def due(session: Session, now: datetime, most: int) -> Sequence[IdentityDocumentFile]:
    """Those whose time is over: so long after the decision, of a request that was withdrawn or
    waits too long for one, or never sent with a request.
    """
    decided = MeansRequest.decided_at <= now - KEPT
    withdrawn = MeansRequest.outcome == MeansOutcome.WITHDRAWN
    undecided = and_(MeansRequest.outcome.is_(None), MeansRequest.asked_at <= now - OPEN)
    never_sent = and_(
        IdentityDocumentFile.request_id.is_(None), IdentityDocumentFile.brought_at <= now - WAITS
    )
    query = (
        select(IdentityDocumentFile)
        .outerjoin(MeansRequest, MeansRequest.id == IdentityDocumentFile.request_id)
        .where(or_(decided, withdrawn, undecided, never_sent))
        .order_by(IdentityDocumentFile.id)
        .limit(most)
    )
    return session.scalars(query).all()
