"""Mandates while somebody logs in: what ends meanwhile is not used, what was not offered is not
taken.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from consent import register
from consent.register import Consent
from sandbox.browser import Browser, Page
from sandbox.portal.clients import BODEM, GRONDWATER, LOZING
from state.audit import AuditRow
from tests.broker import changes
from tests.broker.portal import ISSUER, STATE, Portal, make_portal_world, scope_of, set_clock
from tests.world import World

CONSENT = "Deze gegevens geven wij door"
MANDATE = "Namens wie logt u in?"
MISSING = "U mag nog niet inloggen bij Meldportaal Bodem"

Change = Callable[[World], None]


@pytest.fixture
def portal(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    """A world of its own: what is changed here is not changed back."""
    return Portal(make_portal_world(tmp_path_factory.mktemp("world")))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_portal_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def unchanged(world: World) -> Portal:
    set_clock(world)
    return Portal(world)


def pass_half_a_minute(world: World) -> None:
    """And the mandates, which end meanwhile."""
    changes.let_mandates_expire(world, 20)
    world.clock.advance(30)


ENDINGS = (
    pytest.param(changes.revoke_mandates, id="M-06 revoked"),
    pytest.param(pass_half_a_minute, id="M-06 expired"),
    pytest.param(changes.suspend_organisations, id="M-06 the organisation ended"),
)


def is_refused(portal: Portal, page: Page, error: str = "access_denied") -> None:
    """The portal hears no, with its state, and the audit log knows why."""
    heard = portal.heard(page)
    assert (heard["error"], heard["state"], "code" in heard) == (error, STATE, False)
    with portal.world.session() as session:
        last = session.scalars(select(AuditRow).order_by(AuditRow.id.desc())).first()
    assert last is not None
    assert (last.outcome, last.reference is not None) == ("refused", True)


@pytest.mark.parametrize("person", ["jan", "mo"])
@pytest.mark.parametrize("end", ENDINGS)
def test_a_mandate_that_ends_on_the_consent_page_is_not_used(
    portal: Portal, end: Change, person: str
) -> None:
    """By the person's own mandate, and through an intermediary."""
    browser = portal.at_makelaar(scope=scope_of(BODEM))
    page = browser.press("person", person)
    if person == "mo":
        page = browser.click("Korenmolen")
    assert page.heading == CONSENT
    end(portal.world)
    is_refused(portal, browser.press("agree", "yes"))


@pytest.mark.parametrize("end", ENDINGS)
def test_a_mandate_that_ends_on_the_page_of_choices_cannot_be_chosen(
    portal: Portal, end: Change
) -> None:
    browser = portal.at_makelaar(scope=scope_of(BODEM))
    assert browser.press("person", "mo").heading == MANDATE
    end(portal.world)
    page = browser.click("Korenmolen")
    assert (page.status, page.heading) == (422, MISSING)
    assert browser.open(page.url.rpartition("/")[0]).heading == MISSING


@pytest.mark.parametrize("end", ENDINGS)
def test_a_mandate_that_ended_at_the_makelaar_is_not_offered(portal: Portal, end: Change) -> None:
    browser = portal.at_makelaar(scope=scope_of(BODEM))
    end(portal.world)
    assert browser.press("person", "jan").heading == MISSING


def test_a_mandate_that_stands_is_used(unchanged: Portal) -> None:
    """The good twin of the refusals above."""
    for person in ("jan", "mo"):
        browser = unchanged.at_makelaar(scope=scope_of(BODEM))
        page = browser.press("person", person)
        if person == "mo":
            browser.click("Korenmolen")
        code = unchanged.heard(browser.press("agree", "yes"))["code"]
        claims = unchanged.claims(unchanged.tokens(code)["id_token"])
        deepest = claims["represents"].get("represents", claims["represents"])
        assert deepest["sub"] == "90001201", page.heading


