"""What a session must be to add or end a factor: never less than what the factor gives."""

from __future__ import annotations

import pytest

from assurance import enrolment
from assurance.enrolment import OwnFactor
from assurance.factors import BoundBy, FactorKind
from assurance.levels import AssuranceLevel
from tests.clocks import START

L = AssuranceLevel


def _factor(bound_by: BoundBy) -> OwnFactor:
    return OwnFactor("f", FactorKind.TOTP, "", bound_by, START, None, None)


@pytest.mark.parametrize(
    ("own_means", "gives"),
    [
        (None, L.EH2_PLUS),
        (L.EMAIL, L.EH2_PLUS),
        (L.EH2, L.EH2_PLUS),
        (L.EH2_PLUS, L.EH2_PLUS),
        (L.EH3, L.EH3),
    ],
)
def test_what_factors_give(own_means: L | None, gives: L) -> None:
    assert enrolment.factors_give(own_means) is gives


@pytest.mark.parametrize(
    ("reached", "gives", "bound_by"),
    [
        (L.EH2, L.EH2_PLUS, BoundBy.SELF),
        (L.EH2_PLUS, L.EH2_PLUS, BoundBy.SESSION),
        (L.EH2_PLUS, L.EH3, BoundBy.SELF),
        (L.EH3, L.EH3, BoundBy.SESSION),
        (L.EH4, L.EH3, BoundBy.SESSION),
    ],
)
def test_F_12_F_13_a_factor_counts_when_the_session_is_worth_it(
    reached: L, gives: L, bound_by: BoundBy
) -> None:
    assert enrolment.binding(reached, gives) is bound_by


@pytest.mark.parametrize("gives", [L.EH2_PLUS, L.EH3])
def test_F_12_who_has_a_factor_that_lifts_shows_its_level_first(gives: L) -> None:
    lifting, own = _factor(BoundBy.ADMINISTRATOR), _factor(BoundBy.SELF)
    assert enrolment.level_to_add([own, lifting], gives) is gives
    assert enrolment.level_to_end([lifting], gives) is gives
    assert enrolment.level_to_add([own], gives) is L.EH2
    assert enrolment.level_to_add([], gives) is L.EH2
