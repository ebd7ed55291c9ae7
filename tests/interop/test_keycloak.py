"""Keycloak by its recipes as they stand: as makelaar over SAML and over OpenID Connect, and as
portal.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from sandbox.browser import Browser, Page
from tests.interop import keycloak, recipes
from tests.interop.keycloak import PASSWORD, Keycloak
from tests.running_demo import RunningDemo

pytestmark = [pytest.mark.java, pytest.mark.interop_java]

SERVICE = "Bodemkaart inzien"  # EH2, also for oneself
FENNA = "fenna"


@pytest.fixture(scope="module")
def server(running: RunningDemo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keycloak]:
    with keycloak.serving(tmp_path_factory.mktemp("keycloak"), running.spare_port) as server:
        server.make_user(FENNA, "Fenna", "Testman")
        yield server


def _metadata(url: str) -> bytes:
    """Ours, at the address of one makelaar, which is there as soon as the broker knows it."""
    deadline = time.monotonic() + recipes.PATIENCE
    while True:
        answer = requests.get(url, timeout=60)
        if answer.ok:
            return answer.content
        assert time.monotonic() < deadline, answer.text
        time.sleep(0.25)


def _log_in(browser: Browser) -> Page:
    """At Keycloak, with the password."""
    browser.fill("username", FENNA)
    browser.fill("password", PASSWORD)
    return browser.click("Sign In")


def _as_oneself(browser: Browser) -> Page:
    """The portal's page, after the questions of the broker."""
    for name, value in (("on_behalf_of", "self"), ("agree", "yes")):
        if any(name == b.get("name") for b in browser.page.tree.iter("button")):  # type: ignore[union-attr]
            browser.press(name, value)
    assert browser.page is not None
    return browser.page


def test_a_user_of_keycloak_logs_in_over_saml(
    running: RunningDemo, server: Keycloak, tmp_path: Path
) -> None:
    agreed = recipes.agree("kc-saml", server.base_url)
    followed = recipes.follow("keycloak-saml", running, tmp_path, agreed)
    ours = _metadata(f"{running.addresses.broker}/saml/metadata/kc-saml")
    server.import_metadata(ours, json.loads(recipes.file_of(followed.page, "attributes.json")))
    browser = recipes.at_makelaar(running, SERVICE, "kc-saml")
    _log_in(browser)
    recipes.go_on(browser)
    shown = _as_oneself(browser)
    assert shown.url.startswith(running.addresses.portal)


def test_a_user_of_keycloak_logs_in_over_openid_connect(
    running: RunningDemo, server: Keycloak, tmp_path: Path
) -> None:
    agreed = recipes.agree("kc-oidc", server.base_url)
    page = recipes.page_of("keycloak-oidc", running, agreed)
    server.call("POST", "/clients", json=json.loads(recipes.file_of(page, "client.json")))
    recipes.follow("keycloak-oidc", running, tmp_path, agreed)
    browser = recipes.at_makelaar(running, SERVICE, "kc-oidc")
    _log_in(browser)
    shown = _as_oneself(browser)
    assert shown.url.startswith(running.addresses.portal)


STRICT = {
    "require.pushed.authorization.requests": "true",
    "token.endpoint.auth.signing.alg": "ES256",
    "id.token.encrypted.response.alg": "RSA-OAEP-256",
    "id.token.encrypted.response.enc": "A256GCM",
    "user.info.response.signature.alg": "RS256",
    "user.info.encrypted.response.alg": "RSA-OAEP",
    "user.info.encrypted.response.enc": "A128CBC-HS256",
}
STRICT_HERE = """\
  token_endpoint_auth_signing_alg: ES256
  pushes_requests: true
  response_mode: form_post
  id_token_encrypted_response_alg: RSA-OAEP-256
  id_token_encrypted_response_enc: A256GCM
  userinfo: true
  userinfo_encrypted_response_alg: RSA-OAEP
"""


