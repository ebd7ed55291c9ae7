"""A code lives for a minute, fits one request, and only the first use of it counts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from broker.oidc import authorization_code
from broker.oidc.authorization_code import CODE_SECONDS
from keys.sealing import Sealer
from state.clock import MOST_APART
from state.ephemeral import AddOnce, Redeem
from state.stores.memory import MemoryStore
from tests.broker.examples import CALLBACK, GRANT
from tests.clocks import START, FakeClock
from tests.keys_for_tests import make_sealer

SEALER = make_sealer()
CODE = f"{GRANT}.{'c' * 43}"
ASKED: dict[str, Any] = {"client_id": "portal", "redirect_uri": CALLBACK, "challenge": "c" * 43}
FIT = authorization_code.fit(SEALER, CODE, **ASKED)
MARKER = f"used:{GRANT}".encode()


def redemption(once: AddOnce | None = None, fit: bytes = FIT) -> Redeem:
    return authorization_code.redeem(CODE, GRANT, fit, once)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(clock: FakeClock) -> MemoryStore:
    made = MemoryStore(clock)
    made.batch([authorization_code.put(CODE, FIT)])
    return made


def test_a_code_is_256_bits_that_nobody_saw_before_behind_the_grant_that_it_names() -> None:
    codes = {authorization_code.new_code(GRANT) for _ in range(50)}
    assert len(codes) == 50
    for code in codes:
        assert len(code) == 26 + 1 + 43
        assert authorization_code.grant_of(code) == GRANT


@pytest.mark.parametrize(
    "code", ["", "x" * 43, GRANT, f"{GRANT}.", f"{CODE}x", f" {CODE}", f"{CODE}\n", f"x{CODE}"]
)
def test_what_is_no_code_of_ours_names_no_grant(code: str) -> None:
    assert authorization_code.grant_of(code) is None


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "another"},
        {"redirect_uri": f"{CALLBACK}/"},
        {"challenge": "d" * 43},
        {"challenge": None},
    ],
)
def test_a_code_fits_one_request(change: dict[str, Any]) -> None:
    assert authorization_code.fit(SEALER, CODE, **ASKED) == FIT
    assert authorization_code.fit(SEALER, CODE, **{**ASKED, **change}) != FIT


def test_the_fit_of_one_code_is_none_of_another_and_nobody_makes_it_without_our_key() -> None:
    another = authorization_code.new_code(GRANT)
    assert authorization_code.fit(SEALER, another, **ASKED) != FIT
    elsewhere = Sealer(b"o" * 32)
    assert authorization_code.fit(elsewhere, CODE, **ASKED) != FIT


def test_the_store_holds_neither_code_nor_portal() -> None:
    put = authorization_code.put(CODE, FIT)
    secret = CODE.partition(".")[2]
    assert secret not in put.key
    assert secret.encode() not in put.value and b"portal" not in put.value


def test_of_two_that_redeem_one_wins_and_what_comes_later_knows_the_grant(
    store: MemoryStore,
) -> None:
    assert store.batch([redemption(), redemption()]) == [FIT, MARKER]
    assert authorization_code.used(MARKER) == GRANT
    assert authorization_code.used(FIT) is None


def test_what_does_not_fit_or_comes_with_an_assertion_that_was_seen_redeems_nothing(
    store: MemoryStore,
) -> None:
    once = AddOnce("jti:x", 60)
    store.batch([once])
    assert store.batch([redemption(once), redemption(fit=b"another")]) == [False, FIT]
    assert store.batch([redemption(AddOnce("jti:y", 60))]) == [FIT]


def test_what_was_given_back_is_redeemed_once_more(store: MemoryStore) -> None:
    again = authorization_code.give_back(CODE, GRANT, FIT)
    assert store.batch([redemption(), again, again, redemption()]) == [FIT, True, False, FIT]


def test_a_used_code_is_known_for_a_day_and_an_unused_one_for_a_minute(
    store: MemoryStore, clock: FakeClock
) -> None:
    another = authorization_code.new_code(GRANT)
    store.batch([redemption(), authorization_code.put(another, FIT)])
    clock.advance(CODE_SECONDS + 2)
    assert store.batch([authorization_code.get(another)]) == [None]
    clock.advance(23 * 3600)
    assert store.batch([authorization_code.get(CODE)]) == [MARKER]


@pytest.mark.parametrize("held", [None, False, b"", b"nonsense", b"used"])
def test_what_is_no_marker_names_no_grant(held: bytes | bool | None) -> None:
    assert authorization_code.used(held) is None


@pytest.mark.parametrize(
    ("now", "over"),
    [
        (START, False),
        (START + timedelta(seconds=CODE_SECONDS) + MOST_APART, False),
        (START + timedelta(seconds=CODE_SECONDS + 1) + MOST_APART, True),
        (START - MOST_APART, False),
        (START - MOST_APART - timedelta(seconds=1), True),
    ],
)
def test_a_code_is_over_by_our_own_clock_as_well_also_where_that_was_set_back(
    now: datetime, over: bool
) -> None:
    assert authorization_code.is_over(int(START.timestamp()), now) is over
