"""For whom this browser acts at the portal that asks, so that who switches sees where they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session

from broker.journey.dispatch import Turn
from broker.journey.login import Login
from consent.options import Option
from directory import history
from state import audit
from state.audit import AuditEvent, EventTag

_LOOKED_AT: Final = 20  # logins of this person, in any browser


def key_of_current(turn: Turn, usable: Sequence[Option]) -> str | None:
    """The key of the option that was chosen last in this session at this portal.

    None where there is none, or where several fit: a mandate for branches does not say which.
    """
    login = turn.login
    if not login.request.choose_again or login.session_id is None or login.person_id is None:
        return None
    last = _last_here(turn.rt.session, login)
    if last is None or last.reference is None:
        return None
    entry = history.with_reference(turn.rt.session, login.person_id, last.reference)
    if entry is None or entry.represented is None:
        return None
    keys = [
        option.key
        for option in usable
        if option.authority.represented.value == entry.represented
        and option.authority.mandate_id == last.details.get("mandate")
    ]
    return keys[0] if len(keys) == 1 else None


def _last_here(session: Session, login: Login) -> AuditEvent | None:
    """The last login in this session at this portal."""
    found = audit.recent(
        session, tags=(EventTag.LOGIN_SUCCEEDED,), person_id=login.person_id, limit=_LOOKED_AT
    )
    wanted = (login.session_id, login.request.client_id)
    here = (one for one in found if (one.details.get("session"), one.client_id) == wanted)
    return next(here, None)
