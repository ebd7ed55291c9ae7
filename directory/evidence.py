"""Evidence: what the makelaar of one login rests its word on (eTD: the assertions in Advice),
sealed. No rule reads it; it is kept for whoever must show later why somebody was let in, as long as
the login history.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from keys.sealing import Sealer
from state.db import Base, UtcDateTime, new_id, sealed_column
from state.purging import delete_some

_CONTEXT: Final = "login-evidence"


class LoginEvidence(Base):
    """Of one login, found by its reference."""

    __tablename__ = "login_evidence"
    __table_args__ = (
        Index("ix_login_evidence_reference", "reference"),
        Index("ix_login_evidence_person_id", "person_id"),
        Index("ix_login_evidence_at", "at"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reference: Mapped[str] = mapped_column(String(8))
    provider_id: Mapped[str] = mapped_column(String(63))
    sealed: Mapped[bytes] = sealed_column(f"{_CONTEXT}:{{id}}")


def keep(
    session: Session,
    sealer: Sealer,
    evidence: str,
    *,
    person_id: str,
    reference: str,
    provider_id: str,
    at: datetime,
) -> None:
    """Add it with the transaction of the caller."""
    key = new_id()
    session.add(
        LoginEvidence(
            id=key,
            person_id=person_id,
            at=at,
            reference=reference,
            provider_id=provider_id,
            sealed=sealer.seal(evidence.encode(), f"{_CONTEXT}:{key}"),
        )
    )


def of_login(session: Session, sealer: Sealer, reference: str) -> list[str]:
    """What was kept under this reference. Raises SealBroken."""
    rows = session.scalars(select(LoginEvidence).where(LoginEvidence.reference == reference))
    return [sealer.open(row.sealed, f"{_CONTEXT}:{row.id}").decode() for row in rows]


def count_of(session: Session, person_id: str) -> int:
    """How many logins of this person have some."""
    query = select(func.count()).where(LoginEvidence.person_id == person_id)
    return session.scalar(query) or 0


def purge(session: Session, before: datetime) -> int:
    """Delete a portion of what is older than the retention allows; how many."""
    return delete_some(session, LoginEvidence.id, LoginEvidence.at < before)
