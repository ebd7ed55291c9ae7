"""One sign-on: a login that stands answers at services that accept it, and nowhere else."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from sqlalchemy import select

from admin.app import create_app
from admin.traces import explanation
from assurance import session_lifetime
from assurance.session_lifetime import BrowserSession
from broker.sso.grants import Grant
from broker.start import start
from directory.people import Person
from sandbox.browser import Browser, Page
from sandbox.portal.clients import (
    AFVAL,
    BODEM,
    BODEMKAART,
    GRONDWATER,
    LOZING,
    SCHOUW,
    PortalService,
)
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.world import World


@pytest.fixture
def world(own_world: World) -> World:
    """Each test moves the clock, and makelaars know no other time than now."""
    return own_world


IN = "U bent ingelogd"
PROVIDER = "Wie is uw makelaar?"
MANDATE = "Namens wie logt u in?"
CONSENT = "Deze gegevens geven wij door"


def _log_in(world: World, browser: Browser, person: str = "jan", **more: object) -> Page:
    """A whole login at Meldportaal Bodem, whose logins others accept."""
    page = world.walk(BODEM.name, "Polderpoort", person, browser=browser, **more).run()
    assert page.heading == IN
    return page


def _go(world: World, browser: Browser, service: PortalService, query: str = "") -> Page:
    """The portal asks for a login; the page where the browser then is."""
    url = f"{world.demo.addresses.portal}/login/bronhouderportaal/{service.uuid}"
    return browser.open(f"{url}?{query}")


def _error(page: Page) -> str | None:
    return parse_qs(urlsplit(page.url).query).get("error", [None])[0]


def _heard(world: World, page: Page) -> tuple[str | None, str | None]:
    """The error that the portal got, and what operators read by the reference in it."""
    said = parse_qs(urlsplit(page.url).query).get("error_description", [""])[0]
    with world.session() as session:
        found = explanation.explain(session, said.rpartition(" ")[2].rstrip(")"))
    return _error(page), found.record.cause if found and found.record else None


def _cookie(world: World, browser: Browser) -> str:
    return browser.cookies(world.demo.addresses.broker)["__Host-sluis-session"]


def _finish(browser: Browser, page: Page) -> Page:
    return browser.press("agree", "yes") if page.heading == CONSENT else page


def test_the_second_service_asks_no_makelaar(world: World) -> None:
    browser = world.browser()
    _log_in(world, browser)
    page = _go(world, browser, GRONDWATER)
    assert page.heading == CONSENT
    assert _finish(browser, page).heading == IN


def test_a_service_that_accepts_no_session_asks_anew(world: World) -> None:
    browser = world.browser()
    _log_in(world, browser)
    assert _go(world, browser, BODEM).heading == PROVIDER


def test_another_browser_has_nothing_of_it(world: World) -> None:
    _log_in(world, world.browser())
    assert _go(world, world.browser(), GRONDWATER).heading == PROVIDER


@pytest.mark.parametrize("query", ["prompt=login", "max_age=0"])
def test_O_23_a_forced_login_goes_to_the_makelaar(world: World, query: str) -> None:
    browser = world.browser()
    _log_in(world, browser)
    assert _go(world, browser, GRONDWATER, query).heading == PROVIDER


def test_O_23_max_age_is_the_age_of_the_login_at_the_makelaar(world: World) -> None:
    browser = world.browser()
    _log_in(world, browser)
    world.clock.advance(120)
    assert _go(world, browser, GRONDWATER, "max_age=60").heading == PROVIDER
    assert _go(world, browser, GRONDWATER, "max_age=600").heading == CONSENT


def test_F_10_a_second_factor_older_than_the_service_allows_is_asked_again(world: World) -> None:
    browser = world.browser()
    _log_in(world, browser)
    assert _go(world, browser, LOZING).heading == PROVIDER  # reuse: 0 minutes
    assert _go(world, browser, BODEMKAART).heading == MANDATE  # EH2 needs none


def test_F_10_EH4_always_asks_anew(world: World) -> None:
    browser = world.browser()
    world.apply(_accepting(world, AFVAL))
    _log_in(world, browser, "sanne", on_behalf_of="Groenrijk")
    assert _go(world, browser, AFVAL).heading != MANDATE


def _accepting(world: World, service: PortalService) -> str:
    text = (world.demo.registrations / "20-services.yaml").read_text(encoding="utf-8")
    found = next(part for part in text.split("---") if service.uuid in part)
    return found + "accepts_sessions_of: [bodem]\nsecond_factor_reuse_minutes: 60\n"


def test_O_21_prompt_none_is_answered_from_the_session(world: World) -> None:
    browser = world.browser()

    def heard(service: PortalService, query: str = "prompt=none") -> tuple[str | None, str | None]:
        return _heard(world, _go(world, browser, service, query))

    assert heard(GRONDWATER) == ("login_required", "passive_no_session")
    _log_in(world, browser)
    assert heard(GRONDWATER) == ("consent_required", "passive_consent")
    page = _go(world, browser, GRONDWATER)
    browser.fill("keep", "yes")
    assert browser.press("agree", "yes").heading == IN
    page = _go(world, browser, GRONDWATER, "prompt=none")
    assert page.heading == IN
    assert heard(BODEMKAART) == ("interaction_required", "passive_mandate")
    assert heard(BODEM) == ("login_required", "passive_not_accepted")
    world.clock.advance(120)
    assert heard(GRONDWATER, "prompt=none&max_age=60") == ("login_required", "passive_too_old")


def test_a_session_ends_after_the_idle_time(world: World) -> None:
    browser = world.browser()
    _log_in(world, browser)
    world.clock.advance(world.process.settings.sessions.idle_minutes * 60 + 1)
    assert _go(world, browser, GRONDWATER).heading == PROVIDER


def test_a_session_that_ended_elsewhere_ends_the_login_that_builds_on_it(world: World) -> None:
    browser = world.browser()
    _log_in(world, browser)
    page = _go(world, browser, GRONDWATER)
    assert page.heading == CONSENT
    with world.session() as session, writing(session):
        for identifier in session_lifetime.standing(session, "jan", world.clock()):
            session_lifetime.end(session, identifier, "logged_out", world.clock())
    assert _error(browser.press("agree", "yes")) == "login_required"
    assert _go(world, browser, GRONDWATER).heading == PROVIDER


def test_A_16_a_blocked_person_has_no_session_any_more(world: World) -> None:
    browser = world.browser()
    _log_in(world, browser)
    with world.session() as session, writing(session):
        session.get_one(Person, "jan").blocked_at = world.clock() - timedelta(seconds=1)
    assert _go(world, browser, GRONDWATER).heading == "Uw inlogmiddel is geblokkeerd"


def test_the_party_is_never_inherited(world: World) -> None:
    browser = world.browser()
    page = _log_in(world, browser, "sanne", on_behalf_of="Groenrijk")
    assert "Groenrijk" in page.text
    assert _go(world, browser, BODEMKAART).heading == MANDATE


def _marked(page: Page) -> list[str]:
    """The names of the choices that say that they hold now."""
    return [
        str(button.xpath("string(.//*[@class='sluis-choice__name'])"))
        for button in page.tree.xpath("//button[@name='choice']")
        if "U bent hier nu voor ingelogd" in button.text_content()
    ]


def test_a_first_choice_marks_nothing(world: World) -> None:
    browser = world.browser()
    _log_in(world, browser, "sanne", on_behalf_of="Groenrijk")
    assert _marked(_go(world, browser, BODEMKAART)) == []
    other = world.browser()  # of the same person, who chose nothing here
    page = _go(world, other, BODEM, "prompt=select_account")
    other.click("Polderpoort")
    page = other.press("person", "sanne")
    assert page.heading == MANDATE and _marked(page) == []


def test_who_switches_sees_which_of_two_ways_holds(world: World) -> None:
    """De Korenmolen directly, and De Korenmolen as a client of the office."""
    browser = world.browser()
    world.apply(_accepting(world, BODEM))
    page = world.walk(BODEM.name, "Polderpoort", "sanne", browser=browser).run()
    assert page.heading == MANDATE
    browser.press("choice", "90001201.90001542.")
    page = _finish(browser, browser.page)
    assert page.heading == IN
    page = _go(world, browser, BODEM, "prompt=select_account")
    marked = [b.get("value") for b in page.tree.xpath("//button[.//strong]")]
    assert marked == ["90001201.90001542."]


def test_another_party_without_a_new_login(world: World) -> None:
    browser = world.browser()
    _log_in(world, browser, "sanne", on_behalf_of="Groenrijk")
    _go(world, browser, BODEMKAART)
    first = browser.click("Korenmolen")
    assert first.heading == IN
    page = _go(world, browser, BODEMKAART, "prompt=select_account")
    assert page.heading == MANDATE
    assert _marked(page) == ["Bakkerij De Korenmolen B.V."]
    second = browser.click("Groenrijk")
    assert second.heading == IN and "Groenrijk" in second.text
    with world.session() as session:
        switched = audit.recent(session, tags=(EventTag.PARTY_SWITCHED,))
        assert len(switched) == 2  # what the portal held of both services of this session
        old = session.get_one(Grant, str(switched[0].details["from"]))
        new = session.get_one(Grant, str(switched[0].details["to"]))
        assert old.revoked_at is not None and new.revoked_at is None


@pytest.mark.parametrize("prompt", ["", "prompt=select_account"])
@pytest.mark.parametrize("makelaars", [None, ["polderpoort"]])
def test_who_must_choose_and_has_nobody_to_act_for_chooses_where_to_log_in(
    world: World, makelaars: list[str] | None, prompt: str
) -> None:
    """The session would choose for the user otherwise, also where there is one makelaar."""
    service = world.runtime.configuration.services[GRONDWATER.uuid].model_dump(mode="json")
    alone = {"mandate": "none", "consent": "none", "makelaars": makelaars}
    world.apply(yaml.safe_dump({"kind": "Service", **service, **alone}))
    browser = world.browser()
    _log_in(world, browser)
    page = _go(world, browser, GRONDWATER, prompt)
    if not prompt:
        assert page.url.startswith(world.demo.addresses.portal)
        assert "code=" in page.url
        return
    assert page.heading == PROVIDER
    browser.click("Polderpoort")
    page = browser.press("person", "sanne")
    assert "code=" in page.url


def test_F_11_the_identifier_is_new_at_every_login_and_no_other_opens_the_session(
    world: World,
) -> None:
    browser = world.browser()
    _log_in(world, browser)
    before, first = browser.duplicate(), _cookie(world, browser)
    _log_in(world, browser)
    second = _cookie(world, browser)
    assert first != second
    assert first[:26] == second[:26]
    assert _go(world, before, GRONDWATER).heading == PROVIDER
    assert _go(world, browser, GRONDWATER).heading == CONSENT


def test_somebody_else_in_the_same_browser_ends_the_first_session(world: World) -> None:
    browser = world.browser()
    _log_in(world, browser)
    _log_in(world, browser, "sanne", on_behalf_of="Groenrijk")
    with world.session() as session:
        rows = session.scalars(select(BrowserSession).order_by(BrowserSession.started_at)).all()
        ended = {row.person_id: row.end_reason for row in rows if row.ended_at is not None}
        assert ended == {"jan": "replaced"}
    assert _go(world, browser, BODEMKAART).heading == MANDATE


def test_the_user_may_choose_another_makelaar_all_the_same(world: World) -> None:
    browser = world.browser()
    _log_in(world, browser)
    _go(world, browser, GRONDWATER)
    page = browser.click("Kies een andere makelaar")
    assert page.heading == PROVIDER
    page = browser.open(page.url)
    assert page.heading == PROVIDER


def _roos_needs_more(world: World) -> Browser:
    """Roos stands at EH2 and asks for a service of EH3: her makelaar is asked for more."""
    browser = world.browser()
    walk = world.walk(BODEMKAART.name, "Brugwacht", "roos", browser=browser)
    assert walk.run().heading == IN
    assert _go(world, browser, GRONDWATER).heading == "Log in bij Brugwacht"
    return browser


def test_the_makelaar_is_asked_for_the_level_that_is_missing(world: World) -> None:
    page = _roos_needs_more(world).press("person", "roos")
    assert page.heading == "Uw niveau is te laag voor deze dienst"


def test_a_makelaar_that_can_gives_more_when_it_is_asked_for_more(world: World) -> None:
    browser = world.browser()
    walk = world.walk(BODEMKAART.name, "Brugwacht", "wim", browser=browser)
    walk.on_behalf_of = "Korenmolen"
    assert "EH2 (nodig EH2)" in walk.run().text
    page = _go(world, browser, GRONDWATER)
    assert page.heading == "Log in bij Brugwacht"
    assert "EH3, wachtwoord en app" in page.text
    before = _cookie(world, browser)
    assert "EH3 (nodig EH3)" in _finish(browser, browser.press("person", "wim")).text
    assert _cookie(world, browser) != before
    assert _go(world, browser, GRONDWATER).heading == CONSENT  # the session was lifted, too
    assert _go(world, browser, SCHOUW).heading != PROVIDER  # and is still of its first service


def test_another_portal_builds_on_the_same_login(world: World) -> None:
    browser = world.browser()
    _log_in(world, browser)
    browser.open(f"{world.demo.addresses.portal}/waterloket/")
    assert browser.click(SCHOUW.name).heading == CONSENT
    page = browser.press("agree", "yes")
    assert page.heading == IN
    assert "Waterloket De Voorbeeldpolder" in str(page.tree.findtext(".//title"))
    assert browser.click("Terug naar het begin").url.endswith("/waterloket/")


def test_the_other_portal_alone_asks_the_makelaar(world: World) -> None:
    browser = world.browser()
    browser.open(f"{world.demo.addresses.portal}/waterloket/")
    assert browser.click(SCHOUW.name).heading == PROVIDER


def test_F_14_nobody_else_comes_back_with_the_higher_level(world: World) -> None:
    page = _roos_needs_more(world).press("person", "ali")
    assert _error(page) == "access_denied"
    with world.session() as session:
        refused = audit.recent(session, tags=(EventTag.LOGIN_REFUSED,))
        assert [one.reason for one in refused] == ["other_person"]


def test_a_session_that_ends_at_one_instance_has_ended_at_the_other(world: World) -> None:
    broker = urlsplit(world.demo.addresses.broker).netloc
    first = world.wire.applications[broker]
    parts = start(world.process.settings, world.clock, outgoing=world.process.outgoing)
    parts.holder.refresh()
    browser = world.browser()
    _log_in(world, browser)
    world.wire.applications[broker] = create_app(parts)
    assert _go(world, browser, GRONDWATER).heading == CONSENT
    browser.open(f"{world.demo.addresses.broker}/uitloggen")
    browser.click("Log overal uit")
    world.wire.applications[broker] = first
    assert _go(world, browser, GRONDWATER).heading == PROVIDER
