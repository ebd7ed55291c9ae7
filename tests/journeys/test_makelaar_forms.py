"""Makelaars that post their answer (``form_post``), and that get the request beforehand."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
import yaml

from sandbox.browser import Browser
from tests.broker.portal import FORM, ISSUER, Portal, make_portal_world, query_of, set_clock
from tests.broker.recorder import Recorder
from tests.world import ADDRESSES, World

CALLBACK = f"{ISSUER}/oidc/callback/zekerweg"
ELSEWHERE = "Wij herkennen uw browser niet"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = make_portal_world(tmp_path_factory.mktemp("world"))
    registered = world.demo.registrations / "30-makelaars.yaml"
    documents = yaml.safe_load_all(registered.read_text(encoding="utf-8"))
    (record,) = [one for one in documents if one["id"] == "zekerweg"]
    record["oidc"] |= {
        "response_mode": "form_post",
        "pushes_requests": True,
        "token_endpoint_auth_signing_alg": "ES256",
    }
    world.apply(yaml.safe_dump(record))
    return world


@pytest.fixture
def portal(world: World) -> Portal:
    set_clock(world)
    return Portal(world)


def test_entra_id_and_ad_fs_answer_by_a_post_without_our_cookies(portal: Portal) -> None:
    recorder = Recorder(portal.world.wire)
    browser = portal.at_makelaar("zekerweg", Browser(wire=recorder))
    (left,) = [url for url in browser.visited if "/zekerweg/authorize" in url]
    assert "request_uri=" in left and "nonce" not in left and "state" not in left
    page = browser.press("person", "jan")
    if "/login/" in page.url:
        page = browser.press("agree", "yes")
    assert "code" in portal.heard(page)
    (arrival,) = recorder.to("/oidc/callback/zekerweg")
    assert (arrival.method, "Cookie" in arrival.headers) == ("POST", False)
    assert arrival.answer.status == 303
    assert arrival.answer.all("Set-Cookie") == []
    assert "code=" not in (arrival.answer.header("Location") or "")
    assert not any("code=" in url for url in browser.visited if url.startswith(CALLBACK))


def test_who_brings_the_answer_of_another_goes_nowhere(portal: Portal) -> None:
    victim = portal.at_makelaar("zekerweg", portal.world.browser(javascript=False))
    page = victim.press("person", "jan")  # stands at the form that posts itself
    form = page.forms[0]
    stranger = portal.world.browser()
    stranger.open(ADDRESSES.makelaars + "/")
    page = stranger.post(form.action, list(form.form_values()))
    assert (page.status, page.heading) == (403, ELSEWHERE)
    assert "code" in portal.heard(victim.open(page.url))


def test_a_user_who_stops_there_is_heard_too(portal: Portal) -> None:
    browser = portal.at_makelaar("zekerweg")
    page = browser.press("action", "cancel")
    assert portal.heard(page)["error"] == "access_denied"


def test_a_form_has_nothing_in_its_address(portal: Portal) -> None:
    victim = portal.at_makelaar("zekerweg", portal.world.browser(javascript=False))
    form = victim.press("person", "jan").forms[0]
    fields = list(form.form_values())
    for more in ("?code=x", "?x="):
        answer = portal.world.wire.request("POST", CALLBACK + more, urlencode(fields), FORM)
        assert answer.status == 400
    assert "code" in portal.heard(victim.post(form.action, fields))  # and the login stands


def test_a_login_that_waits_for_an_address_is_not_ended_by_a_form(portal: Portal) -> None:
    """A form needs no cookie: whoever saw the name of a login could say that it was stopped."""
    browser = portal.at_makelaar("sleutelhof")
    (left,) = [url for url in browser.visited if "/sleutelhof/authorize" in url]
    said = urlencode({"error": "access_denied", "state": query_of(left)["state"]})
    at = f"{ISSUER}/oidc/callback/sleutelhof"
    assert portal.world.wire.request("POST", at, said, FORM).status == 400
    assert portal.world.wire.request("GET", f"{at}?{said}").status == 403
    heard = portal.heard(browser.press("action", "cancel"))  # the login stood until here
    assert heard["error_description"].startswith("the user stopped the login")


def test_an_address_where_a_form_was_asked_is_another_answer(portal: Portal) -> None:
    victim = portal.at_makelaar("zekerweg", portal.world.browser(javascript=False))
    form = victim.press("person", "jan").forms[0]
    page = victim.open(f"{CALLBACK}?{urlencode(list(form.form_values()))}")
    assert page.status == 400
