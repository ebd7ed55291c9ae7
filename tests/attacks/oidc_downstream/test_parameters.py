"""What a portal, or somebody who says to be one, sends to the authorization endpoint."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest

from sandbox.portal.clients import BODEM, SUBSIDIE
from tests.broker.answers import goes_on, shows_page, tells_portal
from tests.broker.clients import HOST
from tests.broker.portal import (
    CHALLENGE,
    FORM,
    ISSUER,
    STATE,
    VERIFIER,
    Portal,
    query_of,
    scope_of,
)

KNOWN = (
    *("client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce"),
    *("code_challenge", "code_challenge_method", "prompt", "max_age", "acr_values", "claims"),
    *("ui_locales", "login_hint", "idp_hint", "request", "request_uri", "registration"),
    "id_token_hint",
)
SAMPLE = {"max_age": "60", "prompt": "login", "claims": "{}", "response_mode": "query"}


@pytest.mark.parametrize("place", ["query", "body", "both"])
@pytest.mark.parametrize("name", KNOWN)
def test_O_05_a_parameter_comes_once(portal: Portal, name: str, place: str) -> None:
    good = portal.request()
    value = good.get(name) or SAMPLE.get(name, "x")
    pairs = [*good.items(), *([] if name in good else [(name, value)])]
    if place == "both":
        body = urlencode(pairs)
        url = f"{ISSUER}/authorize?{urlencode({name: value})}"
        answer = portal.world.wire.request("POST", url, body, FORM)
    else:
        answer = portal.ask([*pairs, (name, value)], "GET" if place == "query" else "POST")
    if name in ("client_id", "redirect_uri"):
        shows_page(answer, "SLS-4003")
    else:
        tells_portal(answer, "invalid_request", None if name == "state" else STATE)


def test_too_many_parameters_are_refused(portal: Portal) -> None:
    good = list(portal.request().items())
    goes_on(portal.ask([*good, *((f"x{n}", "1") for n in range(50))], "POST"))
    shows_page(portal.ask([*good, *((f"x{n}", "1") for n in range(500))], "POST"), "SLS-4003")


@pytest.mark.parametrize("path", ["token", "par"])
@pytest.mark.parametrize(
    "more", [[(f"x{n}", "1") for n in range(101)], [("client_id", "x" * 8193)]], ids=["101", "long"]
)
def test_programs_are_told_so_too(portal: Portal, path: str, more: list[tuple[str, str]]) -> None:
    _, headers = portal.proof()
    answer = portal.world.wire.request(
        "POST", f"{ISSUER}/{path}", urlencode(more), {**FORM, **headers}
    )
    assert (answer.status, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"code_challenge": None}, "invalid_request", id="O-06 method alone"),
        pytest.param(
            {"code_challenge": None, "code_challenge_method": None},
            "invalid_request",
            id="O-06 missing",
        ),
        pytest.param({"code_challenge_method": "plain"}, "invalid_request", id="O-06 plain"),
        pytest.param({"code_challenge_method": None}, "invalid_request", id="O-06 no method"),
        pytest.param({"code_challenge_method": "s256"}, "invalid_request", id="O-06 lower case"),
        pytest.param({"code_challenge": CHALLENGE[:-1]}, "invalid_request", id="O-06 42"),
        pytest.param({"code_challenge": CHALLENGE + "a"}, "invalid_request", id="O-06 44"),
        pytest.param({"code_challenge": CHALLENGE[:-1] + "="}, "invalid_request", id="O-06 padded"),
        pytest.param({"code_challenge": CHALLENGE[:-1] + "\n"}, "invalid_request", id="O-06 line"),
        pytest.param({"code_challenge": CHALLENGE[:-1] + "é"}, "invalid_request", id="O-06 é"),
        pytest.param(
            {"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported", id="O-16 object"
        ),
        pytest.param(
            {"request_uri": "https://elders.example/r"}, "request_uri_not_supported", id="O-17 url"
        ),
        pytest.param(
            {"request_uri": "urn:ietf:params:oauth:request-uri:x"},
            "request_uri_not_supported",
            id="O-17 urn",
        ),
        pytest.param({"registration": "{}"}, "registration_not_supported", id="O-42 registration"),
        pytest.param({"scope": None}, "invalid_scope", id="O-20 no scope"),
        pytest.param({"scope": "profile email"}, "invalid_scope", id="O-20 without openid"),
        pytest.param({"scope": "OPENID"}, "invalid_scope", id="O-20 in capitals"),
        pytest.param({"scope": scope_of(SUBSIDIE)}, "invalid_scope", id="O-20 another's service"),
        pytest.param({"scope": "openid urn:uuid:x"}, "invalid_scope", id="O-20 unknown service"),
        pytest.param(
            {"scope": f"{scope_of(BODEM)} urn:uuid:867e12fc-c1de-4b3d-99dd-0c55a35b3a2e"},
            "invalid_scope",
            id="O-20 two services",
        ),
        pytest.param(
            {"client_id": "without-default"}, "invalid_scope", id="O-20 which of the services"
        ),
        pytest.param({"prompt": "none login"}, "invalid_request", id="O-22 none and login"),
        pytest.param({"prompt": "none none consent"}, "invalid_request", id="O-22 and consent"),
        pytest.param({"prompt": "create"}, "invalid_request", id="O-22 unknown"),
        pytest.param({"prompt": "NONE"}, "invalid_request", id="O-22 in capitals"),
        pytest.param({"max_age": "-1"}, "invalid_request", id="O-24 negative"),
        pytest.param({"max_age": "NaN"}, "invalid_request", id="O-24 no number"),
        pytest.param({"max_age": "1.5"}, "invalid_request", id="O-24 no whole number"),
        pytest.param({"max_age": "9" * 30}, "invalid_request", id="O-24 huge"),
        pytest.param({"max_age": "٣"}, "invalid_request", id="O-24 other digits"),
        pytest.param({"max_age": "1 "}, "invalid_request", id="O-24 a space"),
        pytest.param({"response_type": None}, "invalid_request", id="O-27 missing"),
        pytest.param({"response_type": "token"}, "unsupported_response_type", id="O-27 token"),
        pytest.param(
            {"response_type": "id_token"}, "unsupported_response_type", id="O-27 id_token"
        ),
        pytest.param(
            {"response_type": "code id_token"}, "unsupported_response_type", id="O-27 hybrid"
        ),
        pytest.param({"response_type": "none"}, "unsupported_response_type", id="O-27 none"),
        pytest.param({"response_mode": "fragment"}, "invalid_request", id="O-28 fragment"),
        pytest.param({"response_mode": "form_post.jwt"}, "invalid_request", id="O-28 form jwt"),
        pytest.param({"response_mode": "web_message"}, "invalid_request", id="O-28 message"),
        pytest.param({"response_mode": "query.jwt"}, "invalid_request", id="O-28 jwt"),
        pytest.param({"claims": "{"}, "invalid_request", id="claims that are no JSON"),
        pytest.param({"claims": "[" * 8000}, "invalid_request", id="claims that are too deep"),
        pytest.param(
            {"claims": '{"id_token":{"acr":{"values":7}}}'}, "invalid_request", id="acr no list"
        ),
        pytest.param({"nonce": "n" * 9000}, "invalid_request", id="O-29 a nonce that is too long"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_that_is_wrong_is_told_to_the_portal(
    portal: Portal, changes: dict[str, str | None], error: str, method: str
) -> None:
    portal.world.process.outgoing.calls.clear()  # type: ignore[attr-defined]
    description = tells_portal(portal.ask(portal.request(**changes), method), error)
    assert description.isascii()
    assert portal.world.process.outgoing.calls == []  # type: ignore[attr-defined]


def test_a_state_that_is_too_long_is_not_repeated(portal: Portal) -> None:
    tells_portal(portal.ask(portal.request(state="s" * 9000)), "invalid_request", None)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="as it is"),
        pytest.param({"unknown": "<script>", "display": "popup"}, id="O-29 unknown parameters"),
        pytest.param({"ui_locales": "xx--;; \x00 ../.. nl"}, id="O-29 languages that are none"),
        pytest.param({"state": None, "nonce": None}, id="without state and nonce"),
        pytest.param({"scope": "openid profile offline_access"}, id="O-20 unknown scopes"),
        pytest.param({"client_id": "without-default", "scope": scope_of(BODEM)}, id="a service"),
        pytest.param({"max_age": "0"}, id="O-24 nothing is fresh enough"),
        pytest.param({"max_age": "1000000000"}, id="O-24 a long time"),
        pytest.param({"prompt": "login consent select_account"}, id="O-22 all together"),
        pytest.param({"prompt": ""}, id="an empty value counts as absent"),
        pytest.param({"response_mode": "query"}, id="O-28 query"),
        pytest.param({"response_mode": "form_post"}, id="O-28 form_post, as ASP.NET Core sends"),
        pytest.param({"acr_values": "urn:unknown 7"}, id="O-25 levels that are not known"),
        pytest.param({"claims": "null"}, id="claims that ask nothing"),
        pytest.param({"claims": '{"id_token":{"acr":null}}'}, id="acr without value"),
        pytest.param({"claims": '{"userinfo":{"x":{"essential":true}}}'}, id="an unknown claim"),
        pytest.param({"login_hint": "<b>jan</b>\r\n"}, id="a hint with HTML"),
        pytest.param({"idp_hint": "../../etc"}, id="a makelaar that is not known"),
    ],
)
def test_a_request_that_is_in_order_goes_on(
    portal: Portal, changes: dict[str, str | None], method: str
) -> None:
    goes_on(portal.ask(portal.request(**changes), method))


def test_a_verifier_is_not_a_challenge(portal: Portal) -> None:
    """The verifier in the front channel is a mistake of the portal that must not go by."""
    tells_portal(portal.ask(portal.request(code_challenge=VERIFIER)), "invalid_request")


HOSTILE_STATE = '"><script>alert(1)</script>\r\nSet-Cookie: a=b&iss=x %00+é'


def test_O_29_state_comes_back_exactly(portal: Portal) -> None:
    for state in (HOSTILE_STATE, "s" * 5000, "0", " ", "&error=x", "a=b;c#d"):
        answer = portal.ask(portal.request(state=state, scope="none"))
        tells_portal(answer, "invalid_scope", state)
        assert "\n" not in (answer.header("Location") or "")


def test_O_29_state_and_nonce_come_back_after_a_login(portal: Portal) -> None:
    nonce = "<script>\r\n" + "n" * 5000
    heard = portal.log_in(state=HOSTILE_STATE, nonce=nonce)
    assert heard.keys() == {"code", "state", "iss"}
    assert heard["state"] == HOSTILE_STATE
    assert portal.claims(portal.tokens(heard["code"])["id_token"])["nonce"] == nonce


def test_O_29_nothing_of_the_request_is_on_a_page_unescaped(portal: Portal) -> None:
    evil = "<img src=x onerror=alert(1)>"
    browser = portal.world.browser()
    for place in ("state", "nonce", "login_hint", "ui_locales", "idp_hint", "client_id"):
        page = browser.open(portal.url(**{place: evil}))
        assert evil.encode() not in page.answer.body, place


def test_a_request_by_post_is_the_same_as_by_get(portal: Portal) -> None:
    browser = portal.world.browser()
    browser.open(f"http://{HOST}/")
    page = browser.post(f"{ISSUER}/authorize", list(portal.request().items()))
    assert page.heading == "Hoe wilt u inloggen?"


def test_a_request_without_state_is_answered_without_state(portal: Portal) -> None:
    assert portal.log_in(state=None, nonce=None).keys() == {"code", "iss"}
    tells_portal(portal.ask(portal.request(state=None, scope="x")), "invalid_scope", None)


def test_O_43_every_answer_names_the_issuer(portal: Portal) -> None:
    """Success, a refusal before the login, without pages, and after the user stopped."""
    browser = portal.at_makelaar()
    answers = [
        portal.log_in(),
        query_of(portal.ask(portal.request(scope="x")).header("Location") or ""),
        query_of(portal.ask(portal.request(prompt="none")).header("Location") or ""),
        portal.heard(browser.press("action", "cancel")),
    ]
    assert [("code" in heard, heard["iss"]) for heard in answers] == [
        (True, ISSUER),
        (False, ISSUER),
        (False, ISSUER),
        (False, ISSUER),
    ]
    documents = [
        portal.world.wire.request("GET", f"{ISSUER}/.well-known/{name}").json()
        for name in ("openid-configuration", "oauth-authorization-server")
    ]
    assert documents[0] == documents[1]
    assert documents[0]["authorization_response_iss_parameter_supported"] is True
    assert documents[0]["issuer"] == ISSUER


def test_O_42_nobody_registers_from_outside(portal: Portal) -> None:
    document = portal.world.wire.request("GET", f"{ISSUER}/.well-known/openid-configuration").json()
    assert "registration_endpoint" not in document
    body, headers = json.dumps({"redirect_uris": ["https://a.example"]}), {"Content-Type": "json"}
    for path in ("/register", "/connect/register", "/clients", "/reg"):
        answer = portal.world.wire.request("POST", ISSUER + path, body, headers)
        assert answer.status == 404, path


def test_O_30_the_authorization_page_is_in_no_frame(portal: Portal) -> None:
    page = portal.world.browser().open(portal.url())
    policy = page.answer.header("Content-Security-Policy") or ""
    assert "frame-ancestors 'none'" in policy
    assert page.answer.header("X-Frame-Options") == "DENY"
