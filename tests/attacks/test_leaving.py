"""Leaving our origin: no form of ours ends in a redirect, whoever it is that comes next (decision
22).
"""

from __future__ import annotations

from typing import Any

import pytest

from broker.web.responses import leave
from tests.broker.portal import ISSUER, make_portal_world
from tests.world import World

AWAY = "https://portaal.example/callback?code=a&state=b"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_portal_world(tmp_path_factory.mktemp("world"))


def left(world: World, request: dict[str, Any], url: str = AWAY, **fields: str) -> Any:
    """The answer of a view that lets the browser leave, with all that is set on an answer."""
    with world.app.test_request_context(base_url=ISSUER, **request):
        return world.app.process_response(leave(url, fields, "Portaal <b>"))


FORM = {"path": "/login/unknown/consent", "method": "POST"}
AFTER_FORM = {"path": "/login/unknown", "headers": {"Sec-Fetch-Site": "same-origin"}}
PLAIN = {"path": "/login/unknown"}


@pytest.mark.parametrize("request_", [FORM, AFTER_FORM])
def test_a_form_ends_in_a_page_that_goes_on_by_itself(
    world: World, request_: dict[str, Any]
) -> None:
    answer = left(world, request_)
    body = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "Location" not in answer.headers
    shown = AWAY.replace("&", "&amp;")
    assert f'<meta http-equiv="refresh" content="0;url={shown}">' in body
    assert f'href="{shown}"' in body and "Portaal &lt;b&gt;" in body
    assert answer.headers["Content-Security-Policy"].endswith("form-action 'self'")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_what_is_no_answer_to_a_form_stays_a_redirect(world: World) -> None:
    answer = left(world, PLAIN)
    assert (answer.status_code, answer.headers["Location"]) == (303, AWAY)


def test_within_our_origin_a_form_ends_in_a_redirect(world: World) -> None:
    assert left(world, FORM, f"{ISSUER}/beheer").status_code == 303


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8001/",
        f"{ISSUER}@evil.example/",
        "https://localhost:8000/",
        "//evil.example/",
    ],
)
def test_what_only_looks_like_our_origin_is_another(world: World, url: str) -> None:
    assert left(world, FORM, url).status_code == 200


def test_a_form_that_leaves_is_on_a_page_of_its_own_policy(world: World) -> None:
    for request_ in (FORM, AFTER_FORM, PLAIN):
        answer = left(world, request_, SAMLRequest="x")
        policy = answer.headers["Content-Security-Policy"]
        assert "form-action" not in policy and policy.endswith("frame-ancestors 'none'")
        assert answer.get_data(as_text=True).count("<form") == 1


@pytest.mark.parametrize(
    "url", ['https://portaal.example/"><script>alert(1)</script>', "app.example:/cb?code='\"<>"]
)
def test_I_12_an_address_stays_one_value(world: World, url: str) -> None:
    body = left(world, FORM, url).get_data(as_text=True)
    assert "<script>alert" not in body and body.count("http-equiv") == 1
