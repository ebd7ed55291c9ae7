"""A password is judged and counted, so that nobody can guess at an account without end and nobody
else keeps its owner out.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from providers import browser_counts, passwords
from providers.accounts import PROVIDER_ID, Account, Right, WrongPassword, ended, named
from providers.browser_counts import KnownBrowser
from providers.pauses import pause_after
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing


def verify(
    session: Session,
    *,
    name: str,
    password: str,
    now: datetime,
    browser: KnownBrowser | None = None,
) -> Right | WrongPassword:
    """Judge a name and a password. Commits what it counted: in this ``browser``, where the person
    of the account logged in there before. The same work for known and unknown.

    During a pause nothing is counted and nothing is right; a pause is at most a quarter of an hour,
    so that nobody can lock somebody else out for long.
    """
    account = named(session, name)
    over = ended(session, name) if account is None else None
    known = account or over
    right = passwords.matches(known.password_hash if known is not None else None, password)
    with writing(session):
        if account is None:
            is_over = over is not None and right
            return WrongPassword("ended" if is_over else "unknown")
        own = browser.name if browser and browser.person_id == account.person_id else None
        return _judged(session, account, right, own, now)


def _judged(
    session: Session, account: Account, right: bool, browser: str | None, now: datetime
) -> Right | WrongPassword:
    if _is_paused(session, account, browser, now):
        return WrongPassword("paused", account.person_id)
    if not right:
        _count(session, account, browser, now)
        return WrongPassword("password", account.person_id)
    if account.ends_at is not None and account.ends_at <= now:
        return WrongPassword("ended", account.person_id)
    if account.temporary_until is not None and account.temporary_until <= now:
        return WrongPassword("temporary_password_over", account.person_id)
    if not _admitted(session, account, browser, now):
        return WrongPassword("paused", account.person_id)
    return Right(
        account.id,
        account.person_id,
        account.level,
        must_replace=account.temporary_until is not None,
    )


def _is_paused(session: Session, account: Account, browser: str | None, now: datetime) -> bool:
    if browser is not None:
        return browser_counts.is_paused(session, account.id, browser, now)
    return account.paused_until is not None and account.paused_until > now


def _admitted(session: Session, account: Account, browser: str | None, now: datetime) -> bool:
    """The right password ends the count, unless other tries began a pause at this very moment."""
    if browser is not None:
        return browser_counts.admitted(session, account.id, browser, now)
    done = session.execute(
        update(Account)
        .where(Account.id == account.id)
        .where(or_(Account.paused_until.is_(None), Account.paused_until <= now))
        .values(failures=0, paused_until=None)
        .returning(Account.id)
        .execution_options(synchronize_session=False)
    )
    return done.first() is not None


def _count(session: Session, account: Account, browser: str | None, now: datetime) -> None:
    """One more wrong password; the audit hears where a pause begins."""
    if browser is not None:
        counted = browser_counts.count(session, account.id, browser, now)
    else:
        counted = _count_elsewhere(session, account, now)
    if counted is not None:
        details: dict[str, audit.Detail] = {"failures": counted, "own_browser": browser is not None}
        audit.record(
            session,
            AuditEvent(
                EventTag.ACCOUNT_PAUSED,
                now,
                person_id=account.person_id,
                provider_id=PROVIDER_ID,
                details=details,
            ),
        )


def _count_elsewhere(session: Session, account: Account, now: datetime) -> int | None:
    """Counted by the database: parallel tries all count. How many where a pause begins."""
    counted = session.execute(
        update(Account)
        .where(Account.id == account.id)
        .values(failures=Account.failures + 1)
        .returning(Account.failures)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    pause = pause_after(counted)
    if pause is None:
        return None
    session.execute(
        update(Account)
        .where(Account.id == account.id)
        .values(paused_until=now + pause)
        .execution_options(synchronize_session=False)
    )
    return int(counted)
