"""What a makelaar publishes of itself is believed only where it fits its registration."""

from __future__ import annotations

from typing import Any

import pytest

from providers.interface import ProviderUnavailable
from providers.oidc.discovery import MAX_ACR_VALUES, fetch_metadata, read_metadata
from providers.registry import OidcSettings
from providers.trouble import Trouble
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


OTHER_ISSUERS = frozenset(
    {
        "https://elders.example/oidc",
        "https://makelaar.example:8443/oidc",
        "https://makelaar.example/oidc2",
        "https://makelaar.example",
    }
)


@pytest.mark.parametrize(
    ("issuer", "differs"),
    [
        (f"{ISSUER}/", "slash"),
        (ISSUER.upper(), "case"),
        (f"{ISSUER.upper()}/", "case"),
        ("https://elders.example/oidc", "host"),
        ("https://makelaar.example:8443/oidc", "host"),
        ("http://makelaar.example/oidc", "scheme"),
        ("https://makelaar.example/oidc2", "path"),
        ("https://makelaar.example", "path"),
        ("https://[makelaar", "host"),
        ("makelaar", "host"),
    ],
)
def test_another_issuer_is_told_with_both_values_and_where_they_differ(
    issuer: str, differs: str
) -> None:
    with pytest.raises(ProviderUnavailable) as caught:
        read_metadata({**GOOD, "issuer": issuer}, registered())
    assert caught.value.trouble is Trouble.DISCOVERY_ISSUER
    measured = dict(caught.value.measured)
    is_another = differs in ("host", "path") and issuer in OTHER_ISSUERS
    line = f"discovery_url: {ISSUER}/.well-known/openid-configuration"
    assert measured.pop("line", None) == (line if is_another else None)
    assert measured == {
        "setting": "oidc.issuer",
        "registered": ISSUER,
        "seen": issuer,
        "differs": differs,
    }
    assert issuer not in str(caught.value)


@pytest.mark.parametrize("issuer", [None, "", 7, ["x"], {}])
def test_what_names_no_issuer_is_no_discovery_at_all(issuer: object) -> None:
    with pytest.raises(ProviderUnavailable) as caught:
        read_metadata({**GOOD, "issuer": issuer}, registered())
    assert caught.value.trouble is Trouble.DISCOVERY_NOT_FOUND
    assert caught.value.measured["setting"] == "oidc.issuer"


def test_hosts_that_nobody_approved_are_told_all_at_once_with_their_setting() -> None:
    """Entra ID and Google publish keys and userinfo at hosts of their own."""
    found = {
        **GOOD,
        "token_endpoint": "https://API.example/token",
        "jwks_uri": "https://keys.example:8443/jwks?x=1",
        "userinfo_endpoint": "https://login.makelaar.example/me",
    }
    settings = registered(endpoint_hosts=["login.makelaar.example"])
    with pytest.raises(ProviderUnavailable) as caught:
        read_metadata(found, settings)
    assert caught.value.trouble is Trouble.DISCOVERY_HOST
    assert caught.value.measured == {
        "setting": "oidc.endpoint_hosts",
        "endpoint": "token_endpoint",
        "registered": "makelaar.example, login.makelaar.example",
        "seen": "api.example, keys.example:8443",
    }
    hosts = [*settings.endpoint_hosts, "api.example", "keys.example:8443"]
    assert read_metadata(found, registered(endpoint_hosts=hosts)).jwks_uri == found["jwks_uri"]


@pytest.mark.parametrize(
    ("url", "trouble"),
    [
        ("https://elders.example/token", Trouble.DISCOVERY_HOST),
        ("http://elders.example/token", Trouble.DISCOVERY_INCOMPLETE),
        ("http://makelaar.example/token", Trouble.DISCOVERY_INCOMPLETE),  # approved, not https
        ("https://makelaar.example/token#x", Trouble.DISCOVERY_INCOMPLETE),
        ("https://jan:geheim@makelaar.example/token", Trouble.DISCOVERY_INCOMPLETE),
        ("https://[makelaar.example/token", Trouble.DISCOVERY_INCOMPLETE),
        ("ftp://makelaar.example/token", Trouble.DISCOVERY_INCOMPLETE),
        ("/token", Trouble.DISCOVERY_INCOMPLETE),
        (None, Trouble.DISCOVERY_INCOMPLETE),
        (7, Trouble.DISCOVERY_INCOMPLETE),
    ],
)
def test_an_endpoint_that_nobody_could_call_is_for_the_makelaar_to_mend(
    url: object, trouble: Trouble
) -> None:
    with pytest.raises(ProviderUnavailable) as caught:
        read_metadata({**GOOD, "token_endpoint": url}, registered())
    assert caught.value.trouble is trouble
    assert caught.value.measured["endpoint"] == "token_endpoint"
    assert "geheim" not in str(caught.value.measured)