def choice_form(browser: Browser) -> tuple[str, list[tuple[str, str]]]:
    """Where the page of choices sends, and its fields without a choice."""
    assert browser.page is not None
    form = next(f for f in browser.page.forms if f.action.endswith("/mandate"))
    return ISSUER + form.action, list(form.form_values())


@pytest.mark.parametrize(
    "choice",
    [
        pytest.param("90009999..", id="M-08 an organisation of nobody"),
        pytest.param("90001201..", id="M-08 a client as if it were the own office"),
        pytest.param("90001639.90001201.", id="M-08 another intermediary"),
        pytest.param("90001201.90001542.000090012011", id="M-08 a branch that is not in it"),
        pytest.param("self", id="M-08 nobody, where a mandate is needed"),
        pytest.param("", id="M-08 nothing"),
        pytest.param("90001201.90001542.\x00", id="M-08 a null"),
        pytest.param("9" * 5000, id="M-08 very long"),
    ],
)
def test_a_choice_that_was_not_offered_is_refused(unchanged: Portal, choice: str) -> None:
    browser = unchanged.at_makelaar(scope=scope_of(BODEM))
    browser.press("person", "mo")
    address, fields = choice_form(browser)
    page = browser.post(address, [*fields, ("choice", choice)])
    assert (page.status, page.heading) == (422, MANDATE)
    assert browser.click("Korenmolen").heading == CONSENT


def test_M_08_a_mandate_for_another_service_is_not_offered(unchanged: Portal) -> None:
    """Noor may report a discharge; nothing else follows from that."""
    page = unchanged.at_makelaar("polderpoort", scope=scope_of(LOZING)).press("person", "noor")
    assert page.heading == CONSENT
    browser = unchanged.at_makelaar("polderpoort", scope=scope_of(BODEM))
    assert browser.press("person", "noor").heading == MISSING


def test_M_08_a_choice_belongs_to_its_login(unchanged: Portal) -> None:
    """Two logins in two tabs: what is chosen in one is not chosen in the other."""
    browser = unchanged.world.browser()
    addresses = []
    for service in (BODEM, LOZING):
        unchanged.at_makelaar("polderpoort", browser, scope=scope_of(service))
        page = browser.press("person", "sanne")
        assert page.heading == MANDATE
        addresses.append(page.url)
    browser.open(addresses[0])
    assert "Korenmolen" in browser.click("Korenmolen").text
    assert browser.open(addresses[1]).heading == MANDATE  # still open there
    page = browser.click("Groenrijk")
    assert "Groenrijk" in page.text and "Korenmolen" not in page.text
    page = browser.open(addresses[0])
    assert "Korenmolen" in page.text and "Groenrijk" not in page.text


def test_M_08_the_first_choice_of_two_tabs_stands(unchanged: Portal) -> None:
    """One login in two tabs: the second answer is to a question that is no longer open."""
    browser = unchanged.at_makelaar(scope=scope_of(BODEM))
    browser.press("person", "mo")
    address, fields = choice_form(browser)
    page = browser.click("Korenmolen")
    assert page.heading == CONSENT
    page = browser.post(address, [*fields, ("choice", "90001639.90001542.")])
    assert page.heading == CONSENT
    assert "Korenmolen" in page.text and "Groenrijk" not in page.text
    code = unchanged.heard(browser.press("agree", "yes"))["code"]
    represents = unchanged.claims(unchanged.tokens(code)["id_token"])["represents"]
    assert represents["represents"]["sub"] == "90001201"


def test_M_10_consent_is_for_what_was_shown(portal: Portal) -> None:
    """The data change between the page and the click: they are shown again."""
    browser = portal.at_makelaar(scope=scope_of(BODEM))
    assert browser.press("person", "jan").heading == CONSENT
    changes.rename(portal.world, "Jan de Vries", "Johannes de Vries")
    page = browser.press("agree", "yes")
    assert page.heading == CONSENT
    assert "Johannes de Vries" in page.text
    assert "code" in portal.heard(browser.press("agree", "yes"))


