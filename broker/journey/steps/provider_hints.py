"""The makelaar that is known without asking: by the portal's hint, by the user's earlier choice, or
because there is no other.
"""

from __future__ import annotations

from broker.journey.dispatch import Turn
from broker.web import cookies
from providers.registry import ProviderRecord


def _asks_afresh(turn: Turn) -> bool:
    return turn.login.request.choose_again or turn.login.provider_id is not None


def hinted(turn: Turn) -> ProviderRecord | None:
    hint = turn.login.request.provider_hint
    if hint is None or _asks_afresh(turn):
        return None
    return turn.context.makelaars.usable(hint) or _called(turn, hint)


def _called(turn: Turn, entity_id: str) -> ProviderRecord | None:
    """By its entityID, which is what is known of a member of a federation."""
    record = turn.context.configuration.providers.members.by_entity_id(entity_id)
    return turn.context.makelaars.usable(record.id) if record is not None else None


def remembered(turn: Turn) -> ProviderRecord | None:
    """The earlier choice for this service; never with a forced new login."""
    if _asks_afresh(turn) or turn.login.request.force_authn:
        return None
    return chosen_before(turn)


def chosen_before(turn: Turn) -> ProviderRecord | None:
    """What this browser remembers for this service, where it can be chosen now."""
    choices = cookies.remembered_providers(
        turn.request, turn.now, turn.rt.settings.login.remember_days
    )
    choice = choices.get(turn.login.request.service_uuid)
    if choice is None:
        return None
    return turn.context.makelaars.usable(choice.provider_id)


def only_one(turn: Turn) -> ProviderRecord | None:
    """The only makelaar that this service admits at all; with two the user should see both, and a
    federation has more than one.
    """
    makelaars = turn.context.makelaars
    if _asks_afresh(turn) or makelaars.are_several or not makelaars.registered:
        return None
    return makelaars.usable(makelaars.registered[0].id)
