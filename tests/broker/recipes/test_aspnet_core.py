"""What ASP.NET Core sends with its recipe, as the source of OpenIdConnectHandler has it: the answer
in a form, PKCE, the secret in a form, and its own name and version beside each request.
"""

from __future__ import annotations

import hashlib
from typing import Final

import pytest
from flask import Flask, request

from broker.recipes.catalogue import BY_NAME
from broker.recipes.rendering import files, rendered
from broker.recipes.values import Agreed
from tests.broker.portal import ISSUER, SECRET, Portal, make_portal_world, set_clock
from tests.world import ADDRESSES, World

BODEM: Final = "7f1e6c1a-90b4-4d0e-9b52-3c1f0a77d2e4"
PLACE: Final = "portaal.dotnet.example"
URI: Final = f"https://{PLACE}/signin-oidc"
AGREED: Final = Agreed(
    f"https://{PLACE}", "dotnet", BODEM, SECRET, hashlib.sha256(SECRET.encode()).hexdigest()
)
# The state is sealed by Data Protection; the nonce begins with the ticks of the clock.
ASKED: Final = {
    "response_mode": "form_post",
    "state": "CfDJ8" + "aB3-_" * 60,
    "nonce": "639000000000000000." + "Zm9v" * 20,
    "x-client-SKU": "ID_NET9_0",
    "x-client-ver": "8.0.1.0",
}


def program() -> str:
    return files(rendered(BY_NAME["aspnet-core"], ADDRESSES.broker, "en", AGREED))["Program.cs"]


@pytest.fixture(scope="module")
def arrived() -> list[dict[str, str]]:
    """The forms that came to the portal."""
    return []


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, arrived: list[dict[str, str]]) -> World:
    world = make_portal_world(tmp_path_factory.mktemp("dotnet"))
    page = rendered(BY_NAME["aspnet-core"], ADDRESSES.broker, "nl", AGREED)
    world.apply(files(page)["sluis.yaml"])
    app = Flask("dotnet")

    @app.post("/signin-oidc")
    def signed_in() -> str:
        assert not request.args
        arrived.append(request.form.to_dict())
        return "<html><title>Portal</title><h1>Portal</h1></html>"

    world.wire.applications[PLACE] = app
    set_clock(world)
    return world


def logged_in(world: World, arrived: list[dict[str, str]]) -> tuple[Portal, dict[str, str]]:
    """The portal, and the form that it got."""
    set_clock(world)
    portal = Portal(world, "dotnet", URI)
    browser = portal.at_makelaar(**ASKED)
    page = browser.press("person", "jan")
    if page.url != URI:
        page = browser.press("agree", "yes")
    assert page.url == URI, page.text
    return portal, arrived[-1]


def test_what_the_recipe_prints_is_what_is_played_here() -> None:
    text = program()
    assert f'options.Authority = "{ADDRESSES.broker}"' in text
    assert 'options.ClientId = "dotnet"' in text and 'options.ResponseType = "code"' in text
    assert "ResponseMode" not in text and "UsePkce" not in text  # form_post and PKCE by itself
    assert SECRET not in text


def test_asp_net_core_logs_in_by_a_form_and_reads_the_company(
    world: World, arrived: list[dict[str, str]]
) -> None:
    portal, said = logged_in(world, arrived)
    assert (said["state"], said["iss"]) == (ASKED["state"], ISSUER)
    answer = portal.redeem(said["code"])
    assert answer.status == 200, answer.body
    claims = portal.claims(answer.json()["id_token"])
    assert claims["nonce"] == ASKED["nonce"] and claims["aud"] == "dotnet"
    assert claims["acr"] in program() and claims["represents"]["sub"] == "90001201"


def test_asp_net_core_without_its_verifier_or_secret_gets_nothing(
    world: World, arrived: list[dict[str, str]]
) -> None:
    portal, said = logged_in(world, arrived)
    form = portal.redemption(said["code"])
    wrong = portal.token({**form, "client_id": "dotnet", "client_secret": "wrong"})
    assert (wrong.status, wrong.json()["error"]) == (401, "invalid_client")
    without = portal.redeem(said["code"], code_verifier=None)
    assert (without.status, without.json()["error"]) == (400, "invalid_grant")


def test_the_response_type_that_it_has_by_itself_is_told(
    world: World, arrived: list[dict[str, str]]
) -> None:
    """Who forgets ``ResponseType`` hears of it in the same form."""
    portal = Portal(world, "dotnet", URI)
    page = world.browser().open(portal.url(**{**ASKED, "response_type": "id_token"}))
    assert page.url == URI
    assert arrived[-1]["error"] == "unsupported_response_type"
