"""openid-client as a portal: discovery, code with PKCE, private_key_jwt, ID token and userinfo."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from sandbox.browser import Browser, Page
from tests.interop import openid_client, processes, recipes, registrations
from tests.interop.openid_client import NodePortal
from tests.interop.recipes import Followed
from tests.running_demo import RunningDemo
from tests.servers import free_port

pytestmark = [pytest.mark.interop, pytest.mark.interop_node]

PATIENCE = 60.0


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return openid_client.install(tmp_path_factory.mktemp("node"))


def _registered(
    running: RunningDemo, name: str, client_alg: str = "PS256", id_token_alg: str = "PS256"
) -> NodePortal:
    portal = openid_client.portal(name, client_alg, id_token_alg)
    running.apply(name, registrations.client(name, portal.redirect_uri, portal.jwks, id_token_alg))
    return portal


def _start(portal: NodePortal) -> Browser:
    """The page of the broker; it follows a registration that was just made within seconds."""
    deadline = time.monotonic() + PATIENCE
    while True:
        browser = Browser()
        page = browser.open(f"{portal.base_url}/login")
        if page.status == 200 or time.monotonic() > deadline:
            assert page.heading == "Wie is uw makelaar?", page.text[:500]
            return browser
        time.sleep(0.25)


def _log_in(portal: NodePortal) -> Page:
    """What the portal answers after Jan logged in and agreed."""
    browser = _start(portal)
    browser.click("Polderpoort")
    browser.press("person", "jan")
    return browser.press("agree", "yes")


def _shown(page: Page) -> dict[str, Any]:
    document: dict[str, Any] = page.answer.json()
    return document


@pytest.mark.parametrize(
    ("client_alg", "id_token_alg"), [("PS256", "PS256"), ("ES256", "ES256"), ("RS256", "RS256")]
)
def test_a_portal_on_openid_client_logs_somebody_in(
    running: RunningDemo, installed: Path, client_alg: str, id_token_alg: str
) -> None:
    portal = _registered(running, f"node-{client_alg.lower()}", client_alg, id_token_alg)
    issuer = running.addresses.broker
    with openid_client.serving(portal, installed, issuer):
        page = _log_in(portal)
        assert page.status == 200, page.text
        shown = _shown(page)
    assert shown["header"]["alg"] == id_token_alg
    assert shown["claims"]["iss"] == issuer
    assert shown["claims"]["acr"] == "http://eidas.europa.eu/LoA/substantial"
    assert shown["userinfo"]["sub"] == shown["claims"]["sub"]
    assert "90001201" in str(shown["claims"]["represents"])


def test_openid_client_refuses_an_id_token_when_the_keys_are_of_another(
    running: RunningDemo, installed: Path
) -> None:
    portal = _registered(running, "node-andere-sleutels")
    jwks_uri = f"{portal.base_url}/jwks"
    with openid_client.serving(portal, installed, running.addresses.broker, jwks_uri=jwks_uri):
        page = _log_in(portal)
    assert page.status == 400
    assert "signature" in _shown(page)["cause"]


def test_a_portal_with_another_key_than_registered_gets_no_token(
    running: RunningDemo, installed: Path
) -> None:
    registered = _registered(running, "node-vreemde-sleutel")
    stranger = replace(registered, client_key=RSAKey.generate_key(2048))
    with openid_client.serving(stranger, installed, running.addresses.broker):
        page = _log_in(stranger)
    assert page.status == 400
    assert _shown(page)["status"] == 401  # of the token endpoint
    assert "claims" not in _shown(page)


def test_a_code_works_once(running: RunningDemo, installed: Path) -> None:
    portal = _registered(running, "node-tweemaal")
    with openid_client.serving(portal, installed, running.addresses.broker):
        first = _log_in(portal)
        assert first.status == 200, first.text
        again = Browser().open(first.url)
    assert again.status == 400
    assert _shown(again)["error"] == "invalid_grant"


def test_who_cancels_arrives_at_the_portal_with_access_denied(
    running: RunningDemo, installed: Path
) -> None:
    portal = _registered(running, "node-annuleren")
    with openid_client.serving(portal, installed, running.addresses.broker):
        browser = _start(portal)
        page = browser.click("Annuleer en ga terug")
    assert page.url.startswith(portal.redirect_uri)
    assert _shown(page)["error"] == "access_denied"


@contextmanager
def _by_the_recipe(demo: RunningDemo, installed: Path, name: str) -> Iterator[Followed]:
    address = f"http://127.0.0.1:{free_port()}"
    folder = installed / name  # so that Node finds the packages above it
    followed = recipes.follow("openid-client", demo, folder, recipes.agree(name, address))
    with processes.running(
        ["node", "portal.mjs"],
        environment={**os.environ, "CLIENT_SECRET": followed.secret},
        log=folder / "portal.log",
        ready_url=f"{address}/",
        folder=folder,
    ):
        yield followed


def test_the_recipe_of_openid_client_logs_somebody_in(
    running: RunningDemo, installed: Path
) -> None:
    with _by_the_recipe(running, installed, "recept-node") as portal:
        url = f"{portal.agreed.address}/login"
        page = recipes.as_jan(recipes.until_known(lambda: recipes.opened(url)))
        stopped = recipes.opened(url).click("Annuleer en ga terug")
    assert _shown(page)["represents"]["sub"] == "90001201" and _shown(page)["sub"]
    assert (stopped.status, _shown(stopped)) == (403, {"error": "access_denied"})
