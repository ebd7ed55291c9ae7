"""The makelaars that a page of choice shows: those with a registration of their own, and of
federations with thousands those that are looked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from broker.journey.dispatch import Turn
from broker.journey.pages.choose_provider import ProviderChoice
from broker.journey.steps import provider_hints
from broker.web.announcement_page import Spoken
from broker.web.announcements import notes
from broker.web.language import locale
from directory.announcements import of_makelaar
from directory.fields import LocalizedText
from providers.members import MemberRecord
from providers.registry import ProviderRecord

MOST: Final = 50  # on one page; whoever has another one searches


def offered_choices(turn: Turn, search: str) -> tuple[tuple[ProviderChoice, ...], bool]:
    """At most 50 that match, and whether there are more. The one that was chosen before is the
    first; where there are more than fit, those with a registration of their own come before others.
    """
    wanted = search.casefold()
    own = (r for r in turn.context.makelaars.by_name() if _matches(r, wanted))
    found = [_choice(turn, record) for record in islice(own, MOST + 1)]  # none that nobody sees
    found += _members(turn, search, MOST + 1 - len(found))
    has_more = len(found) > MOST
    if not has_more:
        found.sort(key=lambda choice: choice.name.casefold())
    before = _chosen_before(turn, search)
    if before is not None:
        found = [before, *(one for one in found if one.id != before.id)]
    return tuple(found[:MOST]), has_more


def _members(turn: Turn, search: str, most: int) -> Iterator[ProviderChoice]:
    """Of federations whose makelaars can be chosen now; of the others a list would help nobody."""
    if not most:
        return
    context, is_english = turn.context, locale().startswith("en")
    usable = {one.id: one for one in context.makelaars.federations if one.state == "live"}
    among = [one for one in usable.values() if context.reaches(one)]
    members = context.configuration.providers.members
    for one in members.found(search, among, now=turn.now, most=most):
        federation = usable[one.federation]
        yield ProviderChoice(
            id=one.id,
            name=one.name_en if is_english else one.name_nl,
            aliases=(),
            notices=_notices(turn, one.id, federation.notice),
            is_paused=False,
            reaches=True,
            ceiling=federation.level_ceiling.label,
            federation=federation.name,
        )


def _chosen_before(turn: Turn, search: str) -> ProviderChoice | None:
    """What this browser remembers for this service, while it is not looking for another one."""
    record = provider_hints.chosen_before(turn) if not search else None
    return _choice(turn, record) if record is not None else None


def _matches(record: ProviderRecord, wanted: str) -> bool:
    return not wanted or any(wanted in text.casefold() for text in (record.name, *record.aliases))


def _notices(turn: Turn, provider_id: str, notice: LocalizedText | None) -> tuple[Spoken, ...]:
    """What its registration says, and what the operator announced about it."""
    announced = of_makelaar(turn.context.configuration.announcements, provider_id, at=turn.now)
    said = (Spoken(notice.in_(locale())),) if notice else ()
    return (*said, *(part for one in notes(announced) for part in (one.title, one.text)))


def _choice(turn: Turn, record: ProviderRecord) -> ProviderChoice:
    return ProviderChoice(
        id=record.id,
        name=record.own_name if isinstance(record, MemberRecord) else record.name,
        aliases=record.aliases,
        notices=_notices(turn, record.id, record.notice),
        is_paused=record.state != "live",
        reaches=turn.context.reaches(record),
        ceiling=record.level_ceiling.label,
        federation=_federation(turn, record),
    )


def _federation(turn: Turn, record: ProviderRecord) -> str:
    """The name of its federation; none for a makelaar with a registration of its own."""
    if not isinstance(record, MemberRecord):
        return ""
    known = turn.context.configuration.federations
    return next((one.name for one in known if one.id == record.federation), record.federation)
