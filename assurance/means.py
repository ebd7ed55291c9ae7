"""Second factors of Sluis, kept per person, with the counters that guard them."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import BigInteger, Enum, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from state.db import Base, UtcDateTime, new_id


class FactorKind(enum.StrEnum):
    TOTP = "totp"


class Factor(Base):
    """One factor. ``secret`` is sealed. ``last_step`` is the last TOTP time step that was accepted:
    each works once.

    ``failures`` counts wrong codes since the last right one; ``locked_until`` opens by itself.
    """

    __tablename__ = "factor"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[FactorKind] = mapped_column(
        Enum(
            FactorKind, native_enum=False, length=20, values_callable=lambda e: [m.value for m in e]
        )
    )
    label: Mapped[str] = mapped_column(String(100), default="")
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    bound_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
