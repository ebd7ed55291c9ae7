"""Each question that a portal does not want asked has its own reason, and each is explained."""

from __future__ import annotations

import pytest

from assurance.session_reuse import Obstacle
from broker.downstream import RefusalCode
from broker.journey import passive
from broker.journey.flow import ASKS_NOBODY, JOURNEY, Step
from broker.texts import reasons

ROWS = {row.step: row for row in JOURNEY}
# Why a console asks again; no portal asks it without pages.
OF_CONSOLES = {Obstacle.OVER, Obstacle.TOO_LOW}


@pytest.mark.parametrize(
    ("step", "why", "reason", "code"),
    [
        (Step.CHOOSE_PROVIDER, Obstacle.TOO_OLD, "passive_too_old", RefusalCode.LOGIN_REQUIRED),
        (Step.AUTHENTICATE, Obstacle.NO_SESSION, "passive_no_session", RefusalCode.LOGIN_REQUIRED),
        (Step.CHOOSE_PROVIDER, None, "passive", RefusalCode.LOGIN_REQUIRED),
        (Step.STEP_UP, None, "passive_level", RefusalCode.LOGIN_REQUIRED),
        (Step.ASK_CONSENT, None, "passive_consent", RefusalCode.CONSENT_REQUIRED),
        (Step.CHOOSE_MANDATE, None, "passive_mandate", RefusalCode.INTERACTION_REQUIRED),
    ],
)
def test_the_reason_is_the_rule_that_stood_in_the_way(
    step: Step, why: Obstacle | None, reason: str, code: RefusalCode
) -> None:
    found = passive.refusal(ROWS[step], why)
    assert (found.public_key, found.code) == (reason, code)


def test_every_obstacle_and_every_question_has_its_own() -> None:
    assert set(passive.BY_OBSTACLE) | OF_CONSOLES == set(Obstacle)
    of_who = {Step.CHOOSE_METHOD, Step.CHOOSE_PROVIDER, Step.AUTHENTICATE, Step.GIVE_PASSWORD}
    assert set(passive.BY_STEP) | of_who | ASKS_NOBODY == set(Step)
    said = passive.refusals()
    assert len(said) == len(passive.BY_OBSTACLE) + len(passive.BY_STEP)
    assert said.keys() | {passive.UNKNOWN} <= reasons.known()
