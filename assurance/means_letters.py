"""The two codes with which a means is activated: one by letter, one by mail. Who has both gets post
where the organisation said and reads the mail; kept as keyed hashes, and counted.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ForeignKey, Integer, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from assurance import means
from keys.sealing import Sealer
from state.db import Base, UtcDateTime, new_id

MOST_TRIES: Final = 5  # at one code of a mail
MOST_MAILS: Final = 10  # with one letter
REMINDERS: Final = (timedelta(days=10), timedelta(days=2))  # before the end: days 20 and 28 of 30
_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 signs that print apart
_LETTER, _MAIL = 16, 8  # signs: 80 and 40 bits


class MeansLetter(Base):
    """One letter and the mail beside it. ``tries``: wrong codes of the mail since it was sent;
    ``mails``: how many were sent; ``reminded``: the last reminder that was sent, counted from 1. It
    is over from ``until`` on, once used, and when another letter took its place (``replaced_at``).
    """

    __tablename__ = "means_letter"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    means_id: Mapped[str] = mapped_column(ForeignKey("means.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    mail_hash: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    mails: Mapped[int] = mapped_column(Integer, default=1)
    reminded: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def holds(self, now: datetime) -> bool:
        """Can it still be used?"""
        return self.used_at is None and self.replaced_at is None and self.until > now


@dataclass(frozen=True)
class MeansCodes:
    """What goes out, in no log and on no page. ``until``: how long both can be used."""

    letter: str = field(repr=False)
    mail: str = field(repr=False)
    until: datetime


def write(
    session: Session, sealer: Sealer, means_id: str, now: datetime, holds: timedelta
) -> MeansCodes:
    """Both codes anew, in place of those of an earlier letter. The caller holds the means."""
    session.execute(
        update(MeansLetter)
        .where(MeansLetter.means_id == means_id, MeansLetter.replaced_at.is_(None))
        .where(MeansLetter.used_at.is_(None))
        .values(replaced_at=now)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    letter, mail, letter_id = _signs(_LETTER), _signs(_MAIL), new_id()
    session.add(
        MeansLetter(
            id=letter_id,
            means_id=means_id,
            code_hash=_letter_hash(sealer, letter),
            mail_hash=_mail_hash(sealer, letter_id, mail),
            sent_at=now,
            until=now + holds,
            tries=0,
            mails=1,
        )
    )
    session.flush()
    return MeansCodes(_grouped(letter), _grouped(mail), now + holds)


def is_like_letter(text: str) -> bool:
    """Is this as long as the code of a letter?"""
    return len(_read(text, _LETTER)) == _LETTER


def is_like_mail(text: str) -> bool:
    """Is this as long as the code of a mail?"""
    return len(_read(text, _MAIL)) == _MAIL


def find(session: Session, sealer: Sealer, text: str) -> MeansLetter | None:
    """The letter with this code, also one that is over."""
    query = select(MeansLetter).where(MeansLetter.code_hash == _letter_hash(sealer, text))
    return session.scalars(query).first()


def of_means(session: Session, means_ids: Collection[str]) -> list[MeansLetter]:
    """Every letter of these means, the oldest first."""
    query = select(MeansLetter).where(MeansLetter.means_id.in_(means_ids))
    return list(session.scalars(query.order_by(MeansLetter.sent_at, MeansLetter.id)))


def locked(session: Session, letter_id: str) -> MeansLetter | None:
    """As it is now, and nobody else uses it before the transaction ends, nor changes its means."""
    means_id = session.scalar(select(MeansLetter.means_id).where(MeansLetter.id == letter_id))
    if means_id is None or means.held(session, means_id) is None:
        return None
    return session.get(MeansLetter, letter_id, with_for_update=True, populate_existing=True)


def mail_is_right(
    session: Session, sealer: Sealer, letter_id: str, text: str, now: datetime
) -> bool:
    """Judge a code of the mail, in the caller's write transaction, which it must commit whatever
    the outcome.
    """
    row = locked(session, letter_id)
    if row is None or not row.holds(now) or row.tries >= MOST_TRIES:
        return False
    if hmac.compare_digest(row.mail_hash, _mail_hash(sealer, letter_id, text)):
        row.tries = 0
        return True
    row.tries += 1
    return False


def another_mail(session: Session, sealer: Sealer, letter_id: str, now: datetime) -> str | None:
    """A new code for the mail, in place of the one before; None where there were enough."""
    row = locked(session, letter_id)
    if row is None or not row.holds(now) or row.mails >= MOST_MAILS:
        return None
    code = _signs(_MAIL)
    row.mail_hash, row.tries, row.mails = _mail_hash(sealer, letter_id, code), 0, row.mails + 1
    return _grouped(code)


def reminder(sent_at: datetime, until: datetime, now: datetime) -> int:
    """The reminder that this moment asks of a letter that was not used, counted from 1; 0: none
    yet, or none any more. Who got a letter for a shorter time is not reminded of it at once. Pure.
    """
    if now >= until:
        return 0
    due = (
        number
        for number, before in enumerate(REMINDERS, start=1)
        if until - now <= before < until - sent_at
    )
    return max(due, default=0)


def to_remind(session: Session, now: datetime) -> list[MeansLetter]:
    """Letters that hold and may ask a reminder, the first to end first. Wider than the rule."""
    query = select(MeansLetter).where(
        MeansLetter.until > now,
        MeansLetter.until <= now + REMINDERS[0],
        MeansLetter.used_at.is_(None),
        MeansLetter.replaced_at.is_(None),
        MeansLetter.reminded < len(REMINDERS),
    )
    return list(session.scalars(query.order_by(MeansLetter.until, MeansLetter.id)))


def _signs(number: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(number))


def _grouped(signs: str) -> str:
    return "-".join(signs[start : start + 4] for start in range(0, len(signs), 4))


def _letter_hash(sealer: Sealer, text: str) -> str:
    return sealer.fingerprint("means-letter", _read(text, _LETTER))


def _mail_hash(sealer: Sealer, letter_id: str, text: str) -> str:
    return sealer.fingerprint("means-mail", letter_id, _read(text, _MAIL))


def _read(text: str, length: int) -> str:
    """As it was typed: with or without dashes and spaces, in either case."""
    return "".join(sign for sign in text[:100].upper() if sign.isalnum())[: length + 1]
