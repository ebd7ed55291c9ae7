"""A temporary password is replaced by one that only the user knows (A6). Every session of this
person ends: whoever knew the old one is out.
"""

from __future__ import annotations

from dataclasses import replace

from broker import sign_off
from broker.dispatch import Advance, Outcome, Show, Turn
from broker.pages.new_password import ReplacePasswordPage
from broker.steps.frame import frame
from providers import accounts, passwords
from providers.passwords import PasswordRefused
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing


def enter(turn: Turn) -> Outcome:
    """The form, with the rules."""
    return _show(turn)


def answer(turn: Turn) -> Outcome:
    """Keep the new password, or say which rule it breaks."""
    login = turn.login
    assert login.identity is not None and login.person_id is not None
    text = turn.form.get("password", "")
    if text != turn.form.get("again", ""):
        return _show(turn, "different")
    try:
        new = accounts.new_password(turn.rt.session, login.identity.subject, text)
    except PasswordRefused as refused:
        return _show(turn, refused.reason)
    with writing(turn.rt.session) as session:
        accounts.keep_password(session, login.identity.subject, new, turn.now)
        sign_off.end_everywhere(session, turn.rt, login.person_id, "password_changed")
        audit.record(
            session,
            AuditEvent(
                EventTag.PASSWORD_CHANGED,
                turn.now,
                login.reference,
                person_id=login.person_id,
                reason="temporary",
            ),
        )
    # What the new password opens counts from now; any other login with the old one is over.
    identity = replace(login.identity, authenticated_at=turn.now)
    return Advance(replace(login, identity=identity, must_replace=False))


def _show(turn: Turn, refused: str | None = None) -> Outcome:
    identity = turn.login.identity
    assert identity is not None
    page = ReplacePasswordPage(
        frame=frame(turn),
        name=accounts.user_name(turn.rt.session, identity.subject),
        shortest=passwords.SHORTEST,
        refused=refused,
    )
    return Show(page, status=200 if refused is None else 422)
