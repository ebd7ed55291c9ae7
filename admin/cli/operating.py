"""``sluis operator``: who may in the console at ``/operator``, made and ended at the machine.

Whoever can run these commands owns the installation; they are the way in when nobody can log in.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager

from sqlalchemy.orm import Session

from admin.cli.columns import aligned
from admin.operators import access, sessions
from admin.operators import roles as operators
from admin.operators.access import Invitation
from admin.operators.roles import Operator, OperatorRole
from admin.operators.set_up_links import VALID_FOR
from admin.tables import TABLES
from broker.settings import Settings
from state.clock import utc_now
from state.db import writing
from state.engine import session_at


def create_operator(
    settings: Settings, *, name: str, email: str, user_name: str | None, roles: Sequence[str]
) -> list[str]:
    """Lines to print, the set-up link among them. Raises NameRefused and NameTaken."""
    with _opened(settings) as session, writing(session):
        made = access.create(
            session,
            name=name,
            email=email,
            user_name=user_name or email.partition("@")[0],
            roles=[OperatorRole(role) for role in roles],
            now=utc_now(),
        )
    told = ", ".join(sorted(set(roles)))
    return [f"Operator {made.user_name} is made, with role {told}.", *_link(settings, made)]


def recover_operator(settings: Settings, user_name: str) -> list[str]:
    """Lines to print. Raises NoSuchOperator."""
    now = utc_now()
    with _opened(settings) as session, writing(session):
        made = access.recover(session, user_name, now)
        sessions.end_all(session, made.person_id, "recovered", now)
    return [
        f"Password, factors and sessions of {made.user_name} have ended.",
        *_link(settings, made),
    ]


def end_operator(settings: Settings, user_name: str) -> list[str]:
    """Lines to print. Raises NoSuchOperator."""
    now = utc_now()
    with _opened(settings) as session, writing(session):
        person_id = access.end(session, user_name, now)
        sessions.end_all(session, person_id, "operator_ended", now)
    return [f"{user_name} is no operator any more. Sessions have ended."]


def list_operators(settings: Settings, *, as_json: bool) -> list[str]:
    """One line per operator, or one JSON document."""
    with _opened(settings) as session:
        found = operators.operators_now(session, utc_now())
    if as_json:
        return [json.dumps([_fields(one) for one in found], indent=2, ensure_ascii=False)]
    if not found:
        return ["There is no operator yet. Make the first one: sluis operator create --help"]
    lines = [("USER NAME", "NAME", "ROLES", "SINCE (UTC)", "STATE")]
    lines += [
        (one.user_name, one.name, " ".join(one.roles), f"{one.since:%Y-%m-%d}", _state(one))
        for one in found
    ]
    return aligned(lines)


def _fields(one: Operator) -> dict[str, object]:
    return {
        "user_name": one.user_name,
        "name": one.name,
        "roles": list(one.roles),
        "since": one.since.isoformat(),
        "state": _state(one),
    }


def _state(one: Operator) -> str:
    if one.is_blocked:
        return "blocked"
    return "active" if one.is_set_up else "waiting for set-up"


def _link(settings: Settings, made: Invitation) -> list[str]:
    minutes = int(VALID_FOR.total_seconds() // 60)
    return [
        f"Set-up link, for {minutes} minutes and one time. It is shown here only:",
        f"  {settings.base_url}/operator/instellen/{made.secret}",
    ]


def _opened(settings: Settings) -> AbstractContextManager[Session]:
    assert TABLES
    return session_at(settings.database.url)
