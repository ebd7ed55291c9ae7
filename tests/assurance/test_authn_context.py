"""RequestedAuthnContext against the level of a service: every comparison, and what answers."""

from __future__ import annotations

import pytest

from assurance.acr import EH1
from assurance.authn_context import UNSPECIFIED, Comparison, ContextDemand, class_of, demand
from assurance.levels import AssuranceLevel

L = AssuranceLevel
EH2, PLUS, EH3, EH4 = (str(level.eidas) for level in (L.EH2, L.EH2_PLUS, L.EH3, L.EH4))
EXACT, MINIMUM, MAXIMUM, BETTER = Comparison


@pytest.mark.parametrize(
    ("comparison", "classes", "least", "level", "minimum"),
    [
        (MINIMUM, (EH3,), L.EH2, L.EH3, L.EH3),
        (MINIMUM, (EH2,), L.EH3, L.EH3, L.EH2),
        (MINIMUM, (EH4, PLUS), L.EH2, L.EH2_PLUS, L.EH2_PLUS),
        (MINIMUM, ("urn:x:unknown", EH4), L.EH2, L.EH4, L.EH4),
        (MINIMUM, (UNSPECIFIED,), L.EH3, L.EH3, None),
        (MINIMUM, (EH1,), L.EH2, L.EH2, L.EH2),
        (EXACT, (EH3,), L.EH3, L.EH3, L.EH3),
        (EXACT, (EH2, EH4), L.EH3, L.EH4, L.EH4),
        (EXACT, (UNSPECIFIED, EH2), L.EH3, L.EH3, None),
        (MAXIMUM, (EH3,), L.EH2, L.EH2, None),
        (MAXIMUM, (UNSPECIFIED,), L.EH3, L.EH3, None),
        (BETTER, (EH2,), L.EH2, L.EH2_PLUS, L.EH2_PLUS),
        (BETTER, (EH2, EH3), L.EH2, L.EH4, L.EH4),
        (BETTER, (UNSPECIFIED,), L.EH2, L.EH2, L.EH2),
        (BETTER, (EH2,), L.EH4, L.EH4, L.EH2_PLUS),
    ],
)
def test_a_demand_is_the_higher_of_request_and_service(
    comparison: Comparison,
    classes: tuple[str, ...],
    least: AssuranceLevel,
    level: AssuranceLevel,
    minimum: AssuranceLevel | None,
) -> None:
    found = demand(classes, comparison, least)
    assert found is not None
    assert (found.level, found.minimum) == (level, minimum)


@pytest.mark.parametrize(
    ("comparison", "classes", "least"),
    [
        *((comparison, ("urn:x:unknown",), L.EH2) for comparison in Comparison),
        *((comparison, (), L.EH2) for comparison in Comparison),
        *((comparison, (EH3.upper(),), L.EH2) for comparison in Comparison),
        (EXACT, (EH2,), L.EH3),
        (MAXIMUM, (EH2,), L.EH3),
        (BETTER, (EH4,), L.EH2),
        (BETTER, (EH2, "urn:x:unknown"), L.EH2),
    ],
)
def test_what_cannot_be_is_no_demand_that_is_lower(
    comparison: Comparison, classes: tuple[str, ...], least: AssuranceLevel
) -> None:
    assert demand(classes, comparison, least) is None


@pytest.mark.parametrize(
    ("comparison", "classes", "least", "reached", "said"),
    [
        (MINIMUM, (EH2,), L.EH2, L.EH3, EH3),
        (EXACT, (EH3,), L.EH2, L.EH3, EH3),
        (EXACT, (EH3,), L.EH2, L.EH4, EH3),
        (EXACT, (EH3, EH4), L.EH2, L.EH4, EH4),
        (EXACT, (str(L.EH3.loa),), L.EH2, L.EH3, L.EH3.loa),
        (EXACT, (UNSPECIFIED,), L.EH3, L.EH3, UNSPECIFIED),
        (MAXIMUM, (EH3,), L.EH2, L.EH2, EH2),
        (MAXIMUM, (EH3,), L.EH2, L.EH4, EH3),
        (BETTER, (EH2,), L.EH2, L.EH3, EH3),
    ],
)
def test_the_class_that_answers_was_asked_and_is_true(
    comparison: Comparison,
    classes: tuple[str, ...],
    least: AssuranceLevel,
    reached: AssuranceLevel,
    said: str,
) -> None:
    found = demand(classes, comparison, least)
    assert found is not None
    assert class_of(reached, "eidas", classes=found.classes, most=found.most) == said


def test_no_class_is_said_that_was_not_reached() -> None:
    assert class_of(L.EH2, "eidas", classes=(EH3,)) is None


def test_a_level_has_the_word_of_the_dialect() -> None:
    assert class_of(L.EH3, "etd") == L.EH3.loa
    assert class_of(L.EH3, "digid") == L.EH3.digid
    assert class_of(L.EMAIL, "eidas") == L.EMAIL.loa
    assert ContextDemand(L.EH2).minimum is None
