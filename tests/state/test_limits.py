"""Limits count per name and key, in one round trip, and keep no key in clear."""

from __future__ import annotations

from state.limits import Limit, network_of, spend
from state.stores.memory import MemoryStore
from tests.clocks import FakeClock

PER_ADDRESS = Limit("tries-address", 2, 60)
PER_ACCOUNT = Limit("tries-account", 1, 60)


def test_what_is_within_the_limit_passes_and_the_next_one_does_not() -> None:
    store = MemoryStore(FakeClock())
    assert spend(store, (PER_ADDRESS, "192.0.2.1")) == ()
    assert spend(store, (PER_ADDRESS, "192.0.2.1")) == ()
    assert spend(store, (PER_ADDRESS, "192.0.2.1")) == (PER_ADDRESS,)
    assert spend(store, (PER_ADDRESS, "192.0.2.2")) == ()


def test_several_limits_are_spent_together_and_named_apart() -> None:
    store = MemoryStore(FakeClock())
    assert spend(store, (PER_ADDRESS, "a"), (PER_ACCOUNT, "a")) == ()
    assert spend(store, (PER_ADDRESS, "a"), (PER_ACCOUNT, "a")) == (PER_ACCOUNT,)


def test_the_next_window_begins_afresh() -> None:
    clock = FakeClock()
    store = MemoryStore(clock)
    spend(store, (PER_ACCOUNT, "a"))
    assert spend(store, (PER_ACCOUNT, "a")) == (PER_ACCOUNT,)
    clock.advance(seconds=61)
    assert spend(store, (PER_ACCOUNT, "a")) == ()


def test_a_subscriber_is_one_network() -> None:
    assert network_of("192.0.2.1") == "192.0.2.1"
    assert network_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff")
    assert network_of("2001:db8::1") != network_of("2001:db8:0:1::1")
    assert network_of("not an address") == network_of("nor this")
