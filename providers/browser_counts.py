"""Wrong passwords in a browser in which the person of an account logged in before, counted apart
from those of everybody else: a stranger who tries passwords keeps nobody out there, and what is
tried there keeps nobody out elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, ForeignKey, Integer, String, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from providers.pauses import pause_after
from state.db import Base, UtcDateTime

KEPT: Final = timedelta(days=30)  # after the last wrong password


@dataclass(frozen=True)
class KnownBrowser:
    """A browser in which this person logged in before; ``name`` is its own, 16 hex digits."""

    person_id: str
    name: str


class AccountBrowser(Base):
    """Wrong passwords for one account in one browser since the last right one. No row, none."""

    __tablename__ = "account_browser"

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    browser: Mapped[str] = mapped_column(String(32), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    paused_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tried_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


def is_paused(session: Session, account_id: str, browser: str, now: datetime) -> bool:
    """Must this browser wait?"""
    query = select(AccountBrowser.account_id).where(
        *_of(account_id, browser), AccountBrowser.paused_until > now
    )
    return session.scalars(query).first() is not None


def count(session: Session, account_id: str, browser: str, now: datetime) -> int | None:
    """One more wrong password, counted by the database: parallel tries all count. How many there
    were where a pause begins, else None.
    """
    # Both databases know this clause, but SQLAlchemy has no word for it that both understand.
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = (sqlite.insert if is_sqlite else postgresql.insert)(AccountBrowser)
    failures = session.execute(
        insert.values(account_id=account_id, browser=browser, failures=1, tried_at=now)
        .on_conflict_do_update(
            index_elements=["account_id", "browser"],
            set_={"failures": AccountBrowser.failures + 1, "tried_at": now},
        )
        .returning(AccountBrowser.failures)
    ).scalar_one()
    pause = pause_after(failures)
    if pause is None:
        return None
    session.execute(
        update(AccountBrowser)
        .where(*_of(account_id, browser))
        .values(paused_until=now + pause)
        .execution_options(synchronize_session=False)
    )
    return int(failures)


def admitted(session: Session, account_id: str, browser: str, now: datetime) -> bool:
    """The right password ends the count, unless other tries began a pause at this very moment."""
    session.execute(
        delete(AccountBrowser)
        .where(*_of(account_id, browser))
        .where(or_(AccountBrowser.paused_until.is_(None), AccountBrowser.paused_until <= now))
        .execution_options(synchronize_session=False)
    )
    return not is_paused(session, account_id, browser, now)


def forget(session: Session, account_id: str) -> None:
    """A new password: every browser begins anew."""
    session.execute(
        delete(AccountBrowser)
        .where(AccountBrowser.account_id == account_id)
        .execution_options(synchronize_session=False)
    )


def purge(session: Session, before: datetime) -> int:
    """Delete counts of which the last wrong password was before this moment; how many."""
    done = session.execute(
        delete(AccountBrowser)
        .where(AccountBrowser.tried_at < before)
        .returning(AccountBrowser.account_id)
        .execution_options(synchronize_session=False)
    )
    return len(done.all())


def _of(account_id: str, browser: str) -> tuple[ColumnElement[bool], ...]:
    return AccountBrowser.account_id == account_id, AccountBrowser.browser == browser
