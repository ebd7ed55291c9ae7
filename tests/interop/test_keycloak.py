"""Keycloak by its recipes as they stand: as makelaar over SAML and over OpenID Connect."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

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
