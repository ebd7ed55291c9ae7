"""What a portal asks of single claims, by ``claims`` and by the scopes that RP libraries ask."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from sandbox.portal.clients import BODEM, GRONDWATER
from tests.broker.answers import goes_on, tells_portal
from tests.broker.portal import Portal, payload, scope_of
from tests.world import World

LOW, SUBSTANTIAL, HIGH = (f"http://eidas.europa.eu/LoA/{n}" for n in ("low", "substantial", "high"))


def asked(place: str, **claims: Any) -> str:
    return json.dumps({place: claims})


def got(portal: Portal, person: str = "jan", **changes: str | None) -> tuple[Any, Any, str]:
    """ID token, UserInfo and the scopes that were granted."""
    tokens = portal.tokens(portal.code(person, **changes))
    said = portal.userinfo(tokens["access_token"])
    assert said.status == 200
    assert payload(tokens["access_token"])["scope"] == tokens["scope"]
    return portal.claims(tokens["id_token"]), said.json(), tokens["scope"]


def test_O_26_a_sub_in_claims_is_the_user_who_must_log_in(portal: Portal) -> None:
    jan, mo = (got(portal, person)[0]["sub"] for person in ("jan", "mo"))
    for place in ("id_token", "userinfo"):
        mine = asked(place, sub={"value": jan})
        assert "code" in portal.log_in("jan", claims=mine)
        assert portal.log_in("mo", claims=mine)["error"] == "login_required"
    assert "code" in portal.log_in("mo", claims=asked("id_token", sub={"values": [jan, mo]}))
    other = asked("id_token", sub={"value": "somebody else"})
    tells_portal(portal.ask(portal.request(claims=other)), "login_required")


def test_O_26_without_pages_the_session_must_be_of_that_user(portal: Portal) -> None:
    jan = got(portal)[0]["sub"]
    for sub in (jan, "0" * len(jan)):
        asked_for = asked("id_token", sub={"value": sub})
        answer = portal.ask(portal.request(claims=asked_for, prompt="none"))
        tells_portal(answer, "login_required")


def test_O_26_a_session_answers_for_the_user_who_is_asked_and_for_nobody_else(
    world: World, portal: Portal
) -> None:
    plain = {"mandate": "none", "consent": "none"}
    document = world.runtime.configuration.services[GRONDWATER.uuid].model_dump(mode="json")
    world.apply(yaml.safe_dump({"kind": "Service", **document, **plain}))
    browser = world.browser()
    there = portal.log_in(browser=browser, scope=scope_of(BODEM))
    jan = portal.claims(portal.tokens(there["code"])["id_token"])["sub"]
    for sub, key in ((jan, "code"), ("0" * len(jan), "error")):
        for prompt in ("none", None):
            wanted = asked("id_token", sub={"value": sub})
            url = portal.url(scope=scope_of(GRONDWATER), claims=wanted, prompt=prompt)
            assert key in portal.heard(browser.open(url))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([LOW], LOW),
        ([SUBSTANTIAL], SUBSTANTIAL),
        ([LOW, HIGH], LOW),
        (["urn:unknown", "EH2"], "EH2"),
        (["urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract", LOW], None),
    ],
)
def test_O_25_an_essential_acr_is_answered_with_a_value_that_was_asked(
    portal: Portal, values: list[str], said: str | None
) -> None:
    claims = asked("id_token", acr={"essential": True, "values": values})
    token, _, _ = got(portal, claims=claims)
    assert token["acr"] == (said or values[0])
    assert token["loa"] == "urn:etoegang:core:assurance-class:loa3"  # what was reached


def test_O_25_a_voluntary_acr_is_answered_with_what_was_reached(portal: Portal) -> None:
    token, _, _ = got(portal, claims=asked("id_token", acr={"values": [LOW]}))
    assert token["acr"] == SUBSTANTIAL


@pytest.mark.parametrize(
    ("changes", "in_token", "in_userinfo", "granted"),
    [
        ({}, set(), {"name", "email"}, "openid"),
        ({"scope": "openid profile email"}, set(), {"name", "email"}, "openid profile email"),
        ({"scope": "openid email"}, set(), {"email"}, "openid email"),
        ({"scope": "openid profile address phone"}, set(), {"name"}, "openid profile"),
        ({"claims": asked("userinfo", email=None)}, set(), {"email"}, "openid"),
        ({"claims": asked("id_token", email={"essential": True})}, {"email"}, {"email"}, "openid"),
        (
            {"scope": "openid profile", "claims": asked("id_token", email=None)},
            {"email"},
            {"name", "email"},
            "openid profile",
        ),
    ],
)
def test_who_it_is_goes_where_it_is_asked_and_no_further(
    portal: Portal, changes: Any, in_token: set[str], in_userinfo: set[str], granted: str
) -> None:
    scopes = f"{changes.pop('scope', 'openid')} urn:uuid:{BODEM.uuid}"
    token, said, scope = got(portal, scope=scopes, **changes)
    assert {"name", "email"} & token.keys() == in_token
    assert {"name", "email"} & said.keys() == in_userinfo
    assert {"idp", "assurance", "represents"} <= token.keys() & said.keys()
    assert scope.split() == ["openid", f"urn:uuid:{BODEM.uuid}", *granted.split()[1:]]


def test_mozilla_django_oidc_finds_its_user_by_the_address_in_userinfo(portal: Portal) -> None:
    """It asks ``openid email``, reads UserInfo, and compares its ``sub`` with the ID token's."""
    token, said, _ = got(portal, scope=f"openid email urn:uuid:{BODEM.uuid}")
    assert said["email"] == "jan@voorbeeld.example"
    assert said["sub"] == token["sub"]