def test_M_10_a_fingerprint_from_elsewhere_is_no_consent(unchanged: Portal) -> None:
    first = unchanged.at_makelaar(scope=scope_of(BODEM))
    first.press("person", "jan")
    second = unchanged.at_makelaar(scope=scope_of(GRONDWATER))
    second.press("person", "mo")
    assert first.page is not None
    assert second.page is not None
    for value in ("", "x", "0" * 64):
        first.fill("shown", value)
        assert first.press("agree", "yes").heading == CONSENT
    assert "code" in unchanged.heard(first.press("agree", "yes"))


def test_M_10_what_was_kept_is_asked_again_when_it_changes(portal: Portal) -> None:
    browser = portal.at_makelaar(scope=scope_of(BODEM))
    browser.press("person", "jan")
    browser.fill("keep", "yes")
    portal.heard(browser.press("agree", "yes"))
    again = portal.at_makelaar(scope=scope_of(BODEM))
    assert "code" in portal.heard(again.press("person", "jan"))
    changes.rename(portal.world, "Jan de Vries", "Johannes de Vries")
    again = portal.at_makelaar(scope=scope_of(BODEM))
    assert again.press("person", "jan").heading == CONSENT
    for other in ("by-post", "public"):
        page = Portal(portal.world, other).at_makelaar(scope=scope_of(BODEM))
        assert page.press("person", "jan").heading == CONSENT


def test_M_10_two_tabs_that_agree_to_the_same_keep_it_once(portal: Portal) -> None:
    tabs = [portal.at_makelaar(scope=scope_of(BODEM)) for _ in range(2)]
    for tab in tabs:
        assert tab.press("person", "jan").heading == CONSENT
        tab.fill("keep", "yes")
    for tab in tabs:
        assert "code" in portal.heard(tab.press("agree", "yes"))
    with portal.world.session() as session:
        assert len(session.scalars(select(Consent)).all()) == 1


def test_M_10_a_consent_that_was_withdrawn_is_asked_again(portal: Portal) -> None:
    browser = portal.at_makelaar(scope=scope_of(BODEM))
    browser.press("person", "jan")
    browser.fill("keep", "yes")
    portal.heard(browser.press("agree", "yes"))
    again = portal.at_makelaar(scope=scope_of(BODEM))
    assert "code" in portal.heard(again.press("person", "jan"))
    with portal.world.session() as session, session.begin():
        (consent,) = session.scalars(select(Consent)).all()
        assert register.withdraw(session, consent.person_id, consent.id, portal.world.clock())
    again = portal.at_makelaar(scope=scope_of(BODEM))
    assert again.press("person", "jan").heading == CONSENT


def test_M_14_a_makelaar_speaks_for_nobody_that_it_may_not_speak_for(portal: Portal) -> None:
    """Polderpoort asserts a mandate: of a company that it may speak for, and of another."""
    changes.change_makelaar(portal.world, "polderpoort", speaks_for=["90001639"])
    browser = portal.at_makelaar("polderpoort", scope=scope_of(BODEM))
    page = browser.press("person", "hanna")
    assert page.heading == CONSENT
    assert "Hoveniersbedrijf Groenrijk" in page.text
    code = portal.heard(browser.press("agree", "yes"))["code"]
    claims = portal.claims(portal.tokens(code)["id_token"])
    assert claims["represents"]["sub"] == "90001639"
    browser = portal.at_makelaar("polderpoort", scope=scope_of(BODEM))
    browser.fill("fault", "other_organisation")
    page = browser.press("person", "hanna")
    assert "Een ander bedrijf" not in page.text
    ours = "Er klopt iets niet in onze instellingen voor uw makelaar"  # speaks_for is
    assert (page.status, page.heading) == (400, ours)
    heard = portal.heard(browser.click("Ga terug naar"))
    assert (heard["error"], heard["state"]) == ("access_denied", STATE)
