"""How a login in progress is kept: sealed, for its time, and moved by one at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from broker.downstream import RefusalCode
from broker.journey import login_store
from broker.journey.login import Ended
from broker.journey.login_store import FINISHED_SECONDS, SOON_SECONDS, WAITS_SECONDS, StoredLogin
from keys.sealing import Sealer
from state.stores.memory import MemoryStore
from tests.broker.facts import IDENTITY, LOGIN, REQUEST, a_login
from tests.clocks import START, FakeClock
from tests.keys_for_tests import make_sealer

SEALER = make_sealer()
MINUTES_15 = timedelta(minutes=15)


def kept() -> StoredLogin:
    return StoredLogin(LOGIN, login_store.dump(LOGIN, SEALER))


def test_a_new_login_holds_a_hash_of_what_its_browser_keeps() -> None:
    login, secret = login_store.new_login(REQUEST, START, 15)
    other, another = login_store.new_login(REQUEST, START, 15)
    assert login.browser == login_store.browser_hash(secret) and secret not in str(login)
    assert (login.created_at, login.expires_at) == (START, START + MINUTES_15)
    assert login.id != other.id and secret != another


def test_what_is_kept_can_be_read_with_our_key_alone() -> None:
    raw = login_store.dump(LOGIN, SEALER)
    assert login_store.parse(raw, SEALER) == StoredLogin(LOGIN, raw)
    assert LOGIN.id.encode() not in raw
    assert login_store.parse(raw, Sealer(b"another master key, for a test!!")) is None
    assert login_store.parse(raw[:-1] + bytes([raw[-1] ^ 1]), SEALER) is None
    assert login_store.parse(None, SEALER) is None


@pytest.mark.parametrize("written", [b"{}", b'{"id": 7}', b"[]", b"", b"\xff"])
def test_a_login_of_another_version_is_no_login(written: bytes) -> None:
    """Else its browser sees a failure of ours in the place of a page that says how to go on."""
    assert login_store.parse(SEALER.seal(written, login_store.CONTEXT), SEALER) is None


@pytest.mark.parametrize(
    ("now", "is_over"),
    [
        (START, False),
        (START + MINUTES_15 - timedelta(seconds=1), False),
        (START + MINUTES_15, True),
        (START - timedelta(seconds=10), False),  # the clock of another instance, a little behind
        (START - timedelta(seconds=11), True),  # of a time to come: nobody knows how old it is
    ],
)
def test_a_login_runs_out_at_its_end_and_counts_only_once_it_began(
    now: datetime, is_over: bool
) -> None:
    assert login_store.is_over(LOGIN, now) is is_over


def test_the_browser_that_brings_the_answer_shows_the_ticket_or_goes_no_further() -> None:
    waiting, ticket = login_store.with_ticket(LOGIN)
    found = StoredLogin(waiting, b"raw")
    assert waiting.ticket is not None and ticket not in waiting.ticket
    assert login_store.without_ticket(found, ticket) == StoredLogin(LOGIN, b"raw", is_ahead=True)
    assert login_store.without_ticket(found, "") is None
    assert login_store.without_ticket(found, waiting.ticket) is None


def test_a_login_without_a_ticket_asks_for_none() -> None:
    assert login_store.without_ticket(kept(), "anything") is not None
    found = login_store.without_ticket(kept(), "")
    assert found is not None and not found.is_ahead


def test_a_new_login_is_listed_by_the_second_in_which_it_runs_out() -> None:
    clock = FakeClock()
    store = MemoryStore(clock)
    store.batch(login_store.first_put(LOGIN, SEALER, START))
    due = login_store.due_key(int((START + MINUTES_15).timestamp()))
    assert (store.get(due) or b"").split() == [LOGIN.id.encode()]
    clock.advance(15 * 60 + WAITS_SECONDS - 1)
    assert store.get(login_store.key(LOGIN.id)) is not None  # its ending can still be written
    clock.advance(1)
    assert store.get(login_store.key(LOGIN.id)) is None


def test_of_two_who_move_a_login_one_succeeds() -> None:
    store = MemoryStore(FakeClock())
    store.batch(login_store.first_put(LOGIN, SEALER, START))
    found = login_store.parse(store.get(login_store.key(LOGIN.id)), SEALER)
    assert found is not None
    first, second = replace(LOGIN, provider_id="polder"), replace(LOGIN, provider_id="zekerweg")
    assert store.batch([login_store.swap(found, first, SEALER, START)]) == [True]
    assert store.batch([login_store.swap(found, second, SEALER, START)]) == [False]
    now = login_store.parse(store.get(login_store.key(LOGIN.id)), SEALER)
    assert now is not None and now.login.provider_id == "polder"


def test_a_login_that_gives_way_is_over_at_once_and_its_ending_is_written_soon() -> None:
    store = MemoryStore(FakeClock())
    store.batch(login_store.first_put(LOGIN, SEALER, START))
    found = login_store.parse(store.get(login_store.key(LOGIN.id)), SEALER)
    assert found is not None
    store.batch(login_store.give_way(found, SEALER, START))
    after = login_store.parse(store.get(login_store.key(LOGIN.id)), SEALER)
    assert after is not None and after.login.gave_way
    assert login_store.is_over(after.login, START)
    soon = login_store.due_key(int(START.timestamp()) + SOON_SECONDS)
    assert (store.get(soon) or b"").split() == [LOGIN.id.encode()]


def test_of_a_login_that_ended_nothing_of_a_person_remains() -> None:
    login = a_login(identity=IDENTITY, person_id="roos", consent="shown", trace="a line\n")
    put = login_store.finished_marker(login, SEALER)
    left = login_store.parse(put.value, SEALER)
    assert left is not None and left.login == LOGIN
    assert (put.key, put.ttl) == (login_store.finished_key(LOGIN.id), FINISHED_SECONDS)
    assert not login_store.ran_out(left.login)


def test_a_marker_tells_who_was_too_late_from_who_was_refused() -> None:
    late = login_store.parse(login_store.ran_out_marker(LOGIN, SEALER).value, SEALER)
    assert late is not None and login_store.ran_out(late.login)
    refused = a_login(ended=Ended(RefusalCode.NOT_ALLOWED, "other_person"))
    assert not login_store.ran_out(refused)
