"""SMS codes, OTP devices and recovery codes: each code once, locks per factor, trusted binding."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from assurance import recovery_codes, second_factor, sms
from assurance.factors import BoundBy, Factor, FactorKind
from assurance.second_factor import (
    DAY,
    MAX_FAILURES_A_DAY,
    Accepted,
    FactorOutcome,
    Locked,
    Wrong,
)
from assurance.totp import TotpParameters
from directory.people import Person
from state.db import writing
from tests.clocks import START, FakeClock
from tests.keys_for_tests import make_sealer

SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NL = ("NL", "BE")


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as opened:
        opened.add(Person(id="person", display_name="Roos", created_at=START))
        opened.commit()
        yield opened


def give(session: Session, factor_id: str, code: str, clock: FakeClock) -> FactorOutcome:
    return second_factor.verify(
        session, make_sealer(), factor_id=factor_id, person_id="person", code=code, now=clock.now
    )


def new_set(session: Session) -> tuple[str, tuple[str, ...]]:
    codes = recovery_codes.bind(
        session,
        make_sealer(),
        person_id="person",
        bound_by=BoundBy.ADMINISTRATOR,
        now=START,
    )
    session.commit()
    newest = select(Factor.id).where(Factor.ended_at.is_(None))
    return session.scalars(newest).one(), codes


@pytest.mark.parametrize(
    ("period", "digits", "algorithm"), [(30, 6, "sha1"), (60, 8, "sha256"), (60, 6, "sha256")]
)
def test_a_device_shows_codes_in_its_own_way(
    session: Session, period: int, digits: int, algorithm: str
) -> None:
    factor = second_factor.bind_device(
        session,
        make_sealer(),
        person_id="person",
        serial="SN-0001",
        seed=SEED,
        parameters=TotpParameters(period, digits, algorithm),
        bound_by=BoundBy.LETTER,
        now=START,
    )
    session.commit()
    clock = FakeClock()
    digest = getattr(hashlib, algorithm)
    totp = pyotp.TOTP(SEED, digits=digits, digest=digest, interval=period)
    code = totp.at(clock.now)
    assert isinstance(give(session, factor.id, code[:-1], clock), Wrong)
    late = totp.at(clock.now + timedelta(seconds=2 * period))
    assert isinstance(give(session, factor.id, late, clock), Wrong)
    assert give(session, factor.id, code, clock) == Accepted()
    assert isinstance(give(session, factor.id, code, clock), Wrong)


def test_F_16_a_recovery_code_works_once(session: Session) -> None:
    factor_id, codes = new_set(session)
    assert len(set(codes)) == recovery_codes.CODES
    clock = FakeClock()
    assert give(session, factor_id, codes[0], clock) == Accepted()
    assert give(session, factor_id, codes[0], clock) == Wrong(4)
    assert give(session, factor_id, codes[1].upper().replace("-", " "), clock) == Accepted()
    assert recovery_codes.left(session, factor_id) == recovery_codes.CODES - 2


def test_F_16_of_many_at_once_one_uses_the_recovery_code(engine: Engine, session: Session) -> None:
    factor_id, codes = new_set(session)
    session.rollback()

    def attempt(_: int) -> FactorOutcome:
        with Session(engine) as own, writing(own):
            return give(own, factor_id, codes[0], FakeClock())

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(attempt, range(4)))
    assert outcomes.count(Accepted()) == 1


def test_F_16_a_new_set_ends_the_old_one(session: Session) -> None:
    old, old_codes = new_set(session)
    new, codes = new_set(session)
    session.expire_all()
    assert give(session, old, old_codes[0], FakeClock()) == Wrong(0)
    assert give(session, new, old_codes[0], FakeClock()) == Wrong(4)
    assert give(session, new, codes[0], FakeClock()) == Accepted()


def test_F_16_guessing_recovery_codes_locks(session: Session) -> None:
    factor_id, codes = new_set(session)
    clock = FakeClock()
    outcomes = [give(session, factor_id, "0000-0000-0000-0000", clock) for _ in range(5)]
    assert isinstance(outcomes[-1], Locked)
    assert isinstance(give(session, factor_id, codes[0], clock), Locked)


def test_F_03_a_hundred_wrong_codes_in_a_day_lock_for_the_rest_of_it(session: Session) -> None:
    """Also where right ones in between start the count of five anew."""
    factor_id, _ = new_set(session)
    clock = FakeClock()
    factor = session.get_one(Factor, factor_id)
    outcome: FactorOutcome = Accepted()
    for number in range(MAX_FAILURES_A_DAY):
        assert not isinstance(outcome, Locked), number
        factor.failures = 0
        session.flush()
        outcome = give(session, factor_id, "wrong", clock)
        clock.advance(60)
    assert outcome == Locked(START + DAY)
    clock.advance(DAY.total_seconds())
    assert give(session, factor_id, "wrong", clock) == Wrong(3)


@pytest.mark.parametrize(("bound_by", "counts"), [(b, b is not BoundBy.SELF) for b in BoundBy])
def test_F_13_what_somebody_added_alone_lifts_nothing(
    session: Session, bound_by: BoundBy, counts: bool
) -> None:
    second_factor.bind_sms(
        session,
        make_sealer(),
        person_id="person",
        number="+31612345678",
        bound_by=bound_by,
        now=START,
    )
    session.commit()
    methods = second_factor.methods_of(session, "person", START)
    assert [method.label for method in methods] == (["…78"] if counts else [])


@pytest.mark.parametrize("ids", [("1", "2", "3"), ("3", "1", "2")])
def test_factors_of_one_moment_are_always_offered_in_the_same_order(
    session: Session, ids: tuple[str, ...]
) -> None:
    """Those of a document are all bound at once; the first is the one that a login asks for."""
    for factor_id in ids:
        factor = Factor(id=factor_id, person_id="person", kind=FactorKind.TOTP, bound_at=START)
        factor.bound_by, factor.secret = BoundBy.ADMINISTRATOR, b"sealed"
        session.add(factor)
        session.commit()
    methods = second_factor.methods_of(session, "person", START)
    assert [method.factor_id for method in methods] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("text", "number"),
    [("06 12345678", "+31612345678"), ("+32 470 12 34 56", "+32470123456")],
)
def test_F_05_mobile_numbers_of_listed_countries_get_codes(text: str, number: str) -> None:
    assert sms.accepted_number(text, NL) == number


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0900 1234567", "not_mobile"),
        ("0909 1234567", "not_mobile"),
        ("020 624 1111", "not_mobile"),
        ("+44 7400 123456", "country"),
        ("+882 16 1234567", "country"),
        ("112", "not_a_number"),
        ("abc", "not_a_number"),
        ("", "not_a_number"),
    ],
)
def test_F_05_other_and_expensive_numbers_get_none(text: str, reason: str) -> None:
    with pytest.raises(sms.NumberRefused) as refused:
        sms.accepted_number(text, NL)
    assert refused.value.reason == reason


def test_F_06_a_code_belongs_to_its_login_and_number() -> None:
    sealer = make_sealer()
    kept = sms.code_hash(sealer, login_id="one", factor_id="f", code="123456")
    assert kept == sms.code_hash(sealer, login_id="one", factor_id="f", code="123 456")
    for login_id, factor_id, code in (
        ("two", "f", "123456"),
        ("one", "g", "123456"),
        ("one", "f", "123457"),
        ("one", "f", "1234567"),
    ):
        assert kept != sms.code_hash(sealer, login_id=login_id, factor_id=factor_id, code=code)


def test_F_06_a_code_holds_ten_minutes() -> None:
    sent = sms.SmsSent("f", "hash", START)
    assert sent.holds(START + timedelta(minutes=9, seconds=59))
    assert not sent.holds(START + timedelta(minutes=10))
    assert (sent.pause_left(START), sent.pause_left(START + timedelta(seconds=30))) == (30, 0)


def test_the_message_ends_in_the_line_that_binds_it_to_the_host() -> None:
    lines = sms.text("Uw code voor Lozing melden: 123456", "123456", "login.example.nl").split("\n")
    assert lines[0].startswith("Uw code voor")
    assert lines[-1] == "@login.example.nl #123456"
