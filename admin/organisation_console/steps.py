"""What the steps of more than one wizard ask: services to choose from, by words that are looked
for, and the last day.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date

from flask import request

from admin.organisation_console.access import BeheerContext
from admin.organisation_console.wizard_pages import (
    EndDateStep,
    PersonChoice,
    ServiceChoice,
    StepFrame,
)
from assurance.levels import AssuranceLevel, is_same
from broker.web.language import locale
from consent import end_dates
from directory import dates
from directory.services import Service


def service_choices(
    services: Iterable[Service],
    chosen: Collection[str],
    level: Callable[[Service], AssuranceLevel],
    why_not: Callable[[Service], str | None],
) -> list[ServiceChoice]:
    """Each of these, in the language of the page. ``level``: of the mandate that would be given."""
    found = []
    for one in services:
        needed = level(one)
        made = ServiceChoice(
            uuid=one.uuid,
            name=one.name.in_(locale()),
            provider=one.provider_name.in_(locale()),
            level=needed.label,
            is_chosen=one.uuid in chosen,
            why_not=why_not(one) or "",
            asks="" if is_same(needed, one.level) else one.level.label,
        )
        found.append(made)
    return found


def services_shown(found: Sequence[ServiceChoice], words: str) -> tuple[ServiceChoice, ...]:
    """What was chosen, and what has these words; what can be chosen before what cannot."""
    kept = [one for one in found if one.is_chosen or has_words(words, one.name, one.provider)]
    return tuple(sorted(kept, key=_order))


def people_shown(found: Sequence[PersonChoice], words: str) -> tuple[PersonChoice, ...]:
    """The same of people."""
    kept = [one for one in found if one.is_chosen or has_words(words, one.name, one.email or "")]
    return tuple(sorted(kept, key=_order))


def last_day_step(
    console: BeheerContext, wizard: StepFrame, chosen: date | None, template: str, error: str
) -> EndDateStep:
    """``chosen``: the day so far; without one it is the latest that may be."""
    today, years = dates.day_of(console.now), console.rt.settings.mandates.max_years
    latest = end_dates.latest(today, years)
    return EndDateStep(
        console=console.frame,
        wizard=wizard,
        first=end_dates.first(today),
        latest=latest,
        quick=end_dates.quick(today, years),
        chosen=chosen or latest,
        given=request.form.get("until", "")[: dates.LONGEST_TYPED],
        error=error,
        template=f"organisation_console/{template}.html",
    )


def words_asked() -> str:
    """What is looked for in a step."""
    return " ".join(request.values.get("q", "").split())[:100]


def has_words(words: str, *texts: str) -> bool:
    """Does every word stand in one of these?"""
    text = " ".join(texts).casefold()
    return all(word in text for word in words.casefold().split())


def _order(one: ServiceChoice | PersonChoice) -> tuple[bool, bool, str]:
    return not one.is_chosen, bool(one.why_not), one.name.casefold()
