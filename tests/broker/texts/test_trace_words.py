"""Every step of the journey has a name for operators, and only a failed one is red."""

from __future__ import annotations

import ast

import pytest

from broker.journey.flow import Step
from broker.texts import trace_words
from state.audit import EventTag
from state.trace import STOPPED, WELL
from tests.architecture.source_tree import ROOT, tree


@pytest.mark.parametrize("step", Step)
def test_every_step_has_a_name(step: Step) -> None:
    assert step.value in trace_words.STEPS


def test_every_outcome_that_is_no_failure_has_words() -> None:
    assert set(trace_words.OUTCOMES) >= WELL | STOPPED


def test_what_was_checked_is_not_called_an_answer() -> None:
    """The portal's request is accepted too, and it is no answer."""
    for word in ("accepted", "rejected"):
        assert "antwoord" not in trace_words.outcome(word).lower()


def test_every_fact_that_a_trail_measures_has_a_name() -> None:
    """Names of facts are arguments of the functions that make a step."""
    said = {
        keyword.arg
        for node in ast.walk(tree(ROOT / "broker" / "journey" / "trace_steps.py"))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_made", "step")
        for keyword in node.keywords
        if keyword.arg is not None
    }
    assert {"passive", "login_age_seconds"} <= said
    assert said <= set(trace_words.MEASURED)


def test_what_happens_with_the_reference_of_a_login_has_words() -> None:
    """These events carry one; without a trace they are all that an operator sees."""
    for tag in (
        EventTag.LOGIN_SUCCEEDED,
        EventTag.MANDATE_REQUESTED,
        EventTag.MANDATE_GRANTED,
        EventTag.MANDATE_REQUEST_REFUSED,
        EventTag.CONSENT_GIVEN,
        EventTag.SESSION_ENDED,
        EventTag.PARTY_SWITCHED,
    ):
        assert tag in trace_words.EVENTS, tag


@pytest.mark.parametrize(("milliseconds", "said"), [(0, "+0 ms"), (999, "+999 ms")])
def test_below_a_second_milliseconds_are_told(milliseconds: int, said: str) -> None:
    assert trace_words.after(milliseconds) == said
