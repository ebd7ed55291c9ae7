"""The ways to act as a page shows them: organisations and branches by name, and what ends soon."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from broker.journey.dispatch import Turn
from broker.journey.pages.choose_mandate import MandateChoice
from broker.journey.steps.frame import shown_branch
from consent.authority import Authority, AuthorityKind, RefusalReason
from consent.options import Options
from directory import dates, organisations
from directory.organisations import Branch

# Which clients an intermediary gave to colleagues is not for everybody to read.
_UNSAID = frozenset({RefusalReason.NOT_ALLOCATED, RefusalReason.PLACE_ENDED})
SOON_MONTHS = 2  # before its end a mandate can be extended


@dataclass(frozen=True)
class ShownChoices:
    """What can be chosen, and what cannot, in the order of the options."""

    usable: tuple[MandateChoice, ...]
    refused: tuple[MandateChoice, ...]


def shown_choices(turn: Turn, options: Options) -> ShownChoices:
    """Each option for the page; one read for the branches of all."""
    refused = [one for one in options.refused if one.reason not in _UNSAID]
    held = [*(o.authority for o in options.usable), *(r.authority for r in refused)]
    numbers = {number for authority in held for number in authority.branches}
    known = organisations.branches(turn.rt.session, numbers) if numbers else {}
    return ShownChoices(
        tuple(_choice(turn, o.authority, known, key=o.key) for o in options.usable),
        tuple(_choice(turn, r.authority, known, reason=r.reason) for r in refused),
    )


def _choice(
    turn: Turn,
    authority: Authority,
    known: Mapping[str, Branch],
    *,
    key: str = "",
    reason: RefusalReason | None = None,
) -> MandateChoice:
    party, until = authority.represented, authority.valid_until
    through = authority.intermediary if authority.kind is AuthorityKind.CHAIN else None
    soon = dates.months_after(dates.day_of(turn.now), SOON_MONTHS)
    return MandateChoice(
        key=key,
        name=party.name or party.number,
        number=party.number,
        branches=tuple(shown_branch(number, party, known) for number in authority.branches),
        intermediary=(through.name or through.number) if through else None,
        level=authority.level.label,
        valid_until=until,
        reason=reason.value if reason else None,
        ends_soon=until is not None and dates.day_of(until) <= soon,
    )
