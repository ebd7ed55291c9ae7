"""A password that its user changed: kept, every session of the person ended, told by mail, all in
one transaction.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from broker.runtime import Runtime
from broker.sso import logout
from broker.texts import account_mails
from directory.people import Person
from providers import accounts
from providers.accounts import Account
from state import audit, outbox
from state.audit import AuditEvent, EventTag


def change(
    sql: Session,
    rt: Runtime,
    account_id: str,
    hashed: str,
    tag: EventTag,
    *,
    not_after: datetime,
    reference: str | None = None,
) -> bool:
    """With the transaction of the caller; False when somebody changed it after ``not_after``.

    Whoever knew the old password is out: sessions end, what portals hold ends, and logins in
    progress that used it do not come to an answer.
    """
    now = rt.clock()
    if not accounts.keep_password(sql, account_id, hashed, now, not_after=not_after):
        return False
    account = sql.get_one(Account, account_id)
    person = sql.get_one(Person, account.person_id)
    logout.end_everywhere(sql, rt, person.id, "password_changed")
    email = account.email or person.email
    if email is not None:
        letter = account_mails.password_changed(email, person.locale, rt.settings.ui.name)
        outbox.enqueue(sql, rt.sealer, letter, now)
    audit.record(
        sql,
        AuditEvent(tag, now, reference, person_id=person.id, provider_id=accounts.PROVIDER_ID),
    )
    return True
