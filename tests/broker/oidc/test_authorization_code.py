"""A code stands for its facts for a minute, and only the first use of it counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from broker.oidc import authorization_code
from broker.oidc.authorization_code import CODE_SECONDS, CodeFacts, StoredCode, Used
from state.clock import MOST_APART
from state.stores.memory import MemoryStore
from tests.broker.examples import GRANT, a_request, a_result, an_authority
from tests.clocks import START, FakeClock
from tests.keys_for_tests import make_sealer

SEALER = make_sealer()
FACTS = CodeFacts(a_result(), int(START.timestamp()))


def stored(store: MemoryStore, code: str = "a-code", facts: CodeFacts = FACTS) -> StoredCode:
    """What is found under a code that was put."""
    store.batch([authorization_code.put(code, facts, SEALER)])
    found = found_in(store, code)
    assert isinstance(found, StoredCode)
    return found


def found_in(store: MemoryStore, code: str = "a-code") -> StoredCode | Used | None:
    (raw,) = store.batch([authorization_code.get(code)])
    return authorization_code.parse(raw if isinstance(raw, bytes) else None, SEALER)


def test_a_code_is_256_bits_that_nobody_saw_before() -> None:
    codes = {authorization_code.new_code() for _ in range(50)}
    assert len(codes) == 50
    assert all(len(code) == 43 for code in codes)


def test_the_facts_come_back_as_they_were_put() -> None:
    result = a_result(authority=an_authority(), request=a_request(max_age=60))
    facts = replace(FACTS, result=result)
    assert stored(MemoryStore(FakeClock()), facts=facts).facts == facts


def test_a_code_of_another_version_of_the_program_is_none() -> None:
    """Its portal hears invalid_grant and begins again."""
    for kept in (b"{}", b'{"issued_at": 1, "result": {"login_id": "x"}}', b"no JSON"):
        assert authorization_code.parse(SEALER.seal(kept, "authorization-code"), SEALER) is None


def test_the_store_holds_neither_code_nor_person() -> None:
    put = authorization_code.put("a-code-to-hide", FACTS, SEALER)
    assert "a-code-to-hide" not in put.key
    assert b"a-code-to-hide" not in put.value and b"Jan de Vries" not in put.value


def test_of_two_that_redeem_one_wins_and_what_comes_later_knows_the_grant() -> None:
    store = MemoryStore(FakeClock())
    kept = stored(store)
    swap = authorization_code.redeem("a-code", kept)
    assert store.batch([swap, swap]) == [True, False]
    assert found_in(store) == Used(GRANT)


def test_a_used_code_is_known_for_a_day_and_an_unused_one_for_a_minute() -> None:
    clock = FakeClock()
    store = MemoryStore(clock)
    kept = stored(store)
    stored(store, "another")
    store.batch([authorization_code.redeem("a-code", kept)])
    clock.advance(CODE_SECONDS + 2)
    assert found_in(store, "another") is None
    clock.advance(23 * 3600)
    assert found_in(store) == Used(GRANT)


@pytest.mark.parametrize("raw", [None, b"", b"nonsense", b"used"])
def test_what_is_no_code_of_ours_is_none(raw: bytes | None) -> None:
    assert authorization_code.parse(raw, SEALER) is None


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
    assert authorization_code.is_over(FACTS, now) is over
