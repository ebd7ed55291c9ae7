"""The level cannot be reached (A13): which there is, which is needed, and what would help."""

from __future__ import annotations

from assurance import enrolment, step_up
from assurance.step_up import FactorLack, Unreachable
from broker.downstream import RefusalCode
from broker.journey.dispatch import Show, Turn
from broker.journey.login import Stopped
from broker.journey.pages.level_unreachable import Elsewhere, LevelUnreachablePage
from broker.journey.steps.frame import frame

STOPPED = Stopped(RefusalCode.LEVEL_UNREACHABLE, "level_unreachable")


def show(turn: Turn, *, may_use_factor: bool = False) -> Show:
    """``may_use_factor``: the makelaar did not give the level, and a factor of ours would do."""
    context = turn.context
    given = turn.login.given if turn.login.too_low else context.reached
    page = LevelUnreachablePage(
        frame=frame(turn),
        needed=context.needed.label,
        given=given.label if given else None,
        may_use_factor=may_use_factor,
        lack=None if may_use_factor else _lack(turn),
        kinds=tuple(map(str, context.service.second_factors or ())),
        factor_bar=_factor_bar(turn),
        makelaar=context.provider_name,
        others=others(turn),
        help_url=context.provider_help_url,
    )
    measured = {"asked": context.needed.label, "given": given.label if given else None}
    return Show(page, status=403, stopped=STOPPED, found=measured)


def others(turn: Turn) -> tuple[Elsewhere, ...]:
    """The other makelaars here that can give the level."""
    context = turn.context
    return tuple(
        Elsewhere(r.name, r.help_url)
        for r in context.offered
        if r.id != turn.login.provider_id and r.state == "live" and context.reaches(r)
    )


def _lack(turn: Turn) -> FactorLack | None:
    """Why the factors of this person do not help, where one would."""
    missing, login = turn.context.missing, turn.login
    was_sent_back = login.too_low and login.must_be is not None and _factor_bar(turn) is None
    if not (was_sent_back or (isinstance(missing, Unreachable) and missing.no_factor)):
        return None
    person_id = login.person_id or login.must_be or ""
    return enrolment.lack(enrolment.of_person(turn.rt.session, person_id, turn.now))


def _factor_bar(turn: Turn) -> str | None:
    """Why a factor of ours would not lift a login at this makelaar."""
    context = turn.context
    if context.provider is None:
        return None
    return step_up.factor_bar(
        context.provider, context.needed, local_factor=context.service.local_second_factor
    )
