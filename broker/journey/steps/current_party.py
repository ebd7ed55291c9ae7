"""For whom this browser acts at the portal that asks, so that who switches sees where they are; and
for whom a person acted at this service the last time, which is what most want again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from sqlalchemy.orm import Session

from broker.journey.dispatch import Turn
from broker.journey.pages.choose_mandate import SELF
from consent.options import Option
from directory import history
from state import audit
from state.audit import AuditEvent, EventTag

_LOOKED_AT: Final = 20  # logins of this person, in any browser


def key_of_current(turn: Turn, usable: Sequence[Option]) -> str | None:
    """The key of the option that was chosen last in this session at this portal.

    None where there is none, or where several fit and the login does not say which.
    """
    login = turn.login
    if not login.request.choose_again or login.session_id is None or login.person_id is None:
        return None
    wanted = (login.session_id, login.request.client_id)
    chosen = _chosen(
        turn.rt.session,
        login.person_id,
        lambda one: (one.details.get("session"), one.client_id) == wanted,
        usable,
    )
    return chosen if chosen != SELF else None


def key_of_last(turn: Turn, usable: Sequence[Option]) -> str | None:
    """The key of the option that this person chose last at this service, in any browser; SELF for
    who came for him- or herself. None where it cannot be chosen any more.
    """
    if turn.login.person_id is None:
        return None
    service = turn.login.request.service_uuid
    return _chosen(
        turn.rt.session, turn.login.person_id, lambda one: one.service_uuid == service, usable
    )


def _chosen(
    session: Session,
    person_id: str,
    is_wanted: Callable[[AuditEvent], bool],
    usable: Sequence[Option],
) -> str | None:
    """What the last login of this kind chose."""
    found = audit.recent(
        session, tags=(EventTag.LOGIN_SUCCEEDED,), person_id=person_id, limit=_LOOKED_AT
    )
    last = next((one for one in found if is_wanted(one)), None)
    if last is None or last.reference is None:
        return None
    entry = history.with_reference(session, person_id, last.reference)
    if entry is None:
        return None
    if entry.represented is None:
        return SELF
    keys = [
        option.key
        for option in usable
        if option.authority.represented.value == entry.represented
        and option.authority.mandate_id == last.details.get("mandate")
        and last.details.get("branches", _said(option)) == _said(option)
    ]
    return keys[0] if len(keys) == 1 else None


def _said(option: Option) -> str:
    """The branch as the audit event of a login has it."""
    return ", ".join(option.authority.branches)
