"""What a login reached, what to ask and what is missing: a table, and what always holds."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assurance import step_up
from assurance.levels import AssuranceLevel
from assurance.step_up import FactorBar, LocalFactor, Nothing, Unreachable, Upstream

L = AssuranceLevel
LEVELS = st.sampled_from([L.EH2, L.EH2_PLUS, L.EH3, L.EH4])


@dataclass(frozen=True)
class Identity:
    proofing: L
    authentication: L
    own_means: L | None = None


@dataclass(frozen=True)
class Record:
    level_ceiling: L
    local_factor_lifts: bool = False


@pytest.mark.parametrize(
    ("proofing", "authentication", "factor", "reached"),
    [
        (L.EH2, L.EH2, False, L.EH2),
        (L.EH2, L.EH2, True, L.EH2),  # not identified well enough: a code changes nothing
        (L.EH2_PLUS, L.EH2, False, L.EH2),
        (L.EH2_PLUS, L.EH2, True, L.EH2_PLUS),
        (L.EH3, L.EH3, False, L.EH3),
        (L.EH3, L.EH2, True, L.EH2_PLUS),  # our factor gives EH2+ and no more
        (L.EH3, L.EH3, True, L.EH3),
        (L.EH4, L.EH4, True, L.EH4),
    ],
)
def test_reached(proofing: L, authentication: L, factor: bool, reached: L) -> None:
    assert step_up.reached(Identity(proofing, authentication), local_factor=factor) is reached


@pytest.mark.parametrize(
    ("means", "factor", "reached"),
    [
        (L.EH2, True, L.EH2),
        (L.EH2_PLUS, True, L.EH2_PLUS),
        (L.EH3, True, L.EH3),
        (L.EH3, False, L.EH2),  # a password alone
        (None, True, L.EH2_PLUS),  # a makelaar's
    ],
)
def test_a_factor_with_a_means_of_sluis_gives_the_level_of_the_means(
    means: L | None, factor: bool, reached: L
) -> None:
    identity = Identity(means or L.EH3, L.EH2, means)
    assert step_up.reached(identity, local_factor=factor) is reached


@pytest.mark.parametrize(
    ("ceiling", "lifts", "needed", "local", "can", "asks"),
    [
        (L.EH2_PLUS, False, L.EH2_PLUS, True, True, L.EH2_PLUS),
        (L.EH2_PLUS, False, L.EH3, True, False, L.EH3),
        (L.EH2, False, L.EH2_PLUS, True, False, L.EH2_PLUS),
        (L.EH2, True, L.EH2_PLUS, True, True, L.EH2),
        (L.EH2, True, L.EH2_PLUS, False, False, L.EH2_PLUS),
        (L.EH2, True, L.EH3, True, False, L.EH3),
        (L.EH3, True, L.EH2_PLUS, True, True, L.EH2),
        (L.EH3, True, L.EH3, True, True, L.EH3),
        (L.EH4, False, L.EH2, True, True, L.EH2),
    ],
)
def test_whom_to_offer_and_what_to_ask(
    ceiling: L,
    lifts: bool,
    needed: L,
    local: bool,
    can: bool,
    asks: L,
) -> None:
    record = Record(ceiling, lifts)
    assert step_up.can_reach(record, needed, local_factor=local) is can
    assert step_up.ask_level(record, needed, local_factor=local) is asks


@pytest.mark.parametrize(
    ("proofing", "authentication", "needed", "ceiling", "done", "allowed", "has", "expected"),
    [
        (L.EH3, L.EH3, L.EH3, L.EH3, False, True, True, Nothing()),
        (L.EH2_PLUS, L.EH2, L.EH2_PLUS, L.EH3, False, True, True, LocalFactor(L.EH2_PLUS, L.EH2)),
        (L.EH2_PLUS, L.EH2, L.EH2_PLUS, L.EH3, True, True, True, Nothing()),
        (L.EH2_PLUS, L.EH2, L.EH2_PLUS, L.EH3, False, False, True, Upstream(L.EH2_PLUS, L.EH2)),
        (L.EH2_PLUS, L.EH2, L.EH2_PLUS, L.EH3, False, True, False, Upstream(L.EH2_PLUS, L.EH2)),
        (
            L.EH2_PLUS,
            L.EH2,
            L.EH2_PLUS,
            L.EH2,
            False,
            True,
            False,
            Unreachable(L.EH2_PLUS, L.EH2, no_factor=True),
        ),
        (L.EH2, L.EH2, L.EH3, L.EH3, False, True, True, Upstream(L.EH3, L.EH2)),
        (L.EH2, L.EH2, L.EH3, L.EH2_PLUS, False, True, True, Unreachable(L.EH3, L.EH2)),
        (L.EH2, L.EH3, L.EH3, L.EH3, False, True, True, Unreachable(L.EH3, L.EH2)),
    ],
)
def test_what_is_missing(
    proofing: L,
    authentication: L,
    needed: L,
    ceiling: L,
    done: bool,
    allowed: bool,
    has: bool,
    expected: step_up.Missing,
) -> None:
    assert (
        step_up.missing(
            Identity(proofing, authentication),
            needed=needed,
            local_factor_done=done,
            local_factor_allowed=allowed,
            has_factor=lambda: has,
            ceiling=ceiling,
        )
        == expected
    )


@given(LEVELS, LEVELS, LEVELS, LEVELS, st.booleans(), st.booleans(), st.booleans())
def test_nothing_is_missing_only_where_the_level_is_reached(
    proofing: L,
    authentication: L,
    needed: L,
    ceiling: L,
    done: bool,
    allowed: bool,
    has: bool,
) -> None:
    identity = Identity(proofing, authentication)
    missing = step_up.missing(
        identity,
        needed=needed,
        local_factor_done=done,
        local_factor_allowed=allowed,
        has_factor=lambda: has,
        ceiling=ceiling,
    )
    enough = step_up.reached(identity, local_factor=done) >= needed
    assert isinstance(missing, Nothing) is enough
    if isinstance(missing, LocalFactor):
        assert step_up.reached(identity, local_factor=True) >= needed
        assert allowed and has and not done


@given(LEVELS, LEVELS, st.booleans())
def test_a_login_is_never_stronger_than_its_weakest_part(
    proofing: L,
    authentication: L,
    factor: bool,
) -> None:
    reached = step_up.reached(Identity(proofing, authentication), local_factor=factor)
    assert reached <= proofing
    assert reached <= max(authentication, L.EH2_PLUS)
    assert factor or reached <= authentication


@given(LEVELS, st.booleans())
def test_only_a_record_that_says_so_lifts_proofing_and_by_one_step(
    given_level: L,
    lifts: bool,
) -> None:
    worth = step_up.credited(Record(L.EH4, lifts), given_level)
    proofing = worth.proofing
    assert worth.authentication is given_level
    assert proofing is given_level or (lifts and given_level is L.EH2 and proofing is L.EH2_PLUS)


@pytest.mark.parametrize(
    ("ceiling", "lifts", "needed", "accepted", "bar"),
    [
        (L.EH2, True, L.EH2_PLUS, True, None),
        (L.EH4, True, L.EH2_PLUS, True, None),
        (L.EH4, False, L.EH2_PLUS, True, FactorBar.MAKELAAR),
        (L.EH2, True, L.EH3, True, FactorBar.LEVEL),
        (L.EH2, False, L.EH3, True, FactorBar.LEVEL),
        (L.EH2, True, L.EH2_PLUS, False, FactorBar.SERVICE),
        (L.EH2, False, L.EH2, True, None),  # none is needed
        (L.EH2, False, L.EH2, False, None),
    ],
)
def test_why_a_factor_of_ours_does_not_help(
    ceiling: L, lifts: bool, needed: L, accepted: bool, bar: FactorBar | None
) -> None:
    record = Record(ceiling, lifts)
    assert step_up.factor_bar(record, needed, local_factor=accepted) is bar
    if needed is L.EH2_PLUS and bar is None:
        assert step_up.can_reach(record, needed, local_factor=accepted)


@pytest.mark.parametrize(
    ("level", "worth"),
    [
        (L.EMAIL, step_up.Credited(L.EMAIL, L.EMAIL)),
        (L.EH2, step_up.Credited(L.EH2, L.EH2, L.EH2)),
        (L.EH3, step_up.Credited(L.EH3, L.EH2, L.EH3)),
    ],
)
def test_what_a_password_at_sluis_is_worth(level: L, worth: step_up.Credited) -> None:
    assert step_up.credited_to_account(level) == worth


@pytest.mark.parametrize(
    ("given_level", "asked", "does"),
    [
        (L.EH3, L.EH2, True),
        (L.EH2, L.EH2, True),
        (L.EH2, L.EH3, False),
        (L.EMAIL, L.EMAIL, False),
    ],
)
def test_what_answers_a_question_for_a_level(given_level: L, asked: L, does: bool) -> None:
    assert step_up.answers(given_level, asked) is does


@given(LEVELS, LEVELS)
def test_a_login_by_itself_is_worth_what_it_is_without_a_factor(one: L, other: L) -> None:
    identity = Identity(one, other)
    assert step_up.of_one_login(identity) is step_up.reached(identity, local_factor=False)
