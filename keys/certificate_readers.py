"""Who read our metadata with which certificate: a row for each party and key. It is known by the
address, which each party has for itself; whoever opens that address counts, so it says that a party
can know a certificate, not that it uses it.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from keys.saml_keys import OwnRole
from state.db import Base, UtcDateTime, enum_column_type

AT_MOST_EVERY: Final = timedelta(hours=1)  # is written down again


class Reader(enum.StrEnum):
    """A program reads again by itself; a person with a browser brings it on by hand, or not."""

    PROGRAM = "program"
    BROWSER = "browser"


class CertificateReader(Base):
    """A party at its own address of our metadata, and one key that stood in it."""

    __tablename__ = "certificate_reader"

    role: Mapped[OwnRole] = mapped_column(enum_column_type(OwnRole, 10), primary_key=True)
    party: Mapped[str] = mapped_column(String(255), primary_key=True)
    kid: Mapped[str] = mapped_column(String(43), primary_key=True)
    reader: Mapped[Reader] = mapped_column(enum_column_type(Reader, 10), primary_key=True)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)


def note_read(
    session: Session,
    role: OwnRole,
    party: str,
    kids: Iterable[str],
    reader: Reader,
    now: datetime,
) -> None:
    """This party read metadata with these keys; with the transaction of the caller."""
    wanted = set(kids)
    known = {
        row.kid: row
        for row in session.scalars(
            select(CertificateReader).where(
                CertificateReader.role == role,
                CertificateReader.party == party,
                CertificateReader.reader == reader,
                CertificateReader.kid.in_(wanted),
            )
        )
    }
    for row in known.values():
        row.last_at = max(now, row.last_at)
    session.add_all(
        CertificateReader(role=role, party=party, kid=kid, reader=reader, first_at=now, last_at=now)
        for kid in sorted(wanted - known.keys())
    )


def all_readers(session: Session) -> Sequence[CertificateReader]:
    """Every row, by role, party and time."""
    return session.scalars(
        select(CertificateReader).order_by(
            CertificateReader.role,
            CertificateReader.party,
            CertificateReader.reader,
            CertificateReader.first_at,
            CertificateReader.kid,
        )
    ).all()
