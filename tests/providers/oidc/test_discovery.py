"""What a makelaar publishes of itself is believed only where it fits its registration."""

from __future__ import annotations

from typing import Any

import pytest

from providers.interface import ProviderUnavailable
from providers.oidc.discovery import MAX_ACR_VALUES, fetch_metadata, read_metadata
from providers.registry import OidcSettings
from state.addresses import OutgoingRefused
from state.outgoing import HttpAnswer, OutgoingFailed
from tests.called import Called, said

ISSUER = "https://makelaar.example/oidc"
GOOD = {
    "issuer": ISSUER,
    "authorization_endpoint": "https://makelaar.example/authorize",
    "token_endpoint": "https://makelaar.example/token",
    "jwks_uri": "https://makelaar.example/jwks",
}


def registered(**fields: Any) -> OidcSettings:
    return OidcSettings.model_validate({"issuer": ISSUER, "client_id": "sluis", **fields})


@pytest.mark.parametrize(
    ("url", "approved"),
    [
        ("https://makelaar.example/other?a=1", True),
        ("https://MAKELAAR.example/token", True),
        ("https://login.makelaar.example/token", True),  # registered as a host of it
        ("https://elders.example/token", False),
        ("http://makelaar.example/token", False),
        ("http://login.makelaar.example/token", False),
        ("https://makelaar.example:8443/token", False),
        ("https://makelaar.example@elders.example/token", False),
        ("https://makelaar.example\\@elders.example/token", False),
        ("https://makelaar.example/token#x", False),
        ("https://makelaar.example/to ken", False),
        ("https://[makelaar.example/token", False),
        ("/token", False),
        ("", False),
        (None, False),
        (["https://makelaar.example/token"], False),
    ],
)
@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_an_endpoint_lies_at_the_issuer_or_at_a_host_that_was_approved(
    name: str, url: object, approved: bool
) -> None:
    settings = registered(endpoint_hosts=["login.makelaar.example"])
    if approved:
        assert getattr(read_metadata({**GOOD, name: url}, settings), name) == url
    else:
        with pytest.raises(ProviderUnavailable, match=name):
            read_metadata({**GOOD, name: url}, settings)


@pytest.mark.parametrize("issuer", [f"{ISSUER}/", ISSUER.upper(), "https://elders.example", None])
def test_the_issuer_is_the_registered_one_byte_for_byte(issuer: str | None) -> None:
    with pytest.raises(ProviderUnavailable, match="issuer"):
        read_metadata({**GOOD, "issuer": issuer}, registered())


def test_userinfo_is_there_where_the_registration_asks_it() -> None:
    url = "https://makelaar.example/userinfo"
    assert read_metadata(GOOD, registered()).userinfo_endpoint is None
    with_it = read_metadata({**GOOD, "userinfo_endpoint": url}, registered(userinfo=True))
    assert with_it.userinfo_endpoint == url
    with pytest.raises(ProviderUnavailable, match="userinfo"):
        read_metadata(GOOD, registered(userinfo=True))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (["a", "b"], ("a", "b")),
        (["a", 7, "two words", None], ("a",)),
        ("a b", ()),
        (None, ()),
        ([f"w{n}" for n in range(99)], tuple(f"w{n}" for n in range(MAX_ACR_VALUES))),
    ],
)
def test_levels_are_words_and_not_too_many(value: object, words: tuple[str, ...]) -> None:
    assert read_metadata({**GOOD, "acr_values_supported": value}, registered()).acr_values == words


@pytest.mark.parametrize(("value", "promised"), [(True, True), (False, False), ("true", False)])
def test_iss_in_the_answer_is_promised_by_true_alone(value: object, promised: bool) -> None:
    document = {**GOOD, "authorization_response_iss_parameter_supported": value}
    assert read_metadata(document, registered()).answers_with_iss is promised


@pytest.mark.parametrize("issuer", [ISSUER, f"{ISSUER}/"])
def test_it_is_fetched_below_the_issuer(issuer: str) -> None:
    called = Called(said({**GOOD, "issuer": issuer}))
    fetch_metadata(called, registered(issuer=issuer))
    assert called.calls == [f"{ISSUER}/.well-known/openid-configuration"]


@pytest.mark.parametrize(
    "answer",
    [
        said(GOOD, status=404),
        said(GOOD, status=302),
        said(b"<html>"),
        said([GOOD]),
        said(b'{"issuer": NaN}'),
        OutgoingFailed("unreachable"),
        OutgoingRefused("address"),
    ],
)
def test_what_is_no_document_makes_the_makelaar_unavailable(
    answer: HttpAnswer | Exception,
) -> None:
    with pytest.raises(ProviderUnavailable):
        fetch_metadata(Called(answer), registered())
