"""Every step of the journey has a name on the operator's page, and only a failed one is red."""

from __future__ import annotations

import pytest

from broker.journey import Step
from broker.operator import wording
from broker.operator.telling import GOOD, STOPPED


@pytest.mark.parametrize("step", Step)
def test_every_step_has_a_name(step: Step) -> None:
    assert step.value in wording.STEPS


def test_every_outcome_that_is_no_failure_has_words() -> None:
    assert set(wording.OUTCOMES) >= GOOD | STOPPED


@pytest.mark.parametrize(("milliseconds", "said"), [(0, "+0 ms"), (999, "+999 ms")])
def test_below_a_second_milliseconds_are_told(milliseconds: int, said: str) -> None:
    assert wording.after(milliseconds) == said
