"""``sluis operator``: who may in the console at ``/operator``, made and ended at the machine.

Whoever can run these commands owns the installation; they are the way in when nobody can log in.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from admin.actor import COMMAND_LINE
from admin.cli.columns import aligned
from admin.cli.installation import opened
from admin.operators import access
from admin.operators import roles as operators
from admin.operators.access import OperatorInvitation
from admin.operators.roles import Operator, OperatorRole
from admin.operators.set_up_links import VALID_FOR
from broker.settings import Settings
from state.db import writing


def create_operator(
    settings: Settings, *, name: str, email: str, user_name: str | None, roles: Sequence[str]
) -> list[str]:
    """Lines to print, the set-up link among them. Raises NameRefused and NameTaken."""
    with opened(settings) as at, writing(at.session) as session:
        made = access.create(
            session,
            name=name,
            email=email,
            user_name=user_name or email.partition("@")[0],
            roles=[OperatorRole(role) for role in roles],
            actor=COMMAND_LINE,
            now=at.now,
        )
    told = ", ".join(sorted(set(roles)))
    return [f"Operator {made.user_name} is made, with role {told}.", *_link(settings, made)]


def recover_operator(settings: Settings, user_name: str) -> list[str]:
    """Lines to print. Raises NoSuchOperator."""
    with opened(settings) as at, writing(at.session) as session:
        made = access.recover(session, user_name, actor=COMMAND_LINE, now=at.now)
    return [
        f"Password, factors and sessions of {made.user_name} have ended.",
        *_link(settings, made),
    ]


def end_operator(settings: Settings, user_name: str) -> list[str]:
    """Lines to print. Raises NoSuchOperator."""
    with opened(settings) as at, writing(at.session) as session:
        access.end(session, user_name, actor=COMMAND_LINE, now=at.now)
    return [f"{user_name} is no operator any more. Sessions have ended."]


def list_operators(settings: Settings, *, as_json: bool) -> list[str]:
    """One line per operator, or one JSON document."""
    with opened(settings) as at:
        found = operators.operators_now(at.session, at.now)
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


def _link(settings: Settings, made: OperatorInvitation) -> list[str]:
    minutes = int(VALID_FOR.total_seconds() // 60)
    return [
        f"Set-up link, for {minutes} minutes and one time. It is shown here only:",
        f"  {settings.base_url}/operator/instellen/{made.secret}",
    ]
