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


HOSTILE = '"><script>alert(1)</script>&iss=x'


def test_the_page_that_carries_it_is_kept_nowhere_and_a_state_is_no_markup(
    world: World, arrived: list[dict[str, str]]
) -> None:
    set_clock(world)
    portal = Portal(world)
    asked = portal.request(response_mode="form_post", prompt="create", state=HOSTILE)
    answer = portal.ask(asked)
    assert (answer.status, answer.header("Location")) == (200, None)
    assert "no-store" in (answer.header("Cache-Control") or "")
    assert answer.header("Set-Cookie") is None
    assert b"<script>alert" not in answer.body
    page = world.browser().open(
        portal.url(response_mode="form_post", prompt="create", state=HOSTILE)
    )
    assert page.url == REDIRECT_URI
    assert (arrived[-1]["state"], arrived[-1]["iss"]) == (HOSTILE, ISSUER)


def test_nothing_is_posted_to_an_address_that_is_not_registered(
    world: World, arrived: list[dict[str, str]]
) -> None:
    set_clock(world)
    before = len(arrived)
    portal = Portal(world)
    page = world.browser().open(
        portal.url(response_mode="form_post", redirect_uri=f"{REDIRECT_URI}2")
    )
    assert (page.status, len(arrived)) == (400, before)
