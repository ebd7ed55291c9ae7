"""The makelaar that is known without asking: by the portal's hint, by the user's earlier choice, or
because there is no other.
"""

from __future__ import annotations

from broker.journey.dispatch import Turn
from broker.web import cookies
from providers.registry import ProviderRecord


def reachable(turn: Turn) -> list[ProviderRecord]:
    """Those that can be chosen now: live, and able to reach the level."""
    return [r for r in turn.context.offered if r.state == "live" and turn.context.reaches(r)]


def _asks_afresh(turn: Turn) -> bool:
    return turn.login.request.choose_again or turn.login.provider_id is not None


def hinted(turn: Turn) -> ProviderRecord | None:
    hint = turn.login.request.provider_hint
    if hint is None or _asks_afresh(turn):
        return None
    return next((r for r in reachable(turn) if r.id == hint), None)


def remembered(turn: Turn) -> ProviderRecord | None:
    """The earlier choice for this service; never with a forced new login."""
    if _asks_afresh(turn) or turn.login.request.force_authn:
        return None
    choices = cookies.remembered_providers(
        turn.request, turn.now, turn.rt.settings.login.remember_days
    )
    choice = choices.get(turn.login.request.service_uuid)
    if choice is None:
        return None
    return next((r for r in reachable(turn) if r.id == choice.provider_id), None)


def only_one(turn: Turn) -> ProviderRecord | None:
    """The only makelaar that this service admits at all; with two the user should see both."""
    if _asks_afresh(turn) or len(turn.context.offered) != 1:
        return None
    return next(iter(reachable(turn)), None)