def test_userinfo_that_is_registered_and_not_offered_names_its_setting() -> None:
    with pytest.raises(ProviderUnavailable) as caught:
        read_metadata(GOOD, registered(userinfo=True))
    assert caught.value.trouble is Trouble.USERINFO_ABSENT
    assert caught.value.measured["setting"] == "oidc.userinfo"


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
        said([]),
        said({"issuer": 7}),
        OutgoingRefused("address"),
    ],
)
def test_what_is_no_document_makes_the_makelaar_unavailable(
    answer: HttpAnswer | Exception,
) -> None:
    with pytest.raises(ProviderUnavailable):
        fetch_metadata(Called(answer), registered())


IDCS = "https://idcs-7f3a.identity.oraclecloud.example"
B2C = "https://gemeente.b2clogin.example/gemeente.onmicrosoft.example/b2c_1_inloggen/v2.0"
ELSEWHERE = {
    "Oracle IDCS: one issuer for all, a host for each": (
        "https://identity.oraclecloud.example/",
        f"{IDCS}/.well-known/openid-configuration",
        f"{IDCS}/oauth2/v1/token",
    ),
    "Azure AD B2C: the policy stands in the address alone": (
        "https://gemeente.b2clogin.example/4c2f/v2.0/",
        f"{B2C}/.well-known/openid-configuration",
        "https://gemeente.b2clogin.example/4c2f/b2c_1_inloggen/oauth2/v2.0/token",
    ),
    "F5 APM: below a path of its own": (
        "https://apm.example",
        "https://apm.example/f5-oauth2/v1/.well-known/openid-configuration",
        "https://apm.example/f5-oauth2/v1/token",
    ),
    "Cloud Foundry UAA: the token endpoint is the issuer": (
        "https://uaa.example/oauth/token",
        "https://uaa.example/.well-known/openid-configuration",
        "https://uaa.example/oauth/token",
    ),
}


@pytest.mark.parametrize("product", ELSEWHERE)
def test_discovery_that_does_not_lie_below_its_issuer_is_read_where_it_is_registered(
    product: str,
) -> None:
    issuer, url, endpoint = ELSEWHERE[product]
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    document = {"issuer": issuer, **dict.fromkeys(names, endpoint)}
    calls = Called(said(document))
    there = registered(issuer=issuer, discovery_url=url)
    assert fetch_metadata(calls, there).token_endpoint == endpoint
    assert calls.calls == [url]
    for other in (f"{issuer}x", "https://elders.example"):
        with pytest.raises(ProviderUnavailable) as caught:
            fetch_metadata(calls, registered(issuer=other, discovery_url=url))
        assert caught.value.trouble is Trouble.DISCOVERY_ISSUER
        assert "line" not in caught.value.measured
    with pytest.raises(ProviderUnavailable) as caught:
        fetch_metadata(Called(said(b"", 404)), there)
    assert caught.value.measured["setting"] == "oidc.discovery_url"


def test_a_host_of_nobody_is_none_because_discovery_lies_elsewhere() -> None:
    found = {**GOOD, "token_endpoint": "https://elders.example/token"}
    apart = registered(discovery_url="https://ontdek.example/x")
    with pytest.raises(ProviderUnavailable, match="approved"):
        read_metadata(found, apart)
    at_it = {**GOOD, "token_endpoint": "https://ontdek.example/token"}
    assert read_metadata(at_it, apart).token_endpoint == "https://ontdek.example/token"
    with pytest.raises(ProviderUnavailable, match="approved"):
        read_metadata(at_it, registered())


def test_entra_id_has_an_address_of_all_tenants_together() -> None:
    """``common`` and ``organizations``: no token has the issuer that stands there."""
    issuer = "https://login.microsoftonline.example/{tenantid}/v2.0"
    with pytest.raises(ProviderUnavailable) as caught:
        read_metadata({**GOOD, "issuer": issuer}, registered())
    assert caught.value.measured["placeholder"] == issuer
    assert "line" not in caught.value.measured
