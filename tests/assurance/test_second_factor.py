"""TOTP: one step of drift, each code once, five tries, and locks that grow."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from assurance import second_factor
from assurance.factors import Factor, FactorKind
from assurance.second_factor import MAX_FAILURES, Accepted, Locked, Wrong
from assurance.totp import DRIFT, PERIOD, matching_step
from directory.people import Person
from state.db import writing
from tests.clocks import START, FakeClock
from tests.keys_for_tests import make_sealer

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as opened:
        opened.add(Person(id="person", display_name="Roos", created_at=START))
        opened.flush()
        second_factor.bind_totp(
            opened, make_sealer(), person_id="person", seed=SEED, label="app", now=START
        )
        opened.commit()
        yield opened


def give(session: Session, code: str, clock: FakeClock, person: str = "person") -> object:
    factor_id = session.scalars(select(Factor.id)).one()
    return second_factor.verify(
        session, make_sealer(), factor_id=factor_id, person_id=person, code=code, now=clock.now
    )


def code_at(clock: FakeClock, steps: int = 0) -> str:
    return pyotp.TOTP(SEED).at(clock.now + timedelta(seconds=steps * PERIOD))


def wrong_code(clock: FakeClock) -> str:
    near = {code_at(clock, steps) for steps in range(-3, 4)}
    return next(code for code in (f"{n:06d}" for n in range(10)) if code not in near)


@pytest.mark.parametrize(
    ("steps", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_F_02_a_code_counts_for_its_own_time_and_one_step_around_it(
    session: Session,
    steps: int,
    accepted: bool,
) -> None:
    clock = FakeClock()
    assert isinstance(give(session, code_at(clock, steps), clock), Accepted) is accepted


def test_F_01_a_code_works_once(session: Session) -> None:
    clock = FakeClock()
    code = code_at(clock)
    assert give(session, code, clock) == Accepted()
    assert isinstance(give(session, code, clock), Wrong)
    assert isinstance(give(session, code_at(clock, -1), clock), Wrong)  # nor an earlier one
    clock.advance(PERIOD)
    assert give(session, code_at(clock), clock) == Accepted()


def test_F_01_F_03_of_many_at_once_one_succeeds_and_every_failure_counts(
    engine: Engine, session: Session
) -> None:
    clock, code = FakeClock(), pyotp.TOTP(SEED).at(START)
    factor_id = session.scalars(select(Factor.id)).one()
    session.rollback()

    def attempt(_: int) -> object:
        with Session(engine) as own, writing(own):
            return second_factor.verify(
                own,
                make_sealer(),
                factor_id=factor_id,
                person_id="person",
                code=code,
                now=clock.now,
            )

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(5)))
    assert outcomes.count(Accepted()) == 1
    session.expire_all()
    assert session.scalars(select(Factor.failures)).one() == 4


def test_F_03_five_wrong_codes_lock_also_for_the_right_one(session: Session) -> None:
    clock = FakeClock()
    wrong = wrong_code(clock)
    outcomes = [give(session, wrong, clock) for _ in range(MAX_FAILURES)]
    assert outcomes[:-1] == [Wrong(4), Wrong(3), Wrong(2), Wrong(1)]
    assert outcomes[-1] == Locked(clock.now + timedelta(minutes=15))
    assert isinstance(give(session, code_at(clock), clock), Locked)
    clock.advance(15 * 60)
    assert give(session, code_at(clock), clock) == Accepted()


def test_F_03_locks_grow_and_a_right_code_forgives(session: Session) -> None:
    clock = FakeClock()
    for length in (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=24)):
        outcome = None
        for _ in range(MAX_FAILURES):
            outcome = give(session, wrong_code(clock), clock)
        assert outcome == Locked(clock.now + length)
        clock.advance(length.total_seconds())
    assert give(session, code_at(clock), clock) == Accepted()
    assert give(session, wrong_code(clock), clock) == Wrong(4)


def test_the_factor_of_somebody_else_proves_nothing(session: Session) -> None:
    clock = FakeClock()
    assert give(session, code_at(clock), clock, person="other") == Wrong(0)
    assert give(session, code_at(clock), clock) == Accepted()


def test_an_ended_factor_proves_nothing(session: Session) -> None:
    clock = FakeClock()
    session.scalars(select(Factor)).one().ended_at = clock.now
    session.flush()
    assert give(session, code_at(clock), clock) == Wrong(0)
    assert second_factor.methods_of(session, "person", clock.now) == []


def test_the_seed_is_sealed(session: Session) -> None:
    assert SEED.encode() not in session.scalars(select(Factor.secret)).one()


@pytest.mark.parametrize("text", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "123 45", "-12345"])
def test_F_02_what_is_no_code_is_wrong(text: str) -> None:
    assert matching_step(SEED, text, START, after=0) is None


@pytest.mark.parametrize(
    ("kind", "digits", "text", "is_code"),
    [
        (FactorKind.TOTP, 6, "123456", True),
        (FactorKind.TOTP, 6, "123 456", True),
        (FactorKind.TOTP, 6, "abc", False),
        (FactorKind.TOTP, 6, "12345", False),
        (FactorKind.TOTP, 6, "1234567", False),
        (FactorKind.SMS, 6, "", False),
        (FactorKind.OTP_DEVICE, 8, "123456", False),
        (FactorKind.OTP_DEVICE, 8, "12345678", True),
        (FactorKind.RECOVERY_CODES, 6, "abcd-2345-efgh-6789", True),
        (FactorKind.RECOVERY_CODES, 6, "ABCD 2345 EFGH 6789", True),
        (FactorKind.RECOVERY_CODES, 6, "abcd-2345-efgh", False),
        (FactorKind.RECOVERY_CODES, 6, "abcd-2345-efgh-678é", False),
    ],
)
def test_what_has_not_the_shape_of_a_code_is_none(
    kind: FactorKind, digits: int, text: str, is_code: bool
) -> None:
    assert second_factor.is_code(kind, digits, text) is is_code


def test_spaces_in_a_code_are_allowed() -> None:
    code = pyotp.TOTP(SEED).at(START)
    assert matching_step(SEED, f"{code[:3]} {code[3:]}", START, after=0) is not None


@given(st.integers(min_value=0, max_value=999_999))
def test_a_code_matches_only_in_its_window(number: int) -> None:
    code = f"{number:06d}"
    step = matching_step(SEED, code, START, after=0)
    current = int(START.timestamp()) // PERIOD
    window = range(current - DRIFT, current + DRIFT + 1)
    expected = [s for s in window if pyotp.TOTP(SEED).generate_otp(s) == code]
    assert step == (expected[-1] if expected else None)


def test_F_01_a_code_of_a_step_that_was_used_or_lies_before_it_matches_nothing() -> None:
    current = int(START.timestamp()) // PERIOD
    for step in range(current - DRIFT, current + DRIFT + 1):
        code = pyotp.TOTP(SEED).generate_otp(step)
        assert matching_step(SEED, code, START, after=step - 1) == step
        for used in (step, step + 1):
            assert matching_step(SEED, code, START, after=used) is None
