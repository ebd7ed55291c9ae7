"""Which makelaar? A hint, a remembered choice or the only one answers itself; else the user picks
(A2).
"""

from __future__ import annotations

from broker.downstream import RefusalCode
from broker.journey.dispatch import Advance, Show, StepOutcome, Turn
from broker.journey.login import Login, Stopped
from broker.journey.login_methods import LoginMethod
from broker.journey.pages.choose_provider import ChooseProviderPage, LeftMakelaar
from broker.journey.steps import provider_hints
from broker.journey.steps.frame import frame, service_facts
from broker.journey.steps.provider_choices import offered_choices
from broker.sso import standing
from state.copies import replace


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
    record = turn.context.makelaars.usable(chosen)
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
    choices, has_more = offered_choices(turn, search)
    page = ChooseProviderPage(
        frame=frame(turn),
        facts=service_facts(turn),
        choices=choices,
        search=search,
        has_more=has_more,
        remember_days=turn.rt.settings.login.remember_days,
        offers_account=LoginMethod.ACCOUNT in turn.context.methods,
        error=error,
        left=_left(turn),
    )
    stopped, found = _stopped(turn), {"provider": turn.login.provider_id}
    return Show(page, status=422 if error else 200, stopped=stopped, found=found)


def _left(turn: Turn) -> LeftMakelaar | None:
    """What the page says of the makelaar of before."""
    if turn.login.provider_id is None:
        return None
    record = turn.context.provider
    if record is None:
        return LeftMakelaar(None, may_return=False)
    return LeftMakelaar(record.name, may_return=record.state == "paused")


def _stopped(turn: Turn) -> Stopped | None:
    """Why it cannot be used, for who calls or leaves here."""
    if turn.login.provider_id is None:
        return None
    record = turn.context.provider
    if record is None or record.state != "live":
        return Stopped(RefusalCode.NOT_ALLOWED, standing.MAKELAAR_GONE)
    if not turn.context.makelaars.admits(record):
        return Stopped(RefusalCode.NOT_ALLOWED, standing.NOT_ADMITTED)
    return Stopped(RefusalCode.LEVEL_UNREACHABLE, standing.LEVEL_LOWERED)