def test_keycloak_gets_the_request_beforehand_posts_its_answer_and_encrypts_its_tokens(
    running: RunningDemo, server: Keycloak
) -> None:
    """The same client, as strict as it can be: our proof is in ES256, and each of its answers is
    opened with a key of ours.
    """
    page = recipes.page_of("keycloak-oidc", running, recipes.agree("kc-strict", server.base_url))
    client = json.loads(recipes.file_of(page, "client.json"))
    client["attributes"] |= STRICT
    server.call("POST", "/clients", json={**client, "clientId": "sluis-strict"})
    ours = recipes.file_of(page, "sluis.yaml").replace(
        "client_id: sluis", "client_id: sluis-strict"
    )
    running.apply("kc-strict", f"{ours.rstrip()}\n{STRICT_HERE}")
    browser = recipes.at_makelaar(running, SERVICE, "kc-strict")
    (asked,) = [url for url in browser.visited if "/openid-connect/auth?" in url]
    assert set(parse_qs(urlsplit(asked).query)) == {"client_id", "request_uri"}
    posted = _log_in(browser)
    (form,) = posted.forms
    assert {"code", "state"} <= {name for name, _ in form.form_values()}
    recipes.go_on(browser)
    shown = _as_oneself(browser)
    assert shown.url.startswith(running.addresses.portal)


APPLICATION = {
    "clientId": "toepassing",
    "publicClient": True,
    "standardFlowEnabled": True,
    "protocolMappers": [
        {
            "name": name,
            "protocol": "openid-connect",
            "protocolMapper": "oidc-usermodel-attribute-mapper",
            "config": {
                "user.attribute": name,
                "claim.name": name,
                "id.token.claim": "true",
                "access.token.claim": "true",
            },
        }
        for name in ("kvk", "loa")
    ],
}


def _allow_attributes(server: Keycloak) -> None:
    """In the user profile, for an administrator to edit and for nobody else."""
    profile = server.call("GET", "/users/profile").json()
    profile["attributes"] += [
        {"name": name, "permissions": {"view": ["admin", "user"], "edit": ["admin"]}}
        for name in ("kvk", "loa")
    ]
    server.call("PUT", "/users/profile", json=profile)


def test_keycloak_as_portal_takes_the_organisation_into_its_own_tokens(
    running: RunningDemo, server: Keycloak, tmp_path: Path
) -> None:
    agreed = recipes.agree("kc-portaal", server.base_url)
    followed = recipes.follow("keycloak-portal", running, tmp_path, agreed)
    provider = json.loads(recipes.file_of(followed.page, "identity-provider.json"))
    server.call("POST", "/identity-provider/instances", json=provider)
    for mapper in json.loads(recipes.file_of(followed.page, "mappers.json")):
        server.call("POST", "/identity-provider/instances/sluis/mappers", json=mapper)
    _allow_attributes(server)
    home = f"{running.addresses.portal}/"  # its front page, which looks at no answer
    server.call("POST", "/clients", json={**APPLICATION, "redirectUris": [home]})
    asked = {
        "client_id": "toepassing",
        "redirect_uri": home,
        "response_type": "code",
        "scope": "openid",
        "state": "x",
        "kc_idp_hint": "sluis",
    }
    url = f"{server.realm}/protocol/openid-connect/auth?{urlencode(asked)}"
    browser = recipes.until_known(lambda: recipes.opened(url))
    browser.click("Polderpoort")
    browser.press("person", "jan")
    browser.press("agree", "yes")
    # Its "First broker login": who this is, once.
    for name, value in (
        ("email", "jan@voorbeeld.example"),
        ("firstName", "Jan"),
        ("lastName", "T"),
    ):
        browser.fill(name, value)
    answered = parse_qs(urlsplit(recipes.go_on(browser).url).query)
    token = requests.post(
        f"{server.realm}/protocol/openid-connect/token",
        data={
            "grant_type": "authorization_code",
            "client_id": "toepassing",
            "code": answered["code"][0],
            "redirect_uri": home,
        },
        timeout=60,
    ).json()
    body = token["id_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    assert claims["kvk"] == "90001201"
    assert claims["loa"].startswith("urn:etoegang:core:assurance-class:")