def test_django_allauth_finds_name_and_address_by_its_default_scopes(portal: Portal) -> None:
    """It asks ``openid profile email`` and reads both from UserInfo."""
    _, said, granted = got(portal, scope=f"openid profile email urn:uuid:{BODEM.uuid}")
    assert (said["name"], said["email"]) == ("Jan de Vries", "jan@voorbeeld.example")
    assert {"profile", "email"} <= set(granted.split())


def test_a_scope_whose_claim_cannot_leave_is_not_granted(portal: Portal) -> None:
    """The service of this client by default shows no page, so nobody is named there."""
    token, said, scope = got(portal, scope="openid profile email")
    assert scope == "openid"
    assert not {"name", "email"} & {*token, *said}


def test_the_page_shows_what_is_asked_and_no_more(portal: Portal) -> None:
    for scope, names in (("email", 1), ("profile", 2)):  # the page says who is logged in
        browser = portal.at_makelaar(scope=f"{scope_of(BODEM)} {scope}")
        page = browser.press("person", "jan")
        assert page.heading == "Deze gegevens geven wij door"
        assert ("jan@voorbeeld.example" in page.text) is (scope == "email")
        assert page.text.count("Jan de Vries") == names


def test_userinfo_tells_of_the_login_what_is_asked_there(portal: Portal) -> None:
    claims = asked("userinfo", acr=None, auth_time={"essential": True})
    token, said, _ = got(portal, claims=claims)
    assert (said["acr"], said["auth_time"]) == (token["acr"], token["auth_time"])
    assert "amr" not in said


def test_a_registration_can_put_the_name_in_the_id_token(world: World, portal: Portal) -> None:
    document = world.runtime.configuration.oidc_clients["by-basic"].model_dump(mode="json")
    again = {"kind": "Client", **document, "client_id": "named", "id_token_claims": ["name"]}
    world.apply(yaml.safe_dump(again))
    token, said, _ = got(Portal(world, "named"), scope=scope_of(BODEM))
    assert token["name"] == said["name"] == "Jan de Vries"
    assert "email" not in token


@pytest.mark.parametrize(
    "claims",
    [
        '{"id_token":{"sub":{"value":"a"},"sub":{"value":"b"}}}',
        '{"id_token":{"sub":{"value":7}}}',
        '{"id_token":{"acr":{"essential":true,"values":[]}}}',
        '{"id_token":[{"acr":{"essential":true}}]}',
        r'{"id_token":{"sub":{"value":"\ud800"}}}',  # half a character
        "[]",
    ],
)
def test_claims_that_are_not_understood_are_no_request_for_anything(
    portal: Portal, claims: str
) -> None:
    tells_portal(portal.ask(portal.request(claims=claims)), "invalid_request")
    goes_on(portal.ask(portal.request(claims="{}")))
