"""Second factors of Sluis, kept per person, with the counters that guard them."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from directory.origin import Origin, origin_column
from state.db import Base, UtcDateTime, enum_column_type, new_id, sealed_column


class FactorKind(enum.StrEnum):
    TOTP = "totp"
    OTP_DEVICE = "otp_device"
    SMS = "sms"
    PASSKEY = "passkey"
    RECOVERY_CODES = "recovery_codes"


class BoundBy(enum.StrEnum):
    """How a factor came to its person. What somebody added alone lifts no login."""

    ADMINISTRATOR = "administrator"
    LETTER = "letter"
    SESSION = "session"  # in a login at the level that the factor gives, or higher
    SELF = "self"


MOST_OF_A_KIND: Final = 10  # factors of one person
TRUSTED = (BoundBy.ADMINISTRATOR, BoundBy.LETTER, BoundBy.SESSION)


class Factor(Base):
    """One factor. ``secret`` is sealed: a seed or a phone number; empty where there is none.
    ``last_step`` is the last time step that was accepted: each works once.

    ``failures`` counts wrong codes since the last right one, ``day_failures`` those of a day;
    ``locked_until`` opens by itself.
    """

    __tablename__ = "factor"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[FactorKind] = mapped_column(enum_column_type(FactorKind, 20))
    bound_by: Mapped[BoundBy] = mapped_column(enum_column_type(BoundBy, 20), default=BoundBy.SELF)
    serial: Mapped[str | None] = mapped_column(String(40), unique=True)  # of an OTP device
    period: Mapped[int] = mapped_column(Integer, default=30)  # seconds
    digits: Mapped[int] = mapped_column(Integer, default=6)
    algorithm: Mapped[str] = mapped_column(String(10), default="sha1")
    label: Mapped[str] = mapped_column(String(100), default="")
    secret: Mapped[bytes] = sealed_column("factor:{id}")
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    day_failures: Mapped[int] = mapped_column(Integer, default=0)
    day_began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    bound_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    origin: Mapped[Origin] = origin_column()


class RecoveryCode(Base):
    """One code of a set; ``code_hash`` is keyed. ``used_at`` is set by who uses it first."""

    __tablename__ = "recovery_code"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    factor_id: Mapped[str] = mapped_column(ForeignKey("factor.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Passkey(Base):
    """What is kept of a passkey beside its Factor: nothing secret. ``credential_hash`` is SHA-256
    hex of the credential id, which belongs to one person only.
    """

    __tablename__ = "passkey"

    factor_id: Mapped[str] = mapped_column(ForeignKey("factor.id"), primary_key=True)
    credential_hash: Mapped[str] = mapped_column(String(64), unique=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)  # COSE
    sign_count: Mapped[int] = mapped_column(BigInteger)


class StockedDevice(Base):
    """An OTP device that an installation has. Bound where a Factor has its serial number."""

    __tablename__ = "otp_device"

    serial: Mapped[str] = mapped_column(String(40), primary_key=True)
    secret: Mapped[bytes] = sealed_column("otp-device:{serial}")  # the seed in base32, sealed
    period: Mapped[int] = mapped_column(Integer)
    digits: Mapped[int] = mapped_column(Integer)
    algorithm: Mapped[str] = mapped_column(String(10))
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FactorLetter(Base):
    """A code that went by post, to make a factor count that somebody added alone."""

    __tablename__ = "factor_letter"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    factor_id: Mapped[str] = mapped_column(ForeignKey("factor.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
