"""What a portal may wish of a login: fresh, silent, at a level, of one user, in a language."""

from __future__ import annotations

import json
from typing import Any

import pytest
from joserfc import jwt

from sandbox.portal.clients import BODEM
from tests.broker.answers import goes_on, tells_portal
from tests.broker.clients import OTHER_HOST, portal_key
from tests.broker.portal import (
    NONCE,
    STATE,
    Portal,
    payload,
    query_of,
    scope_of,
)


def asked_of_makelaar(portal: Portal, **changes: str | None) -> dict[str, str]:
    """The parameters of our own request to an OpenID makelaar."""
    return query_of(portal.at_makelaar(**changes).visited[-1])


def test_O_23_a_new_login_is_asked_of_the_makelaar(portal: Portal) -> None:
    plain = asked_of_makelaar(portal)
    assert "prompt" not in plain and "max_age" not in plain
    assert asked_of_makelaar(portal, prompt="login")["prompt"] == "login"
    assert asked_of_makelaar(portal, max_age="0")["prompt"] == "login"
    assert asked_of_makelaar(portal, max_age="300")["max_age"] == "300"


def test_O_23_a_second_login_has_a_newer_auth_time(portal: Portal) -> None:
    browser = portal.world.browser()
    first = portal.claims(portal.tokens(portal.log_in(browser=browser)["code"])["id_token"])
    second = portal.claims(
        portal.tokens(portal.log_in(browser=browser, prompt="login")["code"])["id_token"]
    )
    assert second["auth_time"] >= first["auth_time"]
    assert second["sid"] == first["sid"]  # one session of this browser, with a newer login
    assert second["sub"] == first["sub"]


@pytest.mark.parametrize(
    ("service", "claims"),
    [(None, None), (BODEM, None), (None, '{"id_token":{"acr":{"essential":true}}}')],
)
def test_O_21_without_pages_the_portal_hears_that_a_login_is_needed(
    portal: Portal, service: Any, claims: str | None
) -> None:
    scope = "openid" if service is None else scope_of(service)
    browser = portal.world.browser()
    portal.log_in(browser=browser)  # an earlier login is no session
    page = browser.open(portal.url(prompt="none", scope=scope, claims=claims))
    heard = portal.heard(page)
    assert (heard["error"], heard["state"]) == ("login_required", STATE)
    assert not any("/login/" in url for url in browser.visited[-2:])


@pytest.mark.parametrize("method", ["acr_values", "claims"])
def test_O_25_a_level_that_is_asked_is_reached_or_refused(portal: Portal, method: str) -> None:
    high = "http://eidas.europa.eu/LoA/high"
    wish = {"id_token": {"acr": {"essential": True, "values": [high]}}}
    asked = {"acr_values": high} if method == "acr_values" else {"claims": json.dumps(wish)}
    sanne = portal.claims(portal.tokens(portal.code("sanne", "polderpoort", **asked))["id_token"])
    assert sanne["acr"] == high
    browser = portal.at_makelaar("polderpoort", **asked)
    page = browser.press("person", "jan")  # can no more than substantial
    assert page.heading == "Uw niveau is te laag voor deze dienst"
    heard = portal.heard(browser.click("Ga terug naar"))
    assert heard["error"] == "unmet_authentication_requirements"


def test_O_25_the_level_is_what_was_reached_and_never_below_the_service(portal: Portal) -> None:
    jan = portal.claims(portal.tokens(portal.code("jan", acr_values="urn:unknown"))["id_token"])
    assert jan["acr"] == "http://eidas.europa.eu/LoA/substantial"
    low = asked_of_makelaar(
        portal, scope=scope_of(BODEM), acr_values="http://eid.logius.nl/LoA/basic"
    )
    assert low["acr_values"].split()[0] == "http://eidas.europa.eu/LoA/substantial"


