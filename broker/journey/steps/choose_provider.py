"""Which makelaar? A hint, a remembered choice or the only one answers itself; else the user picks
(A2).
"""

from __future__ import annotations

from dataclasses import replace

from broker.journey.dispatch import Advance, Show, StepOutcome, Turn
from broker.journey.login import Login
from broker.journey.login_methods import LoginMethod
from broker.journey.pages.choose_provider import ChooseProviderPage, ProviderChoice
from broker.journey.steps import provider_hints
from broker.journey.steps.frame import frame, service_facts
from broker.web.announcement_page import Spoken
from broker.web.announcements import notes
from broker.web.language import locale
from directory.announcements import of_makelaar
from providers.registry import ProviderRecord


def enter(turn: Turn) -> StepOutcome:
    """Choose without asking where that is what the user or the portal wants, else show the list."""
    hinted = provider_hints.hinted(turn)
    remembered = None if hinted else provider_hints.remembered(turn)
    known = hinted or remembered or provider_hints.only_one(turn)
    if known is None:
        return _show(turn)
    return Advance(_with(turn, known.id, was_remembered=remembered is not None))


def answer(turn: Turn) -> StepOutcome:
    """Take the makelaar from the form, and remember it for this service where the user ticked
    that.
    """
    if (
        turn.form.get("method") == LoginMethod.ACCOUNT
        and LoginMethod.ACCOUNT in turn.context.methods
    ):
        return Advance(replace(turn.login.afresh(), method=LoginMethod.ACCOUNT))
    chosen = turn.form.get("provider", "")
    record = next((r for r in provider_hints.reachable(turn) if r.id == chosen), None)
    if record is None:
        return _show(turn, error=True)
    remember = record.id if turn.form.get("remember") else None
    return Advance(_with(turn, record.id, was_remembered=False), remember=remember)


def _with(turn: Turn, provider_id: str, *, was_remembered: bool) -> Login:
    """The login at this makelaar, without what one said that may no longer be used."""
    return replace(
        turn.login.afresh(),
        method=LoginMethod.MAKELAAR,
        provider_id=provider_id,
        provider_was_remembered=was_remembered,
    )


def _show(turn: Turn, *, error: bool = False) -> StepOutcome:
    search = turn.query.get("q", "").strip()[:64]
    found = [r for r in turn.context.offered if _matches(r, search)]
    page = ChooseProviderPage(
        frame=frame(turn),
        facts=service_facts(turn),
        choices=tuple(_choice(turn, r) for r in found),
        search=search,
        total=len(turn.context.offered),
        remember_days=turn.rt.settings.login.remember_days,
        offers_account=LoginMethod.ACCOUNT in turn.context.methods,
        error=error,
    )
    return Show(page, status=422 if error else 200)


def _matches(record: ProviderRecord, search: str) -> bool:
    wanted = search.casefold()
    return any(wanted in text.casefold() for text in (record.name, *record.aliases))


def _notices(turn: Turn, record: ProviderRecord) -> tuple[Spoken, ...]:
    """What its record says, and what the operator announced about it."""
    announced = of_makelaar(turn.context.configuration.announcements, record.id, at=turn.now)
    said = (Spoken(record.notice.in_(locale())),) if record.notice else ()
    return (*said, *(part for one in notes(announced) for part in (one.title, one.text)))


def _choice(turn: Turn, record: ProviderRecord) -> ProviderChoice:
    return ProviderChoice(
        id=record.id,
        name=record.name,
        aliases=record.aliases,
        notices=_notices(turn, record),
        is_paused=record.state != "live",
        reaches=turn.context.reaches(record),
        ceiling=record.level_ceiling.label,
    )
