"""Which makelaar? A hint, a remembered choice or the only one answers itself; else the user picks
(A2).
"""

from __future__ import annotations

from dataclasses import replace

from broker.adapters import departure_urls
from broker.dispatch import Advance, Outcome, Show, Turn
from broker.http import cookies
from broker.http.language import locale
from broker.login import Login
from broker.pages.choose_provider import ChooseProviderPage, ProviderChoice
from broker.steps.frame import frame, service_facts
from providers.registry import ProviderRecord


def enter(turn: Turn) -> Outcome:
    """Choose without asking where that is what the user or the portal wants, else show the list."""
    remembered = None if _hinted(turn) else _remembered(turn)
    known = _hinted(turn) or remembered or _only_one(turn)
    if known is None:
        return _show(turn)
    return Advance(_with(turn, known.id, was_remembered=remembered is not None))


def answer(turn: Turn) -> Outcome:
    """Take the makelaar from the form, and remember it for this service where the user ticked
    that.
    """
    chosen = turn.form.get("provider", "")
    record = next((r for r in _reachable(turn) if r.id == chosen), None)
    if record is None:
        return _show(turn, error=True)
    remember = record.id if turn.form.get("remember") else None
    return Advance(_with(turn, record.id, was_remembered=False), remember=remember)


def _with(turn: Turn, provider_id: str, *, was_remembered: bool) -> Login:
    """The login at this makelaar, without what one said that may no longer be used."""
    login = turn.login.afresh()
    return replace(login, provider_id=provider_id, provider_was_remembered=was_remembered)


def _reachable(turn: Turn) -> list[ProviderRecord]:
    """Those that can be chosen now: live, and able to reach the level."""
    return [r for r in turn.meets.offered if r.state == "live" and turn.meets.reaches(r)]


def _asks_afresh(turn: Turn) -> bool:
    return turn.login.request.choose_again or turn.login.provider_id is not None


def _hinted(turn: Turn) -> ProviderRecord | None:
    hint = turn.login.request.provider_hint
    if hint is None or _asks_afresh(turn):
        return None
    return next((r for r in _reachable(turn) if r.id == hint), None)


def _remembered(turn: Turn) -> ProviderRecord | None:
    """The earlier choice for this service; never with a forced new login."""
    if _asks_afresh(turn) or turn.login.request.force_authn:
        return None
    choices = cookies.remembered_providers(
        turn.request, turn.now, turn.rt.settings.login.remember_days
    )
    choice = choices.get(turn.login.request.service_uuid)
    if choice is None:
        return None
    return next((r for r in _reachable(turn) if r.id == choice.provider_id), None)


def _only_one(turn: Turn) -> ProviderRecord | None:
    """The only makelaar that this service admits at all; with two the user should see both."""
    if _asks_afresh(turn) or len(turn.meets.offered) != 1:
        return None
    return next(iter(_reachable(turn)), None)


def _show(turn: Turn, *, error: bool = False) -> Outcome:
    search = turn.query.get("q", "").strip()[:64]
    found = [r for r in turn.meets.offered if _matches(r, search)]
    page = ChooseProviderPage(
        frame=frame(turn),
        facts=service_facts(turn),
        choices=tuple(_choice(turn, r) for r in found),
        search=search,
        total=len(turn.meets.offered),
        remember_days=turn.rt.settings.login.remember_days,
        error=error,
    )
    targets = tuple(url for r in _reachable(turn) for url in departure_urls(r))
    return Show(page, status=422 if error else 200, form_targets=targets)


def _matches(record: ProviderRecord, search: str) -> bool:
    wanted = search.casefold()
    return any(wanted in text.casefold() for text in (record.name, *record.aliases))


def _choice(turn: Turn, record: ProviderRecord) -> ProviderChoice:
    return ProviderChoice(
        id=record.id,
        name=record.name,
        aliases=record.aliases,
        notice=record.notice.in_(locale()) if record.notice else None,
        is_paused=record.state != "live",
        reaches=turn.meets.reaches(record),
        ceiling=record.level_ceiling.label,
    )
