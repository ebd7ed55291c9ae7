"""Answers to a portal in a form, as ASP.NET Core asks out of the box (``form_post``)."""

from __future__ import annotations

import pytest
from flask import Flask, request

from tests.broker.clients import HOST, REDIRECT_URI
from tests.broker.portal import ISSUER, STATE, Portal, make_portal_world, set_clock
from tests.world import World


@pytest.fixture(scope="module")
def arrived() -> list[dict[str, str]]:
    """The forms that came to the portal."""
    return []


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, arrived: list[dict[str, str]]) -> World:
    world = make_portal_world(tmp_path_factory.mktemp("world"))
    app = Flask("landing")

    @app.post("/<path:path>")
    def anything(path: str) -> str:
        assert not request.args
        arrived.append(request.form.to_dict())
        return f"<html><title>Portal</title><h1>{path}</h1></html>"

    world.wire.applications[HOST] = app
    return world


def test_a_code_comes_in_a_form_and_gives_the_same_tokens(
    world: World, arrived: list[dict[str, str]]
) -> None:
    set_clock(world)
    portal = Portal(world)
    browser = portal.at_makelaar(response_mode="form_post")
    page = browser.press("person", "jan")
    if page.url != REDIRECT_URI:
        page = browser.press("agree", "yes")
    assert page.url == REDIRECT_URI
    said = arrived[-1]
    assert (said["state"], said["iss"], said.keys()) == (STATE, ISSUER, {"code", "state", "iss"})
    assert "sub" in portal.claims(portal.tokens(said["code"])["id_token"])


def test_what_is_wrong_with_a_request_comes_in_a_form_too(
    world: World, arrived: list[dict[str, str]]
) -> None:
    set_clock(world)
    page = world.browser().open(Portal(world).url(response_mode="form_post", prompt="create"))
    assert page.url == REDIRECT_URI
    assert (arrived[-1]["error"], arrived[-1]["state"]) == ("invalid_request", STATE)
