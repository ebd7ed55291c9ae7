"""A login at a makelaar that speaks OpenID Connect, from departure to identity."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from assurance.levels import AssuranceLevel
from consent.authority import AuthorityKind, Party, PartyIdType
from keys.keyring import KeyUse
from providers.interface import (
    NOTHING_SAID,
    ProviderCancelled,
    ProviderLevelTooLow,
    ProviderLevelUnknown,
    ProviderRefused,
    ProviderUnavailable,
)
from providers.oidc.client_jwks import client_jwks
from tests.clocks import START
from tests.keys_for_tests import make_keyring
from tests.listener import Said
from tests.providers.oidc.makelaar import (
    ACCESS_TOKEN,
    CODE,
    EIDAS,
    REDIRECT_URI,
    SERVICE,
    Makelaar,
    as_json,
    callback,
    compact,
    es256,
    good_answer,
    half_hash,
    leave,
    login,
    provider_for,
)

L = AssuranceLevel
KVK = "urn:nl-eid-gdi:1.0:id:KvKnr"
RSIN = "urn:nl-eid-gdi:1.0:id:RSIN"


def test_the_request_asks_for_a_code_with_pkce_nonce_and_level(makelaar: Makelaar) -> None:
    departure = leave(makelaar, provider_for(makelaar, scopes=("openid", "profile")))
    query = makelaar.query
    assert departure.url.startswith(f"{makelaar.issuer}/authorize?")
    assert departure.fields == {}
    assert query["response_type"] == "code"
    assert query["client_id"] == "sluis"
    assert query["redirect_uri"] == REDIRECT_URI
    assert query["scope"] == "openid profile"
    assert query["state"] == "a-login.1"
    assert query["code_challenge_method"] == "S256"
    assert query["nonce"] == departure.remembered.request_id
    assert query["acr_values"] == f"{EIDAS}substantial {EIDAS}high"
    assert query["ui_locales"] == "nl"
    assert not {"prompt", "max_age", "login_hint"} & query.keys()
    verifier = departure.remembered.values["code_verifier"]
    assert len(verifier) >= 43
    assert verifier not in departure.url


def test_every_departure_has_secrets_of_its_own(makelaar: Makelaar) -> None:
    provider = provider_for(makelaar)
    one, two = leave(makelaar, provider).remembered, leave(makelaar, provider).remembered
    assert one.request_id != two.request_id
    assert one.values["code_verifier"] != two.values["code_verifier"]


def test_a_fresh_login_is_asked_for_where_the_portal_does(makelaar: Makelaar) -> None:
    provider = provider_for(makelaar)
    leave(makelaar, provider, force_authn=True, login_hint="someone", locale="en")
    assert (makelaar.query["prompt"], makelaar.query["max_age"]) == ("login", "0")
    assert (makelaar.query["login_hint"], makelaar.query["ui_locales"]) == ("someone", "en")
    leave(makelaar, provider, max_age=600)
    assert makelaar.query["max_age"] == "600"
    assert "prompt" not in makelaar.query


def test_levels_are_asked_for_in_the_words_of_the_record(makelaar: Makelaar) -> None:
    words = {"two": "EH2", "three": "EH3", "four": "EH4"}
    leave(makelaar, provider_for(makelaar, levels=words))
    assert makelaar.query["acr_values"] == "three four"


def test_levels_are_asked_for_in_words_that_the_makelaar_says_it_knows(makelaar: Makelaar) -> None:
    etd = "urn:etoegang:core:assurance-class:"
    makelaar.metadata["acr_values_supported"] = [f"{etd}loa4", f"{etd}loa2", "gold", f"{etd}loa3"]
    leave(makelaar, provider_for(makelaar))
    assert makelaar.query["acr_values"] == f"{etd}loa3 {etd}loa4"


def test_a_good_answer_gives_an_identity(makelaar: Makelaar) -> None:
    makelaar.claims = {"name": "Noor de Wit", "email": "noor@example.nl", "amr": ["PWD", "otp"]}
    identity = login(makelaar)
    assert (identity.provider_id, identity.subject) == ("zekerweg", "person-1")
    assert (identity.proofing, identity.authentication) == (L.EH3, L.EH3)
    assert identity.authenticated_at == START
    assert identity.factors == ("pwd", "otp")
    assert identity.attributes == {"display_name": ("Noor de Wit",), "email": ("noor@example.nl",)}
    assert identity.authority == ()
    assert identity.replay_until == START + timedelta(minutes=5)


def test_an_answer_is_seen_by_its_nonce_and_its_code_which_are_not_shown(
    makelaar: Makelaar,
) -> None:
    keys = login(makelaar).replay_keys
    assert len(set(keys)) == 2
    assert CODE not in "".join(keys)
    assert makelaar.query["nonce"] not in "".join(keys)
    assert keys[1] == login(makelaar).replay_keys[1]


def test_the_code_is_redeemed_with_a_signed_assertion_for_this_makelaar(
    makelaar: Makelaar,
) -> None:
    login(makelaar)
    form = makelaar.form()
    assert (form["grant_type"], form["code"]) == ("authorization_code", CODE)
    assert form["redirect_uri"] == REDIRECT_URI
    assert form["client_assertion_type"].endswith(":jwt-bearer")
    published = KeySet.import_key_set(json.loads(client_jwks(make_keyring())))
    token = jwt.decode(form["client_assertion"], published, algorithms=["RS256"])
    assert token.header["kid"] == make_keyring().active(KeyUse.CLIENT_SIGNING, "RS256").kid
    claims = token.claims
    assert (claims["iss"], claims["sub"], claims["aud"]) == ("sluis", "sluis", makelaar.issuer)
    assert claims["exp"] - claims["iat"] == 60
    login(makelaar)
    again = jwt.decode(makelaar.form()["client_assertion"], published, algorithms=["RS256"])
    assert again.claims["jti"] != claims["jti"]


def test_our_published_keys_hold_nothing_private() -> None:
    keys = json.loads(client_jwks(make_keyring()))["keys"]
    assert [key["use"] for key in keys] == ["sig"] * 3 + ["enc"] * 5
    assert not any({"d", "p", "q"} & key.keys() for key in keys)


def test_the_code_is_redeemed_with_a_secret_from_a_file(makelaar: Makelaar, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s:é cret\n", encoding="utf-8")
    login(
        makelaar,
        token_endpoint_auth_method="client_secret_basic",
        client_secret_file=str(secret),
    )
    assert makelaar.listener is not None
    header = next(s for s in makelaar.listener.seen if s.method == "POST").headers["authorization"]
    assert base64.b64decode(header.removeprefix("Basic ")) == b"sluis:s%3A%C3%A9%20cret"
    assert "client_assertion" not in makelaar.form()
    assert "client_id" not in makelaar.form()


def test_keycloak_takes_the_secret_in_the_form(makelaar: Makelaar, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s:é cret\n", encoding="utf-8")
    login(makelaar, token_endpoint_auth_method="client_secret_post", client_secret_file=str(secret))
    form = makelaar.form()
    assert (form["client_id"], form["client_secret"]) == ("sluis", "s:é cret")
    assert "client_assertion" not in form
    assert makelaar.listener is not None
    assert all("authorization" not in seen.headers for seen in makelaar.listener.seen)


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_secret_that_cannot_be_read_is_trouble_not_a_crash(
    makelaar: Makelaar, method: str
) -> None:
    with pytest.raises(ProviderUnavailable, match="client secret"):
        login(makelaar, token_endpoint_auth_method=method, client_secret_file="/nowhere/secret")
    assert makelaar.paths() == ["openid-configuration"]  # nobody is sent there in vain


@pytest.mark.parametrize("alg", ["RS256", "PS256", "ES256"])
def test_each_registered_algorithm_is_understood(makelaar: Makelaar, alg: str) -> None:
    if alg == "ES256":
        es256(makelaar)
    makelaar.header = {"alg": alg}
    assert login(makelaar, id_token_signed_response_alg=alg).subject == "person-1"


def test_hashes_of_code_and_access_token_may_be_there(makelaar: Makelaar) -> None:
    makelaar.claims = {"at_hash": half_hash(ACCESS_TOKEN), "c_hash": half_hash(CODE)}
    assert login(makelaar).subject == "person-1"


@pytest.mark.parametrize(
    ("acr", "settings", "asked", "reached"),
    [
        (f"{EIDAS}substantial", {}, L.EH3, L.EH3),
        ("urn:etoegang:core:assurance-class:loa3", {}, L.EH3, L.EH3),
        ("urn:oasis:names:tc:SAML:2.0:ac:classes:Smartcard", {}, L.EH3, L.EH3),
        ("gold", {"levels": {"gold": "EH3"}}, L.EH2, L.EH3),
        (f"{EIDAS}high", {}, L.EH3, L.EH3),  # up to the ceiling
        (f"{EIDAS}high", {"level_ceiling": "EH4"}, L.EH3, L.EH4),
    ],
)
def test_what_the_makelaar_says_is_credited_up_to_its_ceiling(
    makelaar: Makelaar,
    acr: str,
    settings: dict[str, Any],
    asked: AssuranceLevel,
    reached: AssuranceLevel,
) -> None:
    makelaar.claims = {"acr": acr}
    identity = login(makelaar, level=asked, **settings)
    assert (identity.proofing, identity.authentication) == (reached, reached)


@pytest.mark.parametrize("acr", [None, ""])
def test_entra_id_sends_no_acr_and_is_worth_what_its_registration_says(
    makelaar: Makelaar, acr: str | None
) -> None:
    """Entra ID v2 puts no acr in its ID tokens, whatever is asked."""
    makelaar.claims = {"acr": acr}
    identity = login(makelaar, level=L.EH2, level_without_word="EH2")
    assert (identity.authentication, identity.said) == (L.EH2, NOTHING_SAID)
    with pytest.raises(ProviderLevelTooLow):
        login(makelaar, level=L.EH3, level_without_word="EH2")
    assert login(makelaar, level_without_word="EH4").authentication is L.EH3  # its ceiling
    with pytest.raises(ProviderLevelUnknown):
        login(makelaar, level=L.EH2)


@pytest.mark.parametrize(
    ("amr", "claim", "level"),
    [
        (["pwd", "mfa"], "amr", L.EH2_PLUS),
        ("mfa", "amr", L.EH2_PLUS),
        (["pwd"], "amr", L.EH2),
        ([1, {}, None], "amr", L.EH2),
        (["pwd", "mfa"], None, L.EH2),
        (["pwd", "mfa"], "acrs", L.EH2),
    ],
)
def test_a_makelaar_says_a_second_factor_in_a_claim_beside_acr(
    makelaar: Makelaar, amr: Any, claim: str | None, level: AssuranceLevel
) -> None:
    """Entra ID and Okta: ``amr``, in tokens that have it."""
    makelaar.claims = {"acr": None, "amr": amr}
    more = {"level_without_word": "EH2", "levels": {"mfa": "EH2+"}, "level_claim": claim}
    assert login(makelaar, level=L.EH2, **more).authentication is level


def test_an_acr_of_null_is_none(makelaar: Makelaar) -> None:
    """OpenID Connect Core §5.3.2: it should have been left out."""
    makelaar.id_token = lambda claims: compact(
        {"alg": "RS256", "kid": "m1"},
        json.dumps({**claims, "acr": None}).encode(),
        makelaar.signing_key,
    )
    assert login(makelaar, level=L.EH2, level_without_word="EH2").said == NOTHING_SAID
    with pytest.raises(ProviderLevelUnknown):
        login(makelaar, level=L.EH2)


@pytest.mark.parametrize("acr", ["0", "1"])
def test_keycloak_numbers_its_levels_and_is_worth_what_its_registration_says(
    makelaar: Makelaar, acr: str
) -> None:
    makelaar.claims = {"acr": acr}
    identity = login(makelaar, level=L.EH2, levels={"1": "EH2", "0": "EH2"})
    assert (identity.authentication, identity.said) == (L.EH2, acr)


@pytest.mark.parametrize(("lifts", "proofing"), [(True, L.EH2_PLUS), (False, L.EH2)])
def test_a_local_factor_can_lift_eh2_only_where_the_record_says_so(
    makelaar: Makelaar, lifts: bool, proofing: AssuranceLevel
) -> None:
    makelaar.claims = {"acr": "http://eid.logius.nl/LoA/basic"}
    identity = login(makelaar, level=L.EH2, local_factor_lifts=lifts)
    assert (identity.proofing, identity.authentication) == (proofing, L.EH2)


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        ("access_denied", ProviderCancelled),
        ("unmet_authentication_requirements", ProviderLevelTooLow),
        ("temporarily_unavailable", ProviderUnavailable),
        ("server_error", ProviderUnavailable),
        ("login_required", ProviderRefused),
        ("invented", ProviderRefused),
    ],
)
def test_an_error_of_the_makelaar_becomes_ours(
    makelaar: Makelaar, error: str, raised: type[Exception]
) -> None:
    provider = provider_for(makelaar)
    remembered = leave(makelaar, provider).remembered
    answer = callback(("error", error), ("state", "a-login.1"), ("iss", makelaar.issuer))
    with pytest.raises(raised):
        provider.finish(remembered, answer)
    assert "token" not in makelaar.paths()


def test_userinfo_adds_to_the_same_person_and_never_overrules(makelaar: Makelaar) -> None:
    more = {"sub": "person-1", "name": "Noor", "acr": f"{EIDAS}high", "email": "n@example.nl"}
    makelaar.userinfo = lambda: as_json(more)
    makelaar.claims = {"name": "Noor de Wit"}
    identity = login(makelaar, userinfo=True, level_ceiling="EH4")
    assert identity.authentication is L.EH3
    assert identity.attributes == {"display_name": ("Noor de Wit",), "email": ("n@example.nl",)}
    assert makelaar.listener is not None
    asked = next(s for s in makelaar.listener.seen if s.path.endswith("/userinfo"))
    assert asked.headers["authorization"] == f"Bearer {ACCESS_TOKEN}"


def test_represents_is_read_as_authority_for_the_service_of_this_login(makelaar: Makelaar) -> None:
    makelaar.claims = {
        "represents": {
            "sub": "12345678",
            "sub_id_type": KVK,
            "iss": "urn:etoegang:MR:1",
            "name": "Voorbeeld B.V.",
            "alt_sub": {"sub": "123456782", "sub_id_type": RSIN, "iss": "urn:etoegang:MR:1"},
            "urn:etoegang:1.9:ServiceRestriction:Vestigingsnr": ["000012345678"],
        },
        "urn:etoegang:core:ServiceUUID": SERVICE,
    }
    identity = login(makelaar, speaks_for="register")
    (authority,) = identity.authority
    assert authority.represented == Party(
        PartyIdType.KVK, "12345678", "Voorbeeld B.V.", (PartyIdType.RSIN, "123456782")
    )
    assert authority.kind is AuthorityKind.DIRECT
    assert (authority.level, authority.source) == (L.EH3, "urn:etoegang:MR:1")
    assert authority.branches == ("000012345678",)
    assert authority.service_uuid == SERVICE


def test_the_outer_party_of_a_chain_is_the_intermediary(makelaar: Makelaar) -> None:
    inner = {"sub": "99998888", "sub_id_type": KVK, "iss": "urn:etoegang:MR:2"}
    outer = {"sub": "12345678", "sub_id_type": KVK, "iss": "urn:etoegang:MR:1"}
    makelaar.claims = {"represents": {**outer, "represents": inner}}
    (authority,) = login(makelaar, speaks_for=("12345678", "99998888")).authority
    assert authority.kind is AuthorityKind.CHAIN
    assert authority.represented.value == "99998888"
    assert authority.intermediary == Party(PartyIdType.KVK, "12345678")


def test_documents_are_fetched_once_for_many_logins(makelaar: Makelaar) -> None:
    provider = provider_for(makelaar)
    for _ in range(3):
        remembered = leave(makelaar, provider).remembered
        provider.finish(remembered, callback(*good_answer(makelaar)))
    assert makelaar.paths().count("openid-configuration") == 1
    assert makelaar.paths().count("jwks") == 1
    assert makelaar.paths().count("token") == 3


def test_zitadel_names_its_project_beside_us(makelaar: Makelaar) -> None:
    makelaar.claims = {"aud": ["sluis", "296001", "project-1"], "azp": "sluis"}
    assert login(makelaar, trusted_audiences=("project-1", "296001")).subject == "person-1"


def test_what_is_fetched_is_asked_for_as_servers_give_it(makelaar: Makelaar) -> None:
    login(makelaar)
    assert makelaar.listener is not None
    asked = {
        seen.path.rsplit("/", 1)[-1]: seen.headers["accept"] for seen in makelaar.listener.seen
    }
    assert asked["openid-configuration"] == "application/json, */*;q=0.1"
    assert asked["jwks"] == "application/jwk-set+json, application/json, */*;q=0.1"


def test_userinfo_may_be_a_signed_token(makelaar: Makelaar) -> None:
    makelaar.userinfo = lambda: signed_userinfo(makelaar)
    assert login(makelaar, userinfo=True).attributes == {"email": ("n@example.nl",)}


def signed_userinfo(makelaar: Makelaar) -> Said:
    claims = {"iss": makelaar.issuer, "aud": "sluis", "sub": "person-1", "email": "n@example.nl"}
    token = compact(
        {"alg": "RS256", "kid": "m1"}, json.dumps(claims).encode(), makelaar.signing_key
    )
    return Said(token.encode(), headers={"Content-Type": "application/jwt"})
