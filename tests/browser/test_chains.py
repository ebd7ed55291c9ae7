"""A form of ours may lead over many origins in a real Chromium: to a makelaar that is a broker
itself, to a portal behind a gateway. Nothing on the way is blocked, with and without JavaScript.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from sandbox import prepare
from sandbox.portal import order
from sandbox.portal.clients import BODEM, BODEMKAART, IDEEEN, LOZING, PortalService
from tests.browser.visitor import Visitor, visiting
from tests.running_demo import RunningDemo

pytestmark = pytest.mark.browser

CHALLENGE: Final = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636, appendix B
AGREE: Final = "button[name=agree][value=yes]"
EIDAS_LOW: Final = "http://eidas.europa.eu/LoA/low"


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def visitor(
    running: RunningDemo, chromium: Browser, request: pytest.FixtureRequest
) -> Iterator[Visitor]:
    with visiting(running, chromium, javascript=request.param) as found:
        yield found
        assert found.complaints == []


def ask(visitor: Visitor, service: PortalService, **more: str) -> None:
    """A portal behind the gateway asks for a login."""
    at = visitor.running.addresses
    query = {
        "client_id": "keten",
        "redirect_uri": f"{at.gateway}/callback/keten",
        "response_type": "code",
        "scope": f"openid urn:uuid:{service.uuid}",
        "state": "a-state-of-the-portal",
        "nonce": "a-nonce-of-the-portal",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **more,
    }
    visitor.page.goto(f"{at.broker}/authorize?{urlencode(query)}")
    visitor.look()


def heard(visitor: Visitor) -> str:
    """What the application behind the gateway was told: the query of the address where it is.
    Questions on the way are answered as they come.
    """
    while visitor.is_at_broker:
        question = visitor.page.locator(f"button[name=choice], {AGREE}").first
        if not question.count():
            break
        with visitor.page.expect_navigation():
            question.click()
        visitor.look()
    asked = urlsplit(visitor.page.url)
    assert asked.path == "/callback/keten", visitor.heading
    assert f"{asked.scheme}://{asked.netloc}" == visitor.running.addresses.portal
    return asked.query


def _list(visitor: Visitor) -> None:
    """The list of makelaars leads to a broker, which sends the browser on."""
    ask(visitor, BODEMKAART)
    visitor.choose("schakelpunt")
    visitor.log_in_as("jan")


def _posted(visitor: Visitor) -> None:
    """A request by SAML POST, to a broker that sends the browser on."""
    ask(visitor, BODEMKAART)
    visitor.choose("overstap")
    visitor.log_in_as("hanna")


def _consent(visitor: Visitor) -> None:
    ask(visitor, BODEM)
    visitor.choose("polderpoort")
    visitor.log_in_as("jan")
    visitor.wait_for(AGREE)


def _factor(visitor: Visitor) -> None:
    ask(visitor, BODEMKAART, acr_values=EIDAS_LOW)
    visitor.choose("brugwacht")
    visitor.log_in_as("roos")
    visitor.wait_for("#code")
    visitor.give_code(visitor.running.code_of("roos"))


def _password(visitor: Visitor) -> None:
    ask(visitor, IDEEEN)
    visitor.press("method", "account")
    visitor.page.fill("input[name=name]", "daan.kuipers")
    visitor.page.fill("input[name=password]", prepare.password(visitor.running.demo, "daan"))
    visitor.click("form:has(input[name=password]) button[class*=primary]")


def _document(visitor: Visitor) -> None:
    asked = json.dumps(order.details(visitor.running.addresses.gateway or ""))
    ask(visitor, LOZING, authorization_details=asked)
    visitor.choose("brugwacht")
    visitor.log_in_as("roos")
    visitor.give_code(visitor.running.code_of("roos"))
    if visitor.page.locator(AGREE).count():
        visitor.press("agree", "yes")
    visitor.wait_for("#agree")
    visitor.page.check("#agree")
    visitor.click("form:has(#remark) .utrecht-action-group button")
    visitor.wait_for("#code")
    visitor.running.forget_codes()
    visitor.give_code(visitor.running.code_of("roos"))


def _mandate(visitor: Visitor) -> None:
    ask(visitor, BODEMKAART)
    visitor.choose("zekerweg")
    visitor.log_in_as("mo")
    visitor.wait_for("button[name=choice]")


FORMS: Final[dict[str, Callable[[Visitor], None]]] = {
    "list of makelaars": _list,
    "SAML POST": _posted,
    "consent": _consent,
    "second factor": _factor,
    "password": _password,
    "document": _document,
    "mandate": _mandate,
}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_leads_over_every_origin_to_the_application(visitor: Visitor, name: str) -> None:
    FORMS[name](visitor)
    assert "code=" in heard(visitor)


def test_who_cancels_comes_back_through_the_gateway(visitor: Visitor) -> None:
    ask(visitor, BODEM)
    visitor.click("form[action$='/cancel'] button")
    assert "error=access_denied" in heard(visitor)


def test_who_declines_comes_back_through_the_gateway(visitor: Visitor) -> None:
    ask(visitor, BODEM)
    visitor.choose("schakelpunt")
    visitor.log_in_as("jan")
    visitor.wait_for(AGREE)
    visitor.press("agree", "no")
    assert "error=access_denied" in heard(visitor)


def test_another_makelaar_is_chosen_that_is_a_broker(visitor: Visitor) -> None:
    ask(visitor, BODEM)
    visitor.choose("polderpoort")
    visitor.log_in_as("jan")
    visitor.wait_for(AGREE)
    visitor.click("form[action$='/change-provider'] button")
    visitor.choose("schakelpunt")
    visitor.log_in_as("jan")
    assert "code=" in heard(visitor)


def test_who_logs_out_comes_back_through_the_gateway(visitor: Visitor) -> None:
    _list(visitor)
    heard(visitor)
    at = visitor.running.addresses
    asked = {"client_id": "keten", "post_logout_redirect_uri": f"{at.gateway}/"}
    visitor.go(f"/logout?{urlencode(asked)}")
    visitor.click("form[action$='/uitloggen'] button")
    visitor.page.wait_for_url(f"{at.portal}/")


@pytest.mark.parametrize(
    ("makelaar", "person"), [("schakelpunt", "jan"), ("overstap", "hanna")], ids=["oidc", "saml"]
)
def test_the_demo_logs_in_at_a_broker_for_a_portal_behind_a_gateway(
    visitor: Visitor, makelaar: str, person: str
) -> None:
    visitor.page.goto(f"{visitor.running.addresses.portal}/")
    visitor.click("a:text-is('Archief raadplegen')")
    visitor.choose(makelaar)
    visitor.log_in_as(person)
    visitor.wait_for(AGREE)
    visitor.press("agree", "yes")
    visitor.wait_for("table")
    assert visitor.is_in, visitor.heading


def test_the_back_button_leads_past_the_page_that_went_on(visitor: Visitor) -> None:
    _consent(visitor)
    heard(visitor)
    visitor.page.go_back()
    visitor.look()
    assert visitor.heading == "U bent al klaar met inloggen"
    visitor.page.go_back()
    visitor.look()
    assert "U gaat naar" not in visitor.heading


def test_the_page_that_goes_on_has_a_way_for_who_stays_on_it(
    running: RunningDemo, chromium: Browser
) -> None:
    """A browser that is told not to follow pages by itself."""
    with visiting(running, chromium, is_checked=True) as visitor:
        ask(visitor, BODEM)

        def stays(route):  # type: ignore[no-untyped-def]
            answer = route.fetch(max_redirects=0)
            body = answer.text().replace('http-equiv="refresh"', 'name="was-refresh"')
            route.fulfill(response=answer, body=body)

        visitor.page.route("**/cancel", stays)
        visitor.click("form[action$='/cancel'] button")
        expect(visitor.page.locator("h1")).to_have_text("U gaat naar Portaal achter een gateway")
        assert visitor.checked == 2
        visitor.click("main a[class*=primary]")
        assert "error=access_denied" in heard(visitor)
        assert visitor.complaints == []
