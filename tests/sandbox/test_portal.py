"""What the sample portal shows: who, for whom, at which level, what it checked, what it got; or why
there is no login, and the way on. In Dutch and English.
"""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.portal.claims import MEANINGS
from sandbox.refusals import of_error, of_status
from tests.portal_page import checks_on, claims_on
from tests.world import ADDRESSES, World

BODEM = "Meldportaal Bodem"
IN = {"nl": "U bent ingelogd", "en": "You are logged in"}


def facts(page) -> dict[str, str]:
    return {
        str(one.get("data-fact")): " ".join(one.text_content().split())
        for one in page.tree.iter("dd")
    }


def test_who_for_whom_and_at_which_level(world: World) -> None:
    page = world.walk(BODEM, "Polderpoort", "jan").run()
    shown = facts(page)
    assert shown["company"] == "Bakkerij De Korenmolen B.V." and shown["kvk"] == "9000 1201"
    assert shown["level"] == "EH3" and "20" in shown["until"]
    assert shown["person"].startswith(claims_on(page)["sub"])
    checks = checks_on(page)
    assert len(checks) == 11 and f"{len(checks)} van {len(checks)} goed" in page.text
    assert checks["De handtekening klopt"].startswith("PS256, sleutel ")
    assert checks["De machtiging is voor deze dienst"] == "service_uuid"


def test_a_chain_says_through_whom(world: World) -> None:
    page = world.walk(BODEM, "Zekerweg", "mo", on_behalf_of="Korenmolen").run()
    shown = facts(page)
    assert shown["company"] == "Bakkerij De Korenmolen B.V."
    assert shown["through"].startswith("Administratiekantoor Yilmaz B.V. (KvK 9000 1542)")


def test_who_comes_alone_comes_for_nobody_else(world: World) -> None:
    page = world.walk("Ideeënbus voor ondernemers", "account", "daan").run()
    shown = facts(page)
    assert shown["company"] == "niemand anders" and shown["level"] == "account met e-mailadres"
    assert "kvk" not in shown


@pytest.mark.parametrize(
    ("service", "makelaar", "person"),
    [(BODEM, "Polderpoort", "jan"), ("Ideeënbus voor ondernemers", "account", "eva")],
)
def test_every_claim_is_explained(world: World, service: str, makelaar: str, person: str) -> None:
    page = world.walk(service, makelaar, person).run()
    claims = claims_on(page)
    assert set(claims) <= set(MEANINGS)
    told = {str(one.text_content()) for one in page.tree.findall(".//table//th")}
    assert told == set(claims)


@pytest.mark.parametrize("language", IN)
def test_the_page_is_in_the_language_of_who_reads_it(world: World, language: str) -> None:
    walk = world.walk(BODEM, "Polderpoort", "jan", browser=world.browser(language))
    assert walk.run().heading == IN[language]
    other = "English" if language == "nl" else "Nederlands"
    switched = walk.browser.click(other)  # the same login once more, in the other language
    assert switched.heading == IN["en" if language == "nl" else "nl"]
    assert claims_on(switched)["iss"] == ADDRESSES.broker


def test_a_language_chosen_at_the_portal_goes_along(world: World) -> None:
    browser = world.browser("nl")
    browser.open(f"{ADDRESSES.portal}/")
    assert browser.click("English").heading == "Where do you want to log in?"
    assert browser.click("Soil report portal").heading == "Who is your identity provider?"
    asked = next(url for url in browser.visited if "/authorize?" in url)
    assert parse_qs(urlsplit(asked).query)["ui_locales"] == ["en"]


def test_a_login_is_shown_to_its_own_browser_alone(world: World) -> None:
    walk = world.walk(BODEM, "Polderpoort", "jan")
    walk.run()
    link = walk.browser.page.tree.find(".//a[@hreflang='en']")
    other = world.browser().open(ADDRESSES.portal + link.get("href"))
    assert other.status == 400 and "Korenmolen" not in other.text


def test_who_stops_reads_a_sentence_and_the_way_on(world: World) -> None:
    walk = world.walk(BODEM, "Polderpoort", "jan", cancel_at_makelaar=True)
    page = walk.run()
    assert page.heading == "U bent niet ingelogd"
    assert "U bent gestopt met inloggen." in page.text and "access_denied" in page.text
    assert "op in de operatorconsole" in page.text
    assert walk.browser.click("Probeer het opnieuw").heading == "Wie is uw makelaar?"


@pytest.mark.parametrize(
    ("error", "description", "sentence"),
    [
        ("access_denied", "the user stopped the login (reference K7QM-4RXT)", "U bent gestopt"),
        ("access_denied", "the user has no mandate for this service", "U heeft geen machtiging"),
        ("access_denied", "something else", "U mag hier niet inloggen"),
        ("login_required", "", "U moet eerst nog iets doen"),
        ("unmet_authentication_requirements", "", "Het niveau van uw login is te laag"),
        ("temporarily_unavailable", "", "Sluis kan u nu niet helpen"),
        ("server_error", "", "Het inloggen lukte niet"),
        ("invalid_request", "", "Het portaal vroeg iets"),
        ("of-tomorrow", "", "Het portaal vroeg iets"),
    ],
)
def test_each_refusal_has_a_sentence(error: str, description: str, sentence: str) -> None:
    assert of_error(error, description).sentence.startswith(sentence)
    assert of_error(error, description).way_on


@pytest.mark.parametrize(
    ("status", "message", "sentence"),
    [
        (("Responder", "AuthnFailed"), "the user stopped the login", "U bent gestopt"),
        (("Responder", "AuthnFailed"), "", "Het inloggen lukte niet"),
        (("Responder", "RequestDenied"), "the user did not agree to it", "U gaf geen toestemming"),
        (("Responder", "NoAuthnContext"), "", "Het niveau van uw login is te laag"),
        (("Responder", "NoPassive"), "", "U moet eerst nog iets doen"),
        (("Requester", "RequestUnsupported"), "", "Het portaal vroeg iets"),
        (("Responder",), "try again later", "Sluis kan u nu niet helpen"),
    ],
)
def test_each_refusal_over_saml_has_a_sentence(
    status: tuple[str, ...], message: str, sentence: str
) -> None:
    assert of_status(status, message).sentence.startswith(sentence)
