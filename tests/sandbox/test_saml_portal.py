"""The sample portal that speaks SAML: what it shows of a login, and what it refuses."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

import pytest
from lxml import etree

from sandbox import prepare
from sandbox.browser import Browser
from sandbox.makelaar.saml_request import NAMES
from sandbox.portal.clients import BODEMKAART, GRONDWATER
from sandbox.saml_portal import logout
from sandbox.saml_portal.pages import read_broker
from sandbox.saml_portal.party import HOME, SERVICES
from sandbox.saml_portal.request import Asked
from sandbox.saml_portal.response import Broker, Received, ResponseWrong, receive
from sandbox.wire import Answer, Wire
from tests.portal_page import checks_on
from tests.world import ADDRESSES, World

IN = "U bent ingelogd"


@pytest.mark.parametrize("service", ["Grondwateronttrekking", "Bodemkaart inzien"])
def test_somebody_logs_in_by_form_and_by_redirect(world: World, service: str) -> None:
    walk = world.walk(service, "Polderpoort", "jan", front=HOME, on_behalf_of="Korenmolen")
    page = walk.run()
    assert page.heading == IN, page.text
    assert page.url.startswith(f"{ADDRESSES.portal}{HOME}done/")
    shown = checks_on(page)
    assert shown["Handtekeningen van antwoord en assertion kloppen"] == "RSA-SHA256"
    assert shown["Het niveau is hoog genoeg"].startswith("EH")
    assert shown["Het gaat over deze dienst"] == service
    company = shown["Namens wie staat erin"]
    assert company.endswith("(KvK 9000 1201)") and "Korenmolen" in company
    summary = [one.text_content() for one in page.tree.findall(".//dd")]
    assert summary[0] in ("Jan de Vries", "iemand zonder naam")
    assert "(KvK 9000 1201)" in summary[1] and summary[2].startswith("EH")


def test_english_on_every_page(world: World) -> None:
    browser = Browser("en", wire=world.wire)
    page = browser.open(f"{ADDRESSES.portal}{HOME}")
    assert page.heading == "Where do you want to log in?"
    assert page.tree.getroottree().getroot().get("lang") == "en"
    assert browser.click("Nederlands").heading == "Waar wilt u inloggen?"
    assert browser.open(f"{ADDRESSES.portal}{HOME}").heading == "Waar wilt u inloggen?"


def test_one_sign_on_between_portals_of_both_protocols(world: World) -> None:
    first = world.walk("Meldportaal Bodem", "Polderpoort", "jan")
    assert first.run().heading == IN
    browser = first.browser
    again = world.walk("Grondwateronttrekking", "", "jan", front=HOME, browser=browser)
    page = again.run()
    assert page.heading == IN, page.text
    assert "Wie is uw makelaar?" not in again.pages


def test_who_stops_is_told_with_a_reference(world: World) -> None:
    walk = world.walk(
        "Grondwateronttrekking", "Polderpoort", "jan", front=HOME, cancel_at_makelaar=True
    )
    page = walk.run()
    assert page.heading == "U bent niet ingelogd"
    assert "AuthnFailed" in page.text and "reference" in page.text


def test_an_answer_is_shown_to_the_browser_that_asked_alone(world: World) -> None:
    walk = world.walk(
        "Bodemkaart inzien", "Polderpoort", "jan", front=HOME, on_behalf_of="Korenmolen"
    )
    page = walk.run()
    assert page.heading == IN
    other = world.browser().open(page.url)
    assert other.status == 400 and "Jan" not in other.text
    assert walk.browser.open(page.url).heading == IN
    assert walk.browser.click("Log uit").heading == "U bent hier uitgelogd"
    assert "Ook bij Sluis bent u uitgelogd" in walk.browser.page.text
    assert walk.browser.open(page.url).status == 400


def test_an_answer_that_was_not_asked_is_refused(world: World) -> None:
    fields = [("SAMLResponse", "PHg+"), ("RelayState", "nooit-gevraagd")]
    page = world.browser().post(f"{ADDRESSES.portal}{HOME}acs", fields)
    assert page.status == 400 and "Wij vroegen niet" in page.text


@dataclass
class Overheard:
    """The network, and the last form that went to the portal."""

    wire: Wire
    form: str = ""

    def request(
        self, method: str, url: str, body: str | None = None, headers: Mapping[str, str] = {}
    ) -> Answer:
        if url.endswith(f"{HOME}acs"):
            self.form = body or ""
        return self.wire.request(method, url, body, headers)


@pytest.fixture(scope="module")
def answer(world: World) -> tuple[str, Asked]:
    """A Response on its way to the portal, and what the portal remembered."""
    wire = Overheard(world.wire)
    walk = world.walk(
        BODEMKAART.name, "Polderpoort", "jan", front=HOME, on_behalf_of="Korenmolen",
        browser=Browser(wire=wire),
    )  # fmt: skip
    assert walk.run().heading == IN
    raw = dict(parse_qsl(wire.form))["SAMLResponse"]
    response = etree.fromstring(base64.b64decode(raw))
    return raw, Asked(str(response.get("InResponseTo")), BODEMKAART.uuid)


def received(world: World, raw: str, asked: Asked, **more: object) -> Received:
    service = next(one for one in SERVICES if one.uuid == asked.service)
    broker = read_broker(world.wire.request("GET", f"{ADDRESSES.broker}/saml/idp/metadata").body)
    party = prepare.saml_party(world.demo)
    return receive(raw, asked, service, more.get("party", party), more.get("broker", broker))  # type: ignore[arg-type]


def changed(raw: str, change: Callable[[etree._Element], None]) -> str:
    root = etree.fromstring(base64.b64decode(raw))
    change(root)
    return base64.b64encode(etree.tostring(root)).decode()


def _name(root: etree._Element) -> None:
    root.find(".//saml:NameID", NAMES).text = "somebody-else"


def _unsigned_assertion(root: etree._Element) -> None:
    assertion = root.find("saml:Assertion", NAMES)
    assertion.remove(assertion.find("{http://www.w3.org/2000/09/xmldsig#}Signature"))


def _status(root: etree._Element) -> None:
    root.find(".//samlp:StatusCode", NAMES).set("Value", "urn:x")


def test_what_was_asked_is_read(world: World, answer: tuple[str, Asked]) -> None:
    got = received(world, *answer)
    assert got.name_id and got.level.startswith("EH")


@pytest.mark.parametrize("change", [_name, _unsigned_assertion, _status])
def test_what_was_changed_on_the_way_is_refused(
    world: World, answer: tuple[str, Asked], change: Callable[[etree._Element], None]
) -> None:
    with pytest.raises(ResponseWrong, match="signature"):
        received(world, changed(answer[0], change), answer[1])


def test_what_is_for_another_question_portal_service_or_of_another_broker_is_refused(
    world: World, answer: tuple[str, Asked]
) -> None:
    raw, asked = answer
    party = prepare.saml_party(world.demo)
    with pytest.raises(ResponseWrong, match="request"):
        received(world, raw, replace(asked, request_id="_other"))
    with pytest.raises(ResponseWrong, match=r"level|service"):
        received(world, raw, replace(asked, service=GRONDWATER.uuid))
    with pytest.raises(ResponseWrong, match="destination"):
        received(world, raw, asked, party=replace(party, base_url="http://127.0.0.3:1"))
    broker = read_broker(world.wire.request("GET", f"{ADDRESSES.broker}/saml/idp/metadata").body)
    with pytest.raises(ResponseWrong, match="issuer"):
        received(world, raw, asked, broker=replace(broker, entity_id="urn:x"))
    with pytest.raises(ResponseWrong, match="signature"):
        received(world, raw, asked, broker=replace(broker, certificates=()))


# Logging out, asked here or elsewhere.


def in_at(world: World, browser: Browser | None = None) -> tuple[Browser, str]:
    """A browser that is in, and the page that says so."""
    walk = world.walk(
        GRONDWATER.name, "Polderpoort", "jan", front=HOME, browser=browser or world.browser()
    )
    page = walk.run()
    assert page.heading == IN, page.text
    return walk.browser, page.url


def test_who_logs_out_here_is_out_at_the_broker_and_at_other_portals(world: World) -> None:
    first = world.walk("Meldportaal Bodem", "Polderpoort", "jan")
    assert first.run().heading == IN
    browser, place = in_at(world, first.browser)
    page = browser.click("Log uit")
    while page.forms and page.url.startswith(ADDRESSES.broker):
        page = browser.click("Ga verder")
    assert page.heading == "U bent hier uitgelogd"
    assert page.url.startswith(f"{ADDRESSES.portal}{HOME}slo?")
    assert "overal waar u met deze login was" in page.text, page.text
    assert browser.open(place).status == 400
    again = world.walk(GRONDWATER.name, "Polderpoort", "jan", front=HOME, browser=browser)
    again.run()
    assert "Wie is uw makelaar?" in again.pages  # nothing is left to go on with


def test_who_logs_out_elsewhere_reads_here_that_it_came_through(world: World) -> None:
    browser, place = in_at(world)
    browser.open(f"{ADDRESSES.broker}/uitloggen")
    page = browser.click("Log overal uit")
    assert page.heading == "U bent uitgelogd", page.text
    assert "Log hier zelf nog uit" not in page.text
    assert any(
        url.startswith(f"{ADDRESSES.portal}{HOME}slo?SAMLRequest=") for url in browser.visited
    )
    page = browser.open(place)
    assert (page.status, page.heading) == (200, "U bent hier uitgelogd")
    assert "Sluis liet het ons weten" in page.text
    assert "Jan" not in page.text


def broker_of(world: World) -> Broker:
    return read_broker(world.wire.request("GET", f"{ADDRESSES.broker}/saml/idp/metadata").body)


@pytest.fixture(scope="module")
def told(world: World) -> bytes:
    """The query with which the broker told the portal of a logout."""
    browser, _ = in_at(world)
    browser.open(f"{ADDRESSES.broker}/uitloggen")
    browser.click("Log overal uit")
    (url,) = (one for one in browser.visited if "slo?SAMLRequest=" in one)
    return url.partition("?")[2].encode()


def test_what_the_broker_tells_is_read(world: World, told: bytes) -> None:
    asks = logout.read_request(told, prepare.saml_party(world.demo), broker_of(world))
    assert asks.name_id and len(asks.indexes) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda query: query.replace(b"RelayState=", b"RelayState=x"),
        lambda query: query.partition(b"&Signature=")[0],
        lambda query: query.replace(b"SAMLRequest=", b"SAMLResponse="),
        lambda query: b"SAMLRequest=eA%3D%3D&" + query,
    ],
)
def test_a_logout_that_the_broker_did_not_sign_so_is_refused(
    world: World, told: bytes, change: Callable[[bytes], bytes]
) -> None:
    party, there = prepare.saml_party(world.demo), broker_of(world)
    with pytest.raises(logout.LogoutWrong):
        logout.read_request(change(told), party, there)
    with pytest.raises(logout.LogoutWrong):
        logout.read_request(told, replace(party, base_url="http://127.0.0.3:1"), there)
    with pytest.raises(logout.LogoutWrong):
        logout.read_request(told, party, replace(there, certificates=()))
    page = world.browser().open(f"{ADDRESSES.portal}{HOME}slo?{change(told).decode()}")
    assert page.status == 400


def test_nobody_is_logged_out_of_the_session_of_another(world: World, told: bytes) -> None:
    """The same message again ends nothing: that session is over, and this one has another name."""
    browser, place = in_at(world)
    url = f"{ADDRESSES.portal}{HOME}slo?{told.decode()}"
    answer = world.wire.request("GET", url)
    assert answer.status == 303
    assert browser.open(place).heading == IN


def test_an_answer_to_a_logout_that_nobody_asked_is_refused(world: World) -> None:
    browser, _ = in_at(world)
    browser.click("Log uit")
    (url,) = (one for one in browser.visited if "slo?SAMLResponse=" in one)
    page = browser.open(url)
    assert page.status == 400 and "InResponseTo" in page.text
