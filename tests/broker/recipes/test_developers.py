"""The pages for developers of portals: open to everybody, of this server, and of no portal."""

from __future__ import annotations

import re

import pytest

from broker.journey import passive
from broker.recipes.catalogue import RECIPES, Counterpart
from broker.texts.developers import PORTAL_CLAIMS, PORTAL_ERRORS
from broker.texts.errors import ERRORS
from sandbox.portal.clients import CLIENTS
from tests.architecture.source_tree import ROOT
from tests.world import ADDRESSES, World, make_world

PAGES = ("", "foutcodes", "recepten/flask")
_ERROR = re.compile(
    r'"((?:invalid|unsupported|unmet|login|interaction|consent|account|access|temporarily|server)'
    r'_[a-z_]+)"'
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("developers"))


def url(path: str) -> str:
    return f"{ADDRESSES.broker}/ontwikkelaars/{path}"


def test_the_page_has_the_addresses_and_values_of_this_server(world: World) -> None:
    page = world.browser().open(url(""))
    shown = {code.text_content() for code in page.tree.iter("code")}
    discovery = world.wire.request(
        "GET", f"{ADDRESSES.broker}/.well-known/openid-configuration"
    ).json()
    for name in ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"):
        assert discovery[name] in shown
    for name in ("acr_values_supported", "scopes_supported", "prompt_values_supported"):
        assert set(discovery[name]) <= shown
    for path in ("", "/sso", "/slo", "/artifact"):
        assert any(code == f"{ADDRESSES.broker}/saml/idp{path or '/metadata'}" for code in shown), (
            path
        )


def test_every_claim_of_discovery_is_explained(world: World) -> None:
    page = world.browser().open(url(""))
    (table,) = page.tree.xpath("//table[@aria-labelledby='claims']")
    shown = {code.text_content() for code in table.iter("code")}
    discovery = world.wire.request(
        "GET", f"{ADDRESSES.broker}/.well-known/openid-configuration"
    ).json()
    assert set(discovery["claims_supported"]) <= {name.partition(".")[0] for name in shown}
    assert shown == {name for one in PORTAL_CLAIMS for name in one.names}


def test_a_level_that_nobody_reaches_here_is_not_shown(world: World) -> None:
    supported = world.wire.request(
        "GET", f"{ADDRESSES.broker}/.well-known/openid-configuration"
    ).json()["acr_values_supported"]
    page = world.browser().open(url(""))
    (levels,) = page.tree.xpath("//table[@aria-labelledby='niveaus']")
    shown = [code.text_content() for code in levels.iter("code")]
    assert shown == supported


def test_every_code_has_its_row(world: World) -> None:
    page = world.browser().open(url("foutcodes"))
    rows = {row.get("id") for row in page.tree.iter("tr")}
    assert {text.code for text in ERRORS.values()} <= rows
    assert {one.error for one in PORTAL_ERRORS} <= rows
    assert passive.refusals().keys() <= rows


def test_every_error_that_a_portal_gets_is_explained() -> None:
    files = [*(ROOT / "broker/oidc").glob("*.py"), ROOT / "broker/web/json_errors.py"]
    files.append(ROOT / "broker/downstream.py")
    said = {word for file in files for word in _ERROR.findall(file.read_text(encoding="utf-8"))}
    assert said - {"access_token", "login_hint"} == {one.error for one in PORTAL_ERRORS}


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_nothing_on_them_is_of_one_portal(world: World, path: str, language: str) -> None:
    answer = world.wire.request("GET", f"{url(path)}?ui={language}")
    assert answer.status == 200
    text = answer.body.decode()
    for client in CLIENTS:
        assert client.name not in text and client.client_id not in text


def test_recipes_of_portals_are_read_there_and_those_of_makelaars_are_not(world: World) -> None:
    for one in RECIPES:
        answer = world.wire.request("GET", url(f"recepten/{one.name}"))
        is_portal = one.counterpart is Counterpart.PORTAL
        assert (answer.status == 200) is is_portal, one.name
        if is_portal:
            assert ADDRESSES.broker in answer.body.decode()
            assert (answer.header("Content-Type") or "").startswith("text/plain")
    assert world.wire.request("GET", url("recepten/..%2fcatalogue")).status == 404


def test_a_recipe_is_in_the_language_of_the_reader(world: World) -> None:
    english = world.browser("en").open(url("recepten/flask"))
    assert b"as portal over" in english.answer.body
