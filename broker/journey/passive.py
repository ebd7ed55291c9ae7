"""What stands in the way of a login that the portal wants without a page (``prompt=none``;
``IsPassive`` in SAML): the portal hears the error of the protocol, its trace the rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from assurance.session_reuse import Obstacle
from broker.downstream import LoginRefused, RefusalCode
from broker.journey.flow import JOURNEY, Row, Step

# What an earlier login of this browser would have answered.
_WHO: Final = frozenset(
    {Step.CHOOSE_METHOD, Step.CHOOSE_PROVIDER, Step.AUTHENTICATE, Step.GIVE_PASSWORD}
)
BY_OBSTACLE: Final[Mapping[Obstacle, str]] = {
    Obstacle.NO_SESSION: "passive_no_session",
    Obstacle.NOT_ACCEPTED: "passive_not_accepted",
    Obstacle.OTHER_GROUP: "passive_other_group",
    Obstacle.FORCED: "passive_forced",
    Obstacle.TOO_OLD: "passive_too_old",
    Obstacle.HIGHEST_LEVEL: "passive_highest_level",
    Obstacle.OTHER_SERVICE: "passive_other_service",
    Obstacle.FACTOR_TOO_OLD: "passive_factor_too_old",
    Obstacle.WORTHLESS: "passive_worthless",
    Obstacle.NOT_ADMITTED: "passive_not_admitted",
    Obstacle.OTHER_PERSON: "passive_other_person",
    Obstacle.NOTHING_TO_CHOOSE: "passive_nothing_to_choose",
}
BY_STEP: Final[Mapping[Step, str]] = {
    Step.REPLACE_PASSWORD: "passive_password",
    Step.MEANS_STATUS: "passive_means",
    Step.STEP_UP: "passive_level",
    Step.CHOOSE_MANDATE: "passive_mandate",
    Step.ASK_CONSENT: "passive_consent",
    Step.APPROVE: "passive_document",
    Step.CONFIRM: "passive_confirm",
}
UNKNOWN: Final = "passive"


def refusal(row: Row, why: Obstacle | None) -> LoginRefused:
    """``row``: the first question that is open; ``why``: what kept an earlier login from answering,
    None where one did.
    """
    reason = _by_session(why) if row.step in _WHO else BY_STEP.get(row.step, UNKNOWN)
    return LoginRefused(row.under_passive, reason, f"prompt=none at {row.step}")


def _by_session(why: Obstacle | None) -> str:
    return BY_OBSTACLE.get(why, UNKNOWN) if why is not None else UNKNOWN


def refusals() -> Mapping[str, RefusalCode]:
    """Each reason, and what the portal hears with it."""
    said = {row.step: row.under_passive for row in JOURNEY}
    session = dict.fromkeys(BY_OBSTACLE.values(), RefusalCode.LOGIN_REQUIRED)
    return {**session, **{reason: said[step] for step, reason in BY_STEP.items()}}
