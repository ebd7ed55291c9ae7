"""Keys of clients: those that were registered first; those at an address are asked again for an
unknown key, but not at will.
"""

from __future__ import annotations

import pytest
from joserfc.jwk import KeySet

from broker.oidc.client_keys import AGAIN_AFTER, KEEP, ClientKeys
from state.addresses import OutgoingRefused
from state.outgoing import HttpAnswer, OutgoingFailed
from tests.broker.clients import portal_ec_key, portal_key
from tests.broker.examples import a_client
from tests.called import Called, said
from tests.clocks import FakeClock

URI = "https://portal.example/jwks"
OLD = {"keys": [portal_key().as_dict(private=False)]}
NEW = {"keys": [portal_ec_key().as_dict(private=False)]}
CLIENT = a_client(jwks_uri=URI)


class Keys:
    """The keys of a client at an address that answers as it is told."""

    def __init__(self, answer: HttpAnswer | Exception) -> None:
        self.clock, self.called = FakeClock(), Called(answer)
        self.keys = ClientKeys(self.called, self.clock)

    def tried(self) -> list[list[str | None]]:
        """The key ids of every set, where none of them fits."""
        return [kids(one) for one in self.keys.candidates(CLIENT)]

    def first(self) -> list[str | None]:
        """Those of the first set, where that one fits."""
        return kids(next(iter(self.keys.candidates(CLIENT))))


def kids(keys: KeySet) -> list[str | None]:
    return [key.kid for key in keys.keys]


def test_registered_keys_are_used_without_asking_anybody() -> None:
    called = Called(OutgoingFailed("nobody"))
    found = ClientKeys(called, FakeClock()).candidates(a_client(jwks=OLD))
    assert [kids(one) for one in found] == [["portal-1"]]
    assert called.calls == []


@pytest.mark.parametrize(
    "jwks", [{"keys": [{"kty": "RSA"}]}, {"keys": "x"}, {}, {"keys": [7, {"kty": "EC"}]}]
)
def test_broken_keys_that_were_registered_before_the_rule_verify_nothing_and_break_nothing(
    jwks: dict[str, object],
) -> None:
    """A 500 at the token endpoint, for whoever named this client, without a credential."""
    (found,) = ClientKeys(Called(OutgoingFailed("nobody")), FakeClock()).candidates(
        a_client(jwks=jwks)
    )
    assert kids(found) == []


def test_a_broken_key_costs_the_others_nothing() -> None:
    mixed = {"keys": [{"kty": "RSA", "n": "AQ", "e": "AQAB"}, {"kty": "oct", "k": "eA"}]}
    both = {"keys": [*mixed["keys"], *OLD["keys"]]}
    (found,) = ClientKeys(Called(OutgoingFailed("nobody")), FakeClock()).candidates(
        a_client(jwks=both)
    )
    assert kids(found) == ["portal-1"]
    keys = Keys(said(both))
    assert keys.first() == ["portal-1"]


def test_keys_at_an_address_are_fetched_once_an_hour() -> None:
    keys = Keys(said(OLD))
    for _ in range(3):
        assert keys.first() == ["portal-1"]
    assert keys.called.calls == [URI]
    keys.clock.advance(KEEP.total_seconds())
    assert keys.first() == ["portal-1"]
    assert keys.called.calls == [URI] * 2


def test_an_unknown_key_asks_the_address_again_once_a_minute() -> None:
    keys = Keys(said(OLD))
    assert keys.tried() == [["portal-1"]]
    keys.called.answer = said(NEW)
    assert keys.tried() == [["portal-1"]]  # asked less than a minute ago
    keys.clock.advance(AGAIN_AFTER.total_seconds())
    assert keys.tried() == [["portal-1"], ["portal-2"]]
    assert keys.first() == ["portal-2"]
    assert len(keys.called.calls) == 2


@pytest.mark.parametrize(
    "answer",
    [
        OutgoingFailed("unreachable"),
        OutgoingRefused("address"),
        said(OLD, status=404),
        said(b"<html>"),
        said([]),
        said({"keys": 7}),
        said({"keys": [{"kty": "RSA"}]}),
    ],
)
def test_what_cannot_be_fetched_counts_as_asked_and_the_old_keys_stay(
    answer: HttpAnswer | Exception,
) -> None:
    keys = Keys(answer)
    for _ in range(3):
        assert not any(keys.tried())
    assert keys.called.calls == [URI]
    keys.called.answer = said(OLD)
    keys.clock.advance(AGAIN_AFTER.total_seconds())
    assert keys.tried()[-1] == ["portal-1"]
    keys.called.answer = answer
    keys.clock.advance(AGAIN_AFTER.total_seconds())
    assert keys.tried() == [["portal-1"]]
    assert keys.first() == ["portal-1"]
