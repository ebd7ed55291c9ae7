"""User name or e-mail address, and password (A5). One answer for whatever is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from broker.journey.dispatch import Advance, Show, StepOutcome, Turn
from broker.journey.pages.give_password import GivePasswordPage
from broker.journey.steps.frame import frame
from providers import accounts, name_pauses
from providers.accounts import PROVIDER_ID, WrongPassword
from state import limits
from state.limits import Limit, network_of

# An office shares one address; somebody who tries passwords needs thousands of tries.
FROM_NETWORK: Final = Limit("password-network", 100, 900)
# Whether or not the name exists; the pauses of an account come much earlier.
FOR_NAME: Final = Limit("password-name", 30, 900)


def enter(turn: Turn) -> StepOutcome:
    """The form."""
    return _show(turn)


def answer(turn: Turn) -> StepOutcome:
    """Judge name and password, unless too many were tried from here or for this name."""
    name = turn.form.get("name", "").strip()[: accounts.LONGEST_NAME]
    spelled = accounts.one_spelling(name)
    spent = limits.spend(
        turn.rt.store,
        (FROM_NETWORK, network_of(turn.request.remote_addr or "")),
        (FOR_NAME, spelled),
    )
    if spent:
        return _show(turn, name=name, is_limited=True)
    password = turn.form.get("password", "")
    judged = accounts.verify(turn.rt.session, name=name, password=password, now=turn.now)
    if isinstance(judged, WrongPassword):
        paused = name_pauses.refused(turn.rt.store, spelled, turn.now)
        return _show(turn, name=name, is_wrong=True, until=paused)
    name_pauses.forget(turn.rt.store, spelled)
    identity = accounts.identity_of(judged, turn.now)
    return Advance(
        replace(
            turn.login,
            provider_id=PROVIDER_ID,
            identity=identity,
            must_replace=judged.must_replace,
        )
    )


def _show(
    turn: Turn,
    *,
    name: str = "",
    is_wrong: bool = False,
    is_limited: bool = False,
    until: datetime | None = None,
) -> StepOutcome:
    page = GivePasswordPage(
        frame=frame(turn),
        name=name or turn.login.request.login_hint or "",
        is_wrong=is_wrong,
        is_limited=is_limited,
        paused_until=_whole_minute(until) if until else None,
    )
    return Show(page, status=429 if is_limited else 422 if is_wrong else 200)


def _whole_minute(time: datetime) -> datetime:
    """The first whole minute from then: a page says no seconds, and must not send somebody too
    early.
    """
    return (time + timedelta(seconds=59, microseconds=999_999)).replace(second=0, microsecond=0)
