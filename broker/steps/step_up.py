"""The level is not reached yet: a second factor of Sluis where that counts (A9), else what would
help (A13).
"""

from __future__ import annotations

from dataclasses import replace

from assurance import second_factor
from assurance.second_factor import Accepted, Locked, Wrong
from assurance.step_up import LocalFactor, Unreachable, Upstream
from broker.dispatch import Advance, Outcome, Show, Turn
from broker.downstream.interface import LoginRefused, RefusalCode
from broker.login import FactorDone
from broker.pages.level_unreachable import LevelUnreachablePage
from broker.pages.second_factor import SecondFactorPage
from broker.steps.frame import frame
from state.db import writing

MAX_ROUNDS = 3  # times that one login is sent to a makelaar for a higher level


def enter(turn: Turn) -> Outcome:
    """Ask the code, ask the makelaar for more, or say what is missing."""
    missing = turn.meets.missing
    if turn.login.too_low:
        return _unreachable(turn)
    if isinstance(missing, LocalFactor):
        return _ask_code(turn)
    if isinstance(missing, Upstream) and turn.login.departures < MAX_ROUNDS:
        return Advance(replace(turn.login, identity=None, person_id=None, insists=True))
    return _unreachable(turn)


def answer(turn: Turn) -> Outcome:
    """Check the code; where no code can help, back to the portal."""
    if turn.login.too_low or not isinstance(turn.meets.missing, LocalFactor):
        raise LoginRefused(
            RefusalCode.LEVEL_UNREACHABLE, "level_unreachable", "user returned to the portal"
        )
    factor = turn.meets.factors[0]
    with writing(turn.rt.session) as session:
        outcome = second_factor.verify(
            session,
            turn.rt.sealer,
            factor_id=factor.factor_id,
            person_id=turn.login.person_id or "",
            code=turn.form.get("code", ""),
            now=turn.now,
        )
    if isinstance(outcome, Accepted):
        done = FactorDone(factor.factor_id, str(factor.kind), turn.now)
        return Advance(replace(turn.login, factor=done))
    return _ask_code(turn, outcome)


def _ask_code(turn: Turn, outcome: Wrong | Locked | None = None) -> Outcome:
    factor = turn.meets.factors[0]
    page = SecondFactorPage(
        frame=frame(turn),
        method=str(factor.kind),
        label=factor.label,
        is_wrong=isinstance(outcome, Wrong),
        tries_left=outcome.tries_left if isinstance(outcome, Wrong) else None,
        locked_until=outcome.until if isinstance(outcome, Locked) else factor.locked_until,
    )
    return Show(page, status=200 if outcome is None else 422)


def _unreachable(turn: Turn) -> Outcome:
    meets = turn.meets
    given = turn.login.given if turn.login.too_low else meets.reached
    page = LevelUnreachablePage(
        frame=frame(turn),
        needed=turn.login.request.level.label,
        given=given.label if given else None,
        no_factor=isinstance(meets.missing, Unreachable) and meets.missing.no_factor,
        makelaar=meets.usable_provider.name,
        others=tuple(
            r.name
            for r in meets.offered
            if r.id != turn.login.provider_id and r.state == "live" and meets.reaches(r)
        ),
        help_url=meets.usable_provider.help_url,
    )
    return Show(page, status=403)
