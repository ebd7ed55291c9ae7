"""What discovery says is what the provider does."""

from __future__ import annotations

from typing import get_args

import pytest

from broker.oidc import discovery
from broker.oidc.authorization_request import _PROMPTS
from broker.oidc.token_endpoint import GRANTS
from consent import documents
from directory.services import OidcClient
from keys.jose_algorithms import ALGORITHMS
from tests.broker.examples import ISSUER, L, a_record, a_service

FOUND = discovery.metadata(ISSUER, frozenset({"name", "represents"}))


def test_every_address_begins_with_the_issuer() -> None:
    assert FOUND["issuer"] == ISSUER
    addresses = [value for name, value in FOUND.items() if name.endswith(("_endpoint", "_uri"))]
    assert len(addresses) == 6
    assert all(address.startswith(f"{ISSUER}/") for address in addresses)


def test_the_grant_types_are_those_that_the_token_endpoint_answers() -> None:
    assert FOUND["grant_types_supported"] == list(GRANTS) == ["authorization_code"]


def test_the_ways_to_authenticate_are_those_that_a_registration_can_name() -> None:
    field = OidcClient.model_fields["token_endpoint_auth_method"]
    assert set(FOUND["token_endpoint_auth_methods_supported"]) == set(get_args(field.annotation))


def test_prompts_algorithms_and_details_are_those_that_are_understood() -> None:
    assert set(FOUND["prompt_values_supported"]) == _PROMPTS
    assert FOUND["id_token_signing_alg_values_supported"] == list(ALGORITHMS)
    assert FOUND["authorization_details_types_supported"] == [documents.TYPE]
    assert FOUND["code_challenge_methods_supported"] == ["S256"]
    assert FOUND["request_parameter_supported"] is FOUND["request_uri_parameter_supported"] is False


@pytest.mark.parametrize(
    ("claims", "scopes"),
    [
        ((), ["openid"]),
        (("represents", "email"), ["openid", "email"]),
        (("name", "email"), ["openid", "profile", "email"]),
    ],
)
def test_scopes_are_those_by_which_somebody_gets_something(
    claims: tuple[str, ...], scopes: list[str]
) -> None:
    assert discovery.metadata(ISSUER, frozenset(claims))["scopes_supported"] == scopes


def test_every_level_of_a_scheme_is_there_in_three_vocabularies_and_no_email_account() -> None:
    said = FOUND["acr_values_supported"]
    for level in L:
        names = (level.eidas, level.loa, level.digid)
        assert all(name in said for name in names) is level.is_of_a_scheme
    assert len(said) == 12 and None not in said


@pytest.mark.parametrize(
    ("makelaars", "services", "highest"),
    [
        ((), (), None),
        ((), ({},), None),
        (("EH2", "EH3"), ({},), L.EH3),
        (("EH4",), ({"own_means": True},), L.EH4),
        (("EH2",), ({}, {"own_means": True}), L.EH3),  # the most that Sluis issues
    ],
)
def test_no_level_is_offered_that_nobody_can_give(
    makelaars: tuple[str, ...], services: tuple[dict[str, bool], ...], highest: L | None
) -> None:
    records = [a_record(level_ceiling=label) for label in makelaars]
    found = discovery.reach(records, [a_service(**fields) for fields in services])
    assert found is highest
    said = discovery.metadata(ISSUER, frozenset(), found)["acr_values_supported"]
    assert (L.EH4.loa in said) is (highest in (None, L.EH4))
    assert L.EH2.loa in said


def test_a_factor_of_ours_lifts_what_a_makelaar_gives() -> None:
    record = a_record(level_ceiling="EH2", local_factor_lifts=True)
    assert discovery.reach([record], []) is L.EH2_PLUS


def test_claims_that_clients_get_stand_beside_those_of_every_token_in_order() -> None:
    said = FOUND["claims_supported"]
    assert {"sub", "acr", "sid", "loa", "name", "represents"} <= set(said)
    assert "email" not in said
    assert said == sorted(said)
