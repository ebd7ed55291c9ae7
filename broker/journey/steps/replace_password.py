"""A temporary password is replaced by one that only the user knows (A6). Every session of this
person ends: whoever knew the old one is out.
"""

from __future__ import annotations

from broker.errors import PageError
from broker.journey.dispatch import Advance, Show, StepOutcome, Turn
from broker.journey.pages.replace_password import ReplacePasswordPage
from broker.journey.steps.frame import frame
from broker.sso.password_change import change
from providers import accounts, passwords
from providers.passwords import PasswordRefused
from state.audit import EventTag
from state.copies import replace
from state.db import writing


def enter(turn: Turn) -> StepOutcome:
    """The form, with the rules."""
    return _show(turn)


def answer(turn: Turn) -> StepOutcome:
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
        kept = change(
            session,
            turn.rt,
            login.identity.subject,
            new,
            EventTag.PASSWORD_CHANGED,
            not_after=login.identity.authenticated_at,
            reference=login.reference,
        )
    if not kept:
        raise PageError(410, "login_expired", "the password was changed meanwhile")
    # What the new password opens counts from now; any other login with the old one is over.
    identity = replace(login.identity, authenticated_at=turn.rt.clock())
    return Advance(replace(login, identity=identity, must_replace=False))


def _show(turn: Turn, refused: str | None = None) -> StepOutcome:
    identity = turn.login.identity
    assert identity is not None
    page = ReplacePasswordPage(
        frame=frame(turn),
        name=accounts.user_name(turn.rt.session, identity.subject),
        shortest=passwords.SHORTEST,
        refused=refused,
    )
    return Show(page, status=200 if refused is None else 422)