@pytest.mark.parametrize(
    "wish",
    [{"value": "urn:unknown"}, {"values": ["urn:unknown", "7"]}],
)
def test_O_25_an_essential_level_that_nobody_knows_is_refused(
    portal: Portal, wish: dict[str, Any]
) -> None:
    claims = {"id_token": {"acr": {"essential": True, **wish}}}
    answer = portal.ask(portal.request(claims=json.dumps(claims)))
    tells_portal(answer, "unmet_authentication_requirements")
    claims["id_token"]["acr"]["essential"] = False
    goes_on(portal.ask(portal.request(claims=json.dumps(claims))))


def test_a_login_hint_reaches_the_makelaar(portal: Portal) -> None:
    assert asked_of_makelaar(portal, login_hint="jan@voorbeeld.example")["login_hint"] == (
        "jan@voorbeeld.example"
    )


@pytest.mark.parametrize(
    ("wish", "heading"),
    [("en", "How do you want to log in?"), ("fr en-GB nl", None), ("nl", "Hoe wilt u inloggen?")],
)
def test_the_language_is_the_one_the_portal_asks(
    portal: Portal, wish: str, heading: str | None
) -> None:
    page = portal.world.browser("de").open(portal.url(ui_locales=wish))
    assert page.tree.get("lang") == ("nl" if wish == "nl" else "en")
    if wish == "nl":
        assert page.heading == heading


def test_consent_is_asked_when_the_portal_wants_it(portal: Portal) -> None:
    page = portal.at_makelaar(prompt="consent").press("person", "jan")
    assert page.heading == "Deze gegevens geven wij door"


def test_a_makelaar_that_was_remembered_is_asked_again_when_the_portal_wants_it(
    portal: Portal,
) -> None:
    browser = portal.world.browser()
    browser.open(portal.url())
    browser.press("method", "makelaar")
    browser.fill("remember", "yes")
    browser.click("Zekerweg")
    browser.press("person", "jan")
    assert browser.open(portal.url()).heading == "Log in bij Zekerweg"
    for prompt in ("login", "select_account"):
        assert browser.open(portal.url(prompt=prompt)).heading == "Hoe wilt u inloggen?"


def test_O_26_a_hint_names_the_user_who_must_log_in(portal: Portal) -> None:
    hint = portal.tokens(portal.code("jan"))["id_token"]
    assert "code" in portal.log_in("jan", id_token_hint=hint)
    heard = portal.log_in("mo", id_token_hint=hint)
    assert (heard["error"], heard["state"]) == ("login_required", STATE)
    assert payload(hint)["nonce"] == NONCE


def test_O_26_a_hint_of_another_client_is_refused(portal: Portal) -> None:
    foreign = Portal(portal.world, "elsewhere", f"http://{OTHER_HOST}/callback")
    hint = foreign.tokens(foreign.code("jan"))["id_token"]
    tells_portal(portal.ask(portal.request(id_token_hint=hint)), "login_required")


def test_O_26_a_hint_that_we_did_not_sign_is_refused(portal: Portal) -> None:
    hint = portal.tokens(portal.code("jan"))["id_token"]
    head, body, signature = hint.split(".")
    claims = payload(hint)
    unsigned = "eyJhbGciOiJub25lIn0." + body + "."
    foreign = jwt.encode({"alg": "RS256", "kid": "portal-1"}, claims, portal_key())
    access = portal.tokens(portal.code("jan"))["access_token"]
    for spoilt in (unsigned, foreign, f"{head}.{body}.{signature[::-1]}", "x", "a.b.c", access):
        for prompt in (None, "none"):
            answer = portal.ask(portal.request(id_token_hint=spoilt, prompt=prompt))
            tells_portal(answer, "login_required")


def test_O_26_a_hint_that_is_over_still_names_the_user(portal: Portal) -> None:
    hint = portal.tokens(portal.code("jan"))["id_token"]
    portal.world.clock.advance(3600)
    goes_on(portal.ask(portal.request(id_token_hint=hint)))
    tells_portal(portal.ask(portal.request(id_token_hint=hint, prompt="none")), "login_required")
