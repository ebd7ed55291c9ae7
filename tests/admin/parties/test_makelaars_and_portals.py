"""Makelaars and portals tried: what is in order is not told, and each thing that is not with its
field in the registration, what was seen and what to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import pytest

from admin.parties import oidc_makelaars, portals, saml_makelaars
from admin.parties.trouble import PartyTrouble
from keys.jwks import as_joserfc
from providers.interface import ProviderUnavailable
from providers.oidc.discovery import fetch_metadata
from providers.registry import OidcSettings
from providers.saml.wire.names import REDIRECT
from providers.saml_settings import SamlSettings
from providers.trouble import Trouble
from sandbox.keys import new_pair
from state.addresses import OutgoingRefused
from state.outgoing import HttpAnswer, OutgoingFailed
from tests.broker.examples import a_client
from tests.called import Called, said
from tests.clocks import START
from tests.keys_for_tests import ec_key, make_keyring, rsa_key

OKTA: Final = "The audience claim for client_assertion must be the endpoint invoked."
ISSUER: Final = "https://makelaar.example/realm"
SETTINGS: Final = OidcSettings(issuer=ISSUER, client_id="sluis")
DISCOVERED: Final[dict[str, Any]] = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/jwks",
}
RSA_KEYS: Final = {"keys": [as_joserfc(rsa_key("makelaar"), "m").as_dict(private=False)]}
EC_KEYS: Final = {"keys": [as_joserfc(ec_key("makelaar"), "e").as_dict(private=False)]}
REFUSED_CODE: Final = {"error": "invalid_grant"}
Answers = Mapping[str, HttpAnswer | Exception]


class Internet(Called):
    """Answers by the last part of the address."""

    def __init__(self, answers: Answers) -> None:
        super().__init__(OutgoingFailed("no_answer"))
        self.answers = answers

    def _call(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        max_bytes: int,
        party: str = "",
    ) -> HttpAnswer:
        self.answer = self.answers.get(url.rpartition("/")[2], said(b"", 404))
        return super()._call(method, url, body, headers, max_bytes, party)


def as_json(document: object, status: int = 200) -> HttpAnswer:
    return HttpAnswer(status, {"content-type": "application/json"}, said(document).body)


GOOD: Final[dict[str, HttpAnswer | Exception]] = {
    "openid-configuration": as_json(DISCOVERED),
    "jwks": as_json(RSA_KEYS),
    "token": as_json(REFUSED_CODE, 400),
}


def oidc(
    answers: Answers, settings: OidcSettings = SETTINGS
) -> tuple[list[PartyTrouble], list[str]]:
    internet = Internet({**GOOD, **answers})
    found = oidc_makelaars.troubles(
        settings, internet, keyring=make_keyring(), redirect_uri="https://x.example", now=START
    )
    return list(found), internet.calls


def discovered(**fields: Any) -> Answers:
    return {"openid-configuration": as_json({**DISCOVERED, **fields})}


@pytest.mark.parametrize(
    "answers",
    [
        {},
        discovered(id_token_signing_alg_values_supported=["ES256", "RS256"]),
        discovered(token_endpoint_auth_signing_alg_values_supported=["ES256", "RS256"]),
        {"jwks": as_json({"keys": [*RSA_KEYS["keys"], *EC_KEYS["keys"]]})},
        {"token": as_json({"error": "invalid_request"}, 400)},
    ],
)
def test_a_makelaar_that_fits_is_no_trouble(answers: Answers) -> None:
    found, calls = oidc(answers)
    assert found == []
    assert [url.rpartition("/")[2] for url in calls] == ["openid-configuration", "jwks", "token"]


@pytest.mark.parametrize(
    ("answers", "field", "seen", "remedy"),
    [
        (
            {"openid-configuration": OutgoingRefused("address")},
            "oidc.issuer",
            "not on the internet",
            "public address",
        ),
        (
            {"openid-configuration": OutgoingFailed("name_not_found")},
            "oidc.issuer",
            "not in DNS",
            "correct the host",
        ),
        ({"openid-configuration": OutgoingFailed("tls")}, "oidc.issuer", "no TLS", "port"),
        ({"openid-configuration": OutgoingFailed("refused")}, "oidc.issuer", "listens", "port"),
        ({"openid-configuration": OutgoingFailed("tls_name")}, "oidc.issuer", "name", "host"),
        ({"openid-configuration": said(b"", 403)}, "oidc.issuer", "403", "admit"),
        ({"openid-configuration": OutgoingFailed("new")}, "oidc.issuer", "new", "try again"),
        ({"openid-configuration": said(b"", 404)}, "oidc.issuer", "status 404", "correct"),
        ({"openid-configuration": said(b"", 500)}, "oidc.issuer", "status 500", "its server"),
        ({"openid-configuration": said(b"<html>")}, "oidc.issuer", "no JSON object", "correct"),
        (discovered(issuer=f"{ISSUER}/"), "oidc.issuer", "realm/'", f"oidc.issuer: '{ISSUER}/'"),
        (discovered(issuer=None), "oidc.issuer", "no issuer", "no discovery of a makelaar"),
        (
            discovered(issuer="https://identity.oraclecloud.example/"),
            "oidc.issuer",
            "identity.oraclecloud.example",
            f"beside it discovery_url: {ISSUER}/.well-known/openid-configuration",
        ),
        (
            discovered(issuer="https://login.microsoftonline.example/{tenantid}/v2.0"),
            "oidc.issuer",
            "{tenantid}",
            "with the id of the tenant",
        ),
        (
            discovered(token_endpoint="https://api.example/token"),
            "oidc.endpoint_hosts",
            "token_endpoint",
            "oidc.endpoint_hosts, if they are this makelaar's: api.example",
        ),
        (discovered(token_endpoint=None), "oidc.issuer", "token_endpoint", "mend its discovery"),
        (
            discovered(id_token_signing_alg_values_supported=["ES256"]),
            "oidc.id_token_signed_response_alg",
            "it is RS256, and the makelaar offers ES256",
            "choose",
        ),
        (
            discovered(token_endpoint_auth_signing_alg_values_supported=["HS256", "EdDSA"]),
            "oidc.token_endpoint_auth_signing_alg",
            "signs with RS256, and the makelaar takes HS256, EdDSA",
            "take one of RS256, PS256, ES256 from us, or choose a secret",
        ),
        (
            discovered(token_endpoint_auth_methods_supported=["client_secret_post"]),
            "oidc.token_endpoint_auth_method",
            "client_secret_post",
            "choose",
        ),
        (
            {"jwks": as_json(EC_KEYS)},
            "oidc.id_token_signed_response_alg",
            "no key for RS256",
            "algorithm",
        ),
        ({"jwks": as_json({"keys": []})}, "oidc.issuer", "no usable key", "key set"),
        ({"jwks": said(b"", 503)}, "oidc.issuer", "status 503", "its server"),
        (
            {"token": as_json({"error": "invalid_client"}, 401)},
            "oidc.client_id",
            "does not accept us as a client (invalid_client); asked as 'sluis' by private_key_jwt",
            "/oidc/client-jwks",
        ),
        (
            {"token": as_json({"error": "invalid_client", "error_description": OKTA}, 401)},
            "oidc.client_id",
            "invalid_client",
            "write oidc.client_assertion_audience: token_endpoint",
        ),
        ({"token": OutgoingFailed("timeout")}, "oidc.issuer", "timeout", "look"),
        ({"token": said(b"", 403)}, "oidc.issuer", "status 403", "admit"),
        ({"token": OutgoingRefused("address")}, "outgoing.allow", "address", "exception"),
        ({"token": as_json({"error": "invalid_scope"}, 400)}, "oidc.scopes", "give", "scopes"),
    ],
)
def test_a_makelaar_that_does_not_fit_is_told_with_field_and_remedy(
    answers: Answers, field: str, seen: str, remedy: str
) -> None:
    (trouble,), _ = oidc(answers)
    assert trouble.field == field and seen in trouble.seen and remedy in trouble.remedy


AT_DISCOVERY: Final[list[HttpAnswer | Exception]] = [
    OutgoingRefused("address"),
    *(OutgoingFailed(word) for word in ("name_not_found", "refused", "tls_name", "tls_expired")),
    *(OutgoingFailed(word) for word in ("tls_untrusted", "timeout", "redirected", "proxy_login")),
    OutgoingFailed("circuit_open", 20, "name_not_found"),
    *(said(b"", status) for status in (401, 404, 429, 500)),
    *(said(body) for body in (b"<html>", [], {}, {**DISCOVERED, "issuer": f"{ISSUER}/"})),
    said({**DISCOVERED, "token_endpoint": "https://api.example/token"}),
    said({**DISCOVERED, "jwks_uri": None}),
]


@pytest.mark.parametrize("answer", AT_DISCOVERY)
def test_doctor_has_the_word_that_a_login_has_for_the_same(answer: HttpAnswer | Exception) -> None:
    """One vocabulary: who has the word of a trace finds it in doctor, and the other way round."""
    (trouble,), _ = oidc({"openid-configuration": answer})
    with pytest.raises(ProviderUnavailable) as caught:
        fetch_metadata(Internet({"openid-configuration": answer}), SETTINGS)
    assert trouble.reason == caught.value.reason
    assert trouble.told.endswith(f" ({trouble.reason})")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"token": as_json({"error": "invalid_client"}, 401)}, Trouble.CLIENT_REFUSED),
        ({"token": as_json({"error": "unauthorized_client"}, 400)}, Trouble.CLIENT_UNAUTHORIZED),
        ({"token": said(b"", 503)}, Trouble.UNAVAILABLE),
        ({"jwks": said(b"<html>")}, Trouble.ANSWER),
        ({"jwks": said({"keys": 7})}, Trouble.KEYS),
        ({"jwks": as_json({"keys": []})}, Trouble.KEYS),
    ],
)
def test_so_have_keys_and_the_token_endpoint(answer: Answers, reason: Trouble) -> None:
    (trouble,), _ = oidc(answer)
    assert trouble.reason == reason.value


def test_a_secret_that_cannot_be_read_or_is_wrong_is_told_at_its_file(tmp_path: Any) -> None:
    file = tmp_path / "secret"
    settings = SETTINGS.model_copy(
        update={
            "token_endpoint_auth_method": "client_secret_basic",
            "client_secret_file": str(file),
        }
    )
    (trouble,), _ = oidc({}, settings)
    assert trouble.field == "oidc.client_secret_file" and "cannot be read" in trouble.seen
    file.write_text("geheim", encoding="utf-8")
    assert oidc({}, settings)[0] == []
    (trouble,), _ = oidc({"token": as_json({"error": "invalid_client"}, 401)}, settings)
    assert trouble.field == "oidc.client_secret_file" and "geheim" not in str(trouble)


def test_who_watches_asks_no_token() -> None:
    internet = Internet(GOOD)
    found = oidc_makelaars.troubles(
        SETTINGS, internet, keyring=None, redirect_uri="https://x.example", now=START
    )
    assert list(found) == [] and len(internet.calls) == 2


def metadata(*names: str, entity_id: str = "urn:m", sso: str = "https://m.example/sso") -> str:
    keys = "".join(
        '<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>'
        f"{PAIRS[name].certificate_base64}"
        "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        for name in names
    )
    return (
        '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" '
        f'xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="{entity_id}">'
        '<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
        f'{keys}<md:SingleSignOnService Binding="{REDIRECT}" Location="{sso}"/>'
        "</md:IDPSSODescriptor></md:EntityDescriptor>"
    )


PAIRS: Final = {name: new_pair(name) for name in ("old", "new")}
NOW: Final = PAIRS["old"].certificate.not_valid_before_utc + timedelta(days=2)
URL: Final = "https://m.example/metadata"
NO_REDIRECT: Final = ("saml.request_binding", "it is redirect")


def saml(
    settings: SamlSettings,
    answer: HttpAnswer | Exception | None = None,
    *,
    days: int = 0,
    since: int = 0,
) -> list[PartyTrouble]:
    now = NOW + timedelta(days=days)
    called = Called(answer or OutgoingFailed("nobody"))
    return list(
        saml_makelaars.troubles(settings, called, now=now, since=now - timedelta(days=since))
    )


def test_metadata_that_fit_are_no_trouble() -> None:
    kept = SamlSettings(entity_id="urn:m", metadata=metadata("old"))
    assert saml(kept) == []
    at = kept.model_copy(update={"metadata_url": URL})
    assert saml(at, said(metadata("old").encode()), since=1000) == []
    assert saml(at.model_copy(update={"metadata": None}), said(metadata("old").encode())) == []
    latin = '<?xml version="1.0" encoding="ISO-8859-1"?>' + metadata("old")
    assert saml(at, said(latin.encode("latin-1"))) == []


@pytest.mark.parametrize(
    ("days", "seen"), [(60, None), (80, "validUntil comes on"), (120, "validUntil passed on")]
)
def test_metadata_that_end_by_their_own_word_are_told_a_month_before(
    days: int, seen: str | None
) -> None:
    end = f"{NOW + timedelta(days=100):%Y-%m-%dT%H:%M:%SZ}"
    document = metadata("old").replace(" entityID", f' validUntil="{end}" entityID', 1)
    found = saml(SamlSettings(entity_id="urn:m", metadata=document), days=days)
    assert [trouble.field for trouble in found] == ([] if seen is None else ["saml.metadata"])
    assert all(seen is not None and seen in trouble.seen for trouble in found)
    assert all(("passed" in one.seen) is (one.reason == "metadata_unusable") for one in found)


@pytest.mark.parametrize(
    ("kept", "answer", "facts", "field", "seen"),
    [
        (metadata("old"), None, {"days": 340}, "saml.metadata", "ends on"),
        (metadata("old"), None, {"days": 400}, "saml.metadata", "ended on"),
        (metadata("old"), None, {"since": 400}, "saml.metadata", "looked at never since"),
        ("<x/>", None, {}, "saml.metadata", "cannot be read"),
        (metadata("old").replace("HTTP-Redirect", "HTTP-POST"), None, {}, *NO_REDIRECT),
        (metadata("old", entity_id="urn:y"), None, {}, "saml.entity_id", "'urn:y'"),
        (
            metadata("old"),
            said(metadata("old", "new").encode()),
            {},
            "saml.metadata_url",
            "announces a key",
        ),
        (
            metadata("old"),
            said(metadata("old", sso="https://n.example/sso").encode()),
            {},
            "saml.metadata_url",
            "other addresses",
        ),
        (
            metadata("old"),
            said(metadata("old", entity_id="urn:z").encode()),
            {},
            "saml.entity_id",
            "'urn:z'",
        ),
        (metadata("old"), said(b"", 406), {}, "saml.metadata_url", "status 406"),
        (metadata("old"), OutgoingRefused("port"), {}, "saml.metadata_url", "never called"),
        (metadata("old"), said(b"\xff"), {}, "saml.metadata_url", "not UTF-8"),
    ],
)
def test_metadata_that_do_not_fit_are_told(
    kept: str,
    answer: HttpAnswer | Exception | None,
    facts: dict[str, int],
    field: str,
    seen: str,
) -> None:
    url = URL if answer is not None else None
    settings = SamlSettings(entity_id="urn:m", metadata=kept, metadata_url=url)
    (trouble,) = saml(settings, answer, **facts)
    assert trouble.field == field and seen in trouble.seen and trouble.remedy


PORTAL: Final = a_client(
    jwks_uri="https://portal.example/jwks", backchannel_logout_uri="https://portal.example/logout"
)


@pytest.mark.parametrize("status", [200, 204, 400, 405, 500])
def test_a_portal_that_listens_is_no_trouble_whatever_it_says_to_a_get(status: int) -> None:
    internet = Internet({"jwks": said(RSA_KEYS), "logout": said(b"", status)})
    assert list(portals.troubles(PORTAL, internet, reach=True)) == []
    assert list(portals.troubles(PORTAL, internet, reach=False)) == []
    assert internet.calls.count("https://portal.example/logout") == 1


@pytest.mark.parametrize(
    ("answers", "field", "seen"),
    [
        ({"jwks": said({"keys": []})}, "jwks_uri", "no key that can verify"),
        ({"jwks": said({"keys": [{"kty": "oct"}, *RSA_KEYS["keys"]]})}, "jwks_uri", "keys.0"),
        ({"jwks": OutgoingFailed("redirected")}, "jwks_uri", "another address"),
        ({"logout": OutgoingFailed("tls")}, "backchannel_logout_uri", "no TLS connection"),
        ({"logout": OutgoingRefused("address")}, "backchannel_logout_uri", "never called"),
    ],
)
def test_a_portal_that_does_not_fit_is_told(answers: Answers, field: str, seen: str) -> None:
    internet = Internet({"jwks": said(RSA_KEYS), "logout": said(b"", 405), **answers})
    (trouble,) = portals.troubles(PORTAL, internet, reach=True)
    assert trouble.field == field and seen in trouble.seen and trouble.remedy
