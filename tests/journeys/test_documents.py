"""A portal asks somebody to agree to a document: what is shown is what it sent, the answer takes a
fresh code, and the portal, the user and the audit know what was answered.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pyotp
import pytest

from directory.dates import day_of
from sandbox.browser import Browser, Page
from sandbox.portal.clients import BODEM, LOZING, PortalService
from sandbox.prepare import recovery_codes, totp_secret
from state import audit
from state.audit import EventTag
from tests.attacks.test_passkeys import give_passkey
from tests.broker.clients import HOST
from tests.broker.portal import Portal, make_portal_world, scope_of, set_clock
from tests.journeys.at_mijn import fresh, options_of, send_assertion
from tests.portal_page import checks_on
from tests.world import ADDRESSES, World

ASKS = "Gaat u akkoord met dit document?"
APP = "Vul de code uit uw app in"
SMS = "Vul de code uit de sms in"
CONSENT = "Deze gegevens geven wij door"
DIGEST = "4f2a91c07bd35e18" + "0" * 48
DETAILS: dict[str, Any] = {
    "type": "urn:sluis:document",
    "title": "Opdracht bodemonderzoek Molenweg 8",
    "summary": "U geeft opdracht voor een bodemonderzoek.",
    "amount": {"value": "1284.50", "currency": "EUR"},
    "document": {
        "url": f"http://{HOST}/documents/8.pdf",
        "digest": f"sha-256:{DIGEST}",
        "media_type": "application/pdf",
        "size": 214_000,
    },
}


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = make_portal_world(tmp_path_factory.mktemp("world"))
    set_clock(world)
    return world


@pytest.fixture
def portal(world: World) -> Portal:
    return Portal(world, "by-documents")


def asked(portal: Portal, person: str, service: PortalService = LOZING, **details: Any) -> Browser:
    """This person before the document; at the makelaar that the demo gives them."""
    makelaar = "polderpoort" if person in ("jan", "noor") else "brugwacht"
    text = json.dumps([{**DETAILS, **details}])
    browser = portal.at_makelaar(
        makelaar, None, scope=scope_of(service), authorization_details=text
    )
    page = browser.press("person", person)
    if page.heading == APP:
        page = give_code(portal.world, browser, person)
    if page.heading == SMS:
        page = give(browser, sms_code(portal.world))
    if page.heading == CONSENT:
        page = browser.press("agree", "yes")
    assert page.heading == ASKS, page.text
    return browser


def give(browser: Browser, code: str) -> Page:
    assert browser.page is not None
    confirms = "Bevestig uw antwoord" in browser.page.text
    browser.fill("code", code)
    return browser.click("Verstuur mijn antwoord" if confirms else "Ga verder")


def give_code(world: World, browser: Browser, person: str) -> Page:
    fresh(world)
    return give(browser, pyotp.TOTP(totp_secret(world.demo, person)).at(world.clock()))


def sms(world: World) -> str:
    return str([m for m in world.deliver_mail() if m["channel"] == "sms"][-1]["text"])


def sms_code(world: World) -> str:
    return sms(world).rpartition("#")[2]


def decide(browser: Browser, decision: str = "agree", button: str = "Ga verder") -> Page:
    browser.fill("decision", decision)
    return browser.click(button)


def told(portal: Portal, page: Page) -> dict[str, Any]:
    """What the portal gets, in the ID token and beside it."""
    tokens = portal.tokens(portal.heard(page)["code"])
    (found,) = portal.claims(tokens["id_token"])["authorization_details"]
    assert tokens["authorization_details"] == [found]
    return dict(found)


def test_with_an_app_the_answer_is_confirmed_by_a_new_code(world: World, portal: Portal) -> None:
    browser = asked(portal, "roos")
    page = browser.page
    assert page is not None
    for word in (
        *("Opdracht bodemonderzoek Molenweg 8", "U geeft opdracht voor een bodemonderzoek."),
        *("€ 1.284,50", "4F2A 91C0 7BD3 5E18", "Open het document (pdf, 214 kB)"),
    ):
        assert word in page.text, word
    browser.fill("remark", "Graag voor 1 december.")
    page = decide(browser)
    assert page.heading == APP
    assert "Bevestig uw antwoord" in page.text and "€ 1.284,50" in page.text
    found = told(portal, give_code(world, browser, "roos"))
    answer = found.pop("answer")
    assert found == DETAILS
    assert answer.pop("time") == int(world.clock().timestamp())
    assert len(answer.pop("reference")) == 8
    assert answer == {"decision": "agreed", "remark": "Graag voor 1 december."}


def test_whoever_declines_says_so_with_a_code_as_well(world: World, portal: Portal) -> None:
    browser = asked(portal, "roos")
    assert "Ik ga niet akkoord" in decide(browser, "decline").text
    assert told(portal, give_code(world, browser, "roos"))["answer"]["decision"] == "declined"


def test_the_sms_says_what_its_code_is_for_and_the_code_of_the_login_does_not_do(
    world: World, portal: Portal
) -> None:
    browser = asked(portal, "yara")
    used = sms_code(world)
    world.clock.advance(31)
    assert decide(browser).heading == SMS
    text = sms(world)
    assert "akkoord te gaan met “Opdracht bodemonderzoek Molenweg 8, €\xa01.284,50”" in text
    code = text.rpartition("#")[2]
    if used != code:
        assert give(browser, used).status == 422
    assert told(portal, give(browser, code))["answer"]["decision"] == "agreed"


def test_a_code_that_was_used_to_log_in_confirms_nothing(world: World, portal: Portal) -> None:
    fresh(world)
    browser = asked(portal, "roos")
    decide(browser)
    code = pyotp.TOTP(totp_secret(world.demo, "roos")).at(world.clock())
    assert give(browser, code).status == 422
    world.clock.advance(30)
    code = pyotp.TOTP(totp_secret(world.demo, "roos")).at(world.clock())
    assert told(portal, give(browser, code))["answer"]["decision"] == "agreed"


def test_another_way_confirms_as_well(world: World, portal: Portal) -> None:
    browser = asked(portal, "yara")
    world.clock.advance(31)
    decide(browser)
    browser.click("Gebruik een herstelcode")
    page = give(browser, recovery_codes(world.demo, "yara")[0])
    assert told(portal, page)["answer"]["decision"] == "agreed"


def test_a_passkey_confirms_as_well(world: World, portal: Portal) -> None:
    browser = asked(portal, "roos")
    device = give_passkey(portal, "roos")
    assert decide(browser).heading == APP
    page = browser.click("Gebruik een passkey")
    page = send_assertion(browser, device.get(options_of(page)))
    assert told(portal, page)["answer"]["decision"] == "agreed"


def test_who_has_no_factor_here_confirms_by_the_login_that_was_made_for_it(
    world: World, portal: Portal
) -> None:
    browser = asked(portal, "jan", BODEM)
    assert browser.page is not None and "Dat telt als bevestiging" in browser.page.text
    found = told(portal, decide(browser, button="Verstuur mijn antwoord"))
    assert found["answer"]["decision"] == "agreed"
    with world.session() as session:
        (event,) = audit.recent(session, tags=(EventTag.DOCUMENT_ANSWERED,))
    assert (event.person_id, event.outcome) == ("jan", "agreed")
    assert event.details == {"digest": DIGEST, "confirmed_with": "makelaar", "deposit": False}


def test_an_earlier_login_never_answers_for_it(world: World, portal: Portal) -> None:
    """The makelaar is asked anew, also where a session would do."""
    browser = world.browser()
    portal.log_in("jan", "polderpoort", browser, scope=scope_of(BODEM))
    text = json.dumps([DETAILS])
    page = browser.open(
        portal.url(scope=scope_of(BODEM), authorization_details=text, idp_hint="polderpoort")
    )
    assert page.heading == "Log in bij Polderpoort"
    answer = portal.ask(
        portal.request(scope=scope_of(BODEM), authorization_details=text, prompt="none")
    )
    assert "error=login_required" in (answer.header("Location") or "")


def test_the_answer_can_be_changed_before_the_code(world: World, portal: Portal) -> None:
    browser = asked(portal, "roos")
    decide(browser, "decline")
    page = browser.press("change", "yes")
    assert page.heading == ASKS
    decide(browser)
    assert told(portal, give_code(world, browser, "roos"))["answer"]["decision"] == "agreed"


def test_whoever_decides_later_goes_back_without_an_answer(world: World, portal: Portal) -> None:
    browser = asked(portal, "roos")
    assert portal.heard(browser.press("later", "yes"))["error"] == "access_denied"
    with world.session() as session:
        assert audit.recent(session, tags=(EventTag.DOCUMENT_ANSWERED,)) == []


def test_without_a_choice_or_with_an_endless_remark_it_is_asked_again(
    world: World, portal: Portal
) -> None:
    browser = asked(portal, "roos")
    page = browser.click("Ga verder")
    assert (page.status, "Kies of u akkoord gaat." in page.text) == (422, True)
    browser.fill("remark", "x" * 501)
    page = decide(browser)
    assert (page.status, "Maak uw opmerking korter" in page.text) == (422, True)
    browser.fill("remark", "")
    assert decide(browser).heading == APP


def test_depositing_is_the_users_choice(world: World, portal: Portal) -> None:
    for ticked in (True, False):
        browser = asked(portal, "jan", BODEM, may_deposit=True)
        if ticked:
            browser.fill("deposit", "yes")
        page = decide(browser, button="Verstuur mijn antwoord")
        assert told(portal, page)["answer"]["deposit"] is ticked


def test_a_receipt_is_mailed(world: World, portal: Portal) -> None:
    browser = asked(portal, "jan", BODEM)
    browser.fill("remark", "Graag voor 1 december.")
    answer = told(portal, decide(browser, button="Verstuur mijn antwoord"))["answer"]
    (mail,) = [m for m in world.deliver_mail() if "Bewijs" in m["subject"]]
    assert mail["recipient"] == "jan@voorbeeld.example"
    for word in (
        *("U ging akkoord.", "Opdracht bodemonderzoek Molenweg 8", "€\xa01.284,50"),
        *("Graag voor 1 december.", "4F2A 91C0 7BD3 5E18", answer["reference"][:4]),
        "Bakkerij De Korenmolen",
    ):
        assert word in mail["text"], word


def test_the_portal_of_the_demo_asks_and_checks_what_it_gets(world: World) -> None:
    browser = world.browser()
    browser.open(f"{world.demo.addresses.portal}/")
    browser.click("Geef opdracht voor een bodemonderzoek")
    browser.click("Brugwacht")
    browser.press("person", "roos")
    give_code(world, browser, "roos")
    page = browser.page
    assert page is not None
    if page.heading == CONSENT:
        page = browser.press("agree", "yes")
    assert page.heading == ASKS
    place = next(a for a in page.tree.iter("a") if "Open het document" in str(a.text_content()))
    text = world.browser().open(str(place.get("href"))).answer.body
    assert hashlib.sha256(text).hexdigest()[:4].upper() in page.text
    decide(browser)
    page = give_code(world, browser, "roos")
    assert page.heading == "U bent ingelogd"
    checks = checks_on(page)
    assert checks["Het antwoord gaat over dit document"] == "Opdracht bodemonderzoek Molenweg 8"
    assert checks["Er is geantwoord"] == "agreed"


def test_a_day_that_passed_ends_it(world: World, portal: Portal) -> None:
    tomorrow = day_of(world.clock()).isoformat()
    text = json.dumps([{**DETAILS, "answer_before": tomorrow}])
    browser = portal.at_makelaar(
        "polderpoort", None, scope=scope_of(BODEM), authorization_details=text
    )
    page = browser.press("person", "jan")
    if page.heading == CONSENT:
        page = browser.press("agree", "yes")
    assert portal.heard(page)["error"] == "access_denied"


@pytest.mark.parametrize(
    ("person", "next_one"),
    [
        ("roos", "Hierna vragen wij een nieuwe code."),
        ("jan", "U logde net opnieuw in bij Polderpoort."),
    ],
)
def test_what_happens_next_stands_before_the_button(
    portal: Portal, person: str, next_one: str
) -> None:
    page = asked(portal, person).page
    assert page is not None
    form = next(one for one in page.forms if "decision" in one.fields)
    said, _, after = " ".join(form.text_content().split()).partition("U krijgt een bewijs")
    assert next_one in said
    assert after.rstrip().endswith(("Ga verder", "Verstuur mijn antwoord"))


def test_a_text_of_the_portal_is_said_in_its_own_language(world: World, portal: Portal) -> None:
    """WCAG 2.2, 3.1.2: the page is Dutch, the text need not be; and a code confirms it."""
    browser = asked(portal, "roos", locale="en-GB")
    assert browser.page is not None
    marked = browser.page.tree.cssselect("main [lang=en-GB]")
    assert [str(one.text_content()) for one in marked] == [DETAILS["title"], DETAILS["summary"]]
    browser.fill("decision", "agree")
    page = browser.click("Ga verder")
    assert [str(one.text_content()) for one in page.tree.cssselect("dd [lang=en-GB]")] == [
        DETAILS["title"]
    ]


def test_a_portal_that_says_no_language_gets_none_marked(world: World, portal: Portal) -> None:
    browser = asked(portal, "roos")
    assert browser.page is not None
    assert not browser.page.tree.cssselect("main [lang]")


def test_who_took_long_is_sent_to_the_makelaar_once_more(world: World, portal: Portal) -> None:
    """Jan has no factor here: his login is his signature, and one of long ago is none."""
    browser = asked(portal, "jan")
    for _ in range(2):
        world.clock.advance(480)
        world.process.holder.refresh()
        assert browser.click("Geef mij meer tijd").heading == ASKS
    assert "Hierna logt u nog een keer in bij Polderpoort." in browser.page.text
    browser.fill("decision", "agree")
    assert browser.click("Ga verder").url.startswith(ADDRESSES.makelaars)
