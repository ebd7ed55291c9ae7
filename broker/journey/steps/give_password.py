"""User name or e-mail address, and password (A5). One answer for whatever is wrong.

Who tries from anywhere is counted by network and by name. A browser in which the person of that
name logged in before has a count of its own: strangers cannot spend it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from broker.journey.dispatch import Advance, Show, StepOutcome, Turn
from broker.journey.pages.give_password import GivePasswordPage
from broker.journey.steps.frame import frame
from broker.web import known_browsers
from providers import accounts, name_pauses, password_check
from providers.accounts import PROVIDER_ID, WrongPassword
from providers.browser_counts import KnownBrowser
from state import limits
from state.copies import replace
from state.limits import Limit, network_of

# An office shares one address; somebody who tries passwords needs thousands of tries.
FROM_NETWORK: Final = Limit("password-network", 100, 900)
# Whether or not the name exists; the pauses of an account come much earlier.
FOR_NAME: Final = Limit("password-name", 30, 900)
IN_OWN_BROWSER: Final = Limit("password-browser", 30, 900)


def enter(turn: Turn) -> StepOutcome:
    """The form."""
    return _show(turn)


def answer(turn: Turn) -> StepOutcome:
    """Judge name and password, unless too many were tried from here or for this name."""
    name = turn.form.get("name", "").strip()[: accounts.LONGEST_NAME]
    spelled, browser = accounts.one_spelling(name), _own_browser(turn, name)
    # What is told follows what is counted: by the name, or by the name in this browser.
    counted = spelled if browser is None else f"{spelled} {browser.name}"
    if _spend(turn, counted, browser):
        return _show(turn, name=name, is_limited=True)
    judged = password_check.verify(
        turn.rt.session,
        name=name,
        password=turn.form.get("password", ""),
        now=turn.now,
        browser=browser,
    )
    if isinstance(judged, WrongPassword):
        paused = name_pauses.refused(turn.rt.store, counted, turn.now)
        is_over = judged.reason == "ended" and paused is None
        return _show(turn, name=name, is_wrong=True, is_over=is_over, until=paused)
    name_pauses.forget(turn.rt.store, counted)
    identity = accounts.identity_of(judged, turn.now)
    return Advance(
        replace(
            turn.login,
            provider_id=PROVIDER_ID,
            identity=identity,
            judged_at=turn.now,
            must_replace=judged.must_replace,
        )
    )


def _own_browser(turn: Turn, name: str) -> KnownBrowser | None:
    """This browser, when the person of this name logged in here before."""
    if not known_browsers.knows_anybody(turn.request):
        return None
    account = accounts.named(turn.rt.session, name)
    if account is None:
        return None
    return known_browsers.known_browser(turn.rt.sealer, turn.request, account.person_id)


def _spend(turn: Turn, counted: str, browser: KnownBrowser | None) -> bool:
    """Were there too many tries?"""
    if browser is not None:
        return bool(limits.spend(turn.rt.store, (IN_OWN_BROWSER, counted)))
    network = network_of(turn.request.remote_addr or "")
    return bool(limits.spend(turn.rt.store, (FROM_NETWORK, network), (FOR_NAME, counted)))


def _show(
    turn: Turn,
    *,
    name: str = "",
    is_wrong: bool = False,
    is_over: bool = False,
    is_limited: bool = False,
    until: datetime | None = None,
) -> StepOutcome:
    page = GivePasswordPage(
        frame=frame(turn),
        name=name or turn.login.request.login_hint or "",
        is_wrong=is_wrong,
        is_over=is_over,
        is_limited=is_limited,
        paused_until=_whole_minute(until) if until else None,
    )
    return Show(page, status=429 if is_limited else 422 if is_wrong else 200)


def _whole_minute(time: datetime) -> datetime:
    """The first whole minute from then: a page says no seconds, and must not send somebody too
    early.
    """
    return (time + timedelta(seconds=59, microseconds=999_999)).replace(second=0, microsecond=0)
