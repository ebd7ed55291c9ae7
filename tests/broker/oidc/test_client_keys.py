"""Keys of clients: those that were registered first; those at an address as it has them now, within
a minute, and asked again at once for an unknown key, but not at will.
"""

from __future__ import annotations

from typing import Any

import pytest
from joserfc.jwk import KeySet
from structlog.testing import capture_logs

from broker.oidc.client_keys import FRESH, USABLE, ClientKeys
from state.addresses import OutgoingRefused
from state.outgoing import HttpAnswer, OutgoingFailed
from tests.broker.clients import portal_ec_key, portal_key
from tests.broker.examples import a_client
from tests.called import Called, said
from tests.clocks import FakeClock

URI = "https://portal.example/jwks"
OLD = {"keys": [portal_key().as_dict(private=False)]}
NEW = {"keys": [portal_ec_key().as_dict(private=False)]}
BOTH = {"keys": [*OLD["keys"], *NEW["keys"]]}
MINUTE = FRESH.total_seconds()
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


def test_keys_at_an_address_are_fetched_once_a_minute() -> None:
    keys = Keys(said(OLD))
    for _ in range(3):
        assert keys.first() == ["portal-1"]
    assert keys.called.calls == [URI]
    keys.clock.advance(MINUTE)
    assert keys.first() == ["portal-1"]
    assert keys.called.calls == [URI] * 2


@pytest.mark.parametrize("seconds", [1, 30, MINUTE - 1, MINUTE, 3 * MINUTE])
def test_a_new_key_is_accepted_at_once_however_lately_we_asked(seconds: float) -> None:
    keys = Keys(said(OLD))
    assert keys.tried() == [["portal-1"]]
    keys.called.answer = said(BOTH)
    keys.clock.advance(seconds)
    assert ["portal-1", "portal-2"] in keys.tried()
    assert len(keys.called.calls) == 2


def test_unknown_keys_do_not_make_us_ask_at_will() -> None:
    keys = Keys(said(OLD))
    keys.tried()
    for _ in range(5):
        keys.clock.advance(5)
        assert keys.tried()[0] == ["portal-1"]
    assert len(keys.called.calls) == 2


@pytest.mark.parametrize(
    ("published", "left"),
    [
        (NEW, ["portal-2"]),
        ({"keys": []}, []),
        ({"keys": [{**OLD["keys"][0], "use": "enc"}]}, []),
    ],
    ids=["another key", "no key", "no key to verify with"],
)
def test_a_key_that_is_withdrawn_counts_for_a_minute_at_most(
    published: dict[str, Any], left: list[str]
) -> None:
    keys = Keys(said(OLD))
    assert keys.first() == ["portal-1"]
    keys.called.answer = said(published)
    keys.clock.advance(MINUTE)
    assert keys.tried() == ([left] if left else [])
    keys.called.answer = OutgoingFailed("timeout")  # the old one does not come back
    keys.clock.advance(MINUTE)
    assert keys.tried() == ([left] if left else [])


def test_a_key_counts_no_more_once_its_address_is_registered_no_more() -> None:
    keys = Keys(said(OLD))
    assert keys.first() == ["portal-1"]
    keys.called.answer = said(NEW)
    moved = a_client(jwks_uri="https://portal.example/other")
    assert [kids(one) for one in keys.keys.candidates(moved)] == [["portal-2"]]


@pytest.mark.parametrize(
    "spoiled",
    [
        {"kty": "RSA"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
        {"kty": "AKP", "alg": "ML-DSA-44"},
        "text",
        {"kty": "oct", "k": "c2VjcmV0"},
        {**portal_ec_key().as_dict(private=True), "kid": "portal-2"},
    ],
    ids=["broken", "another curve", "post-quantum", "text", "shared", "private"],
)
def test_one_key_that_is_of_no_use_costs_the_others_nothing(spoiled: object) -> None:
    keys = Keys(said({"keys": [spoiled, *OLD["keys"]]}))
    assert keys.first() == ["portal-1"]


def test_keycloak_exports_keys_with_certificates_and_operations() -> None:
    exported = {**OLD["keys"][0], "x5c": ["MIIB"], "x5t": "t", "key_ops": ["verify"], "ext": True}
    assert Keys(said({"keys": [exported]})).first() == ["portal-1"]


def test_what_is_asked_for_is_what_servers_of_keys_give() -> None:
    keys = Keys(said(OLD))
    keys.tried()
    assert keys.called.accept == "application/jwk-set+json, application/json, */*;q=0.1"


@pytest.mark.parametrize(
    "answer",
    [
        OutgoingFailed("unreachable"),
        OutgoingRefused("address"),
        said(OLD, status=404),
        said(b"<html>"),
        said([]),
        said({"keys": 7}),
        said({"keys": ["text"]}),
    ],
)
def test_while_nothing_can_be_fetched_the_last_good_keys_stay_for_an_hour(
    answer: HttpAnswer | Exception,
) -> None:
    keys = Keys(answer)
    for _ in range(3):
        assert not any(keys.tried())
    assert keys.called.calls == [URI]
    keys.called.answer = said(OLD)
    keys.clock.advance(MINUTE)
    assert keys.tried()[-1] == ["portal-1"]
    keys.called.answer = answer
    keys.clock.advance(USABLE.total_seconds() - 1)
    assert keys.tried() == [["portal-1"]]
    keys.clock.advance(1)
    assert keys.tried() == []
    keys.called.answer = said(OLD)
    keys.clock.advance(MINUTE)
    assert keys.first() == ["portal-1"]


def test_an_address_that_our_rules_forbid_is_told_with_the_rule_and_the_setting() -> None:
    refused = OutgoingRefused("address", "10.1.2.3 of portal.intern", '"portal.intern"')
    with capture_logs() as logs:
        assert Keys(refused).tried() == []
    (line,) = logs
    assert (line["event"], line["client"]) == ("client_keys.not_fetched", CLIENT.client_id)
    assert (
        "10.1.2.3" in line["detail"] and 'add "portal.intern" to outgoing.allow' in line["detail"]
    )
