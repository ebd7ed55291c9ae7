"""Whose browser this is, after its session ended: it still shows the cookie."""

from __future__ import annotations

import hmac

from sqlalchemy import select
from sqlalchemy.orm import Session

from assurance.session_lifetime import BrowserSession, hash_of, parts_of


def shown_by(session: Session, cookie: str) -> str | None:
    """The id of the session of this cookie, also of one that ended; None for anything else. Proves
    whose browser it is, and gives no right to anything.
    """
    shown = parts_of(cookie)
    if shown is None:
        return None
    identifier, secret = shown
    query = select(BrowserSession.secret_hash).where(BrowserSession.id == identifier)
    kept = session.scalar(query)
    is_of_it = kept is not None and hmac.compare_digest(hash_of(secret), kept)
    return identifier if is_of_it else None
