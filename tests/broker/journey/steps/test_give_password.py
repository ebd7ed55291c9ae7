"""A login with an account of Sluis itself: which levels it gives, where, and to whom."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pyotp
import pytest
from sqlalchemy import update

from assurance.factors import Factor
from assurance.levels import AssuranceLevel
from broker.web.templating import TIME_ZONE
from directory.people import Person
from sandbox import prepare
from sandbox.browser import Browser
from sandbox.portal.clients import IDEEEN, LOZING, VERGUNNING
from state import audit
from state.audit import EventTag
from tests.broker.account_logins import (
    METHOD,
    NEW,
    PASSWORD,
    PROVIDER,
    REPLACE,
    account_of,
    at_password,
    choose_new,
    give,
    give_temporary,
    log_in,
    reset,
    user_name,
)
from tests.broker.portal import ISSUER, Portal, make_portal_world, scope_of, set_clock
from tests.world import World

FACTOR = "Vul de code uit uw app in"
TOO_LOW = "Uw niveau is te laag voor deze dienst"
ETD = "urn:etoegang:core:assurance-class:"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_portal_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def portal(world: World) -> Iterator[Portal]:
    set_clock(world)
    with world.session() as session, session.begin():
        session.execute(update(Factor).values(last_step=0, failures=0, locked_until=None))
        session.execute(update(Person).values(blocked_at=None))
    yield Portal(world)
    set_clock(world)
    for person, level in (("daan", AssuranceLevel.EMAIL), ("eva", AssuranceLevel.EH3)):
        reset(world, person)
        with account_of(world, person) as (_, account):
            account.level, account.ended_at = level, None


def code_of(portal: Portal, person: str = "eva") -> str:
    return pyotp.TOTP(prepare.totp_secret(portal.world.demo, person)).at(portal.world.clock())


def claims_of(portal: Portal, browser: Browser) -> dict[str, object]:
    assert browser.page is not None
    page = browser.page
    if any("agree" in {b.get("name") for b in f.iter("button")} for f in page.forms):
        page = browser.press("agree", "yes")
    return portal.claims(portal.tokens(portal.heard(page)["code"])["id_token"])


# Which way, and whether it is asked.


def test_the_way_is_asked_where_there_are_two_and_can_be_changed(portal: Portal) -> None:
    browser = portal.world.browser()
    assert browser.open(portal.url(scope=scope_of(IDEEEN))).heading == METHOD
    assert browser.press("method", "makelaar").heading == PROVIDER
    assert browser.press("method", "account").heading == PASSWORD
    assert browser.click("Kies een andere manier om in te loggen").heading == METHOD


def test_a_hint_of_the_portal_answers_the_question(portal: Portal) -> None:
    portal.at_makelaar("zekerweg", scope=scope_of(IDEEEN))  # no question on the way
    page = portal.world.browser().open(portal.url(scope=scope_of(IDEEEN), idp_hint="sluis"))
    assert page.heading == PASSWORD


def test_a_way_that_is_not_offered_cannot_be_taken(portal: Portal) -> None:
    browser = portal.world.browser()
    page = browser.open(portal.url(scope=scope_of(LOZING)))
    assert page.heading == PROVIDER and "Log in met uw account" not in page.text
    form = next(f for f in page.forms if "remember" in f.fields)
    fields = [("csrf_token", form.fields["csrf_token"] or ""), ("method", "account")]
    assert browser.post(form.action, fields).status == 422


def test_O_21_prompt_none_never_asks_a_password(portal: Portal) -> None:
    browser = portal.world.browser()
    page = browser.open(portal.url(scope=scope_of(IDEEEN), prompt="none", idp_hint="sluis"))
    assert portal.heard(page)["error"] == "login_required"


# Levels.


def test_an_email_account_has_no_level_of_any_scheme_in_its_token(portal: Portal) -> None:
    browser = at_password(portal)
    give(browser, user_name("daan"), prepare.password(portal.world.demo, "daan"))
    claims = claims_of(portal, browser)
    assert "acr" not in claims and "amr" not in claims
    assert claims["loa"] == "urn:sluis:loa:email"
    assert claims["idp"] == ISSUER


def test_an_email_address_names_the_account_as_well(portal: Portal) -> None:
    browser = at_password(portal)
    secret = prepare.password(portal.world.demo, "daan")
    page = give(browser, "Daan@Voorbeeld.Example", secret)
    assert "code" in portal.heard(page)


def test_a_portal_that_asks_a_level_gets_no_email_account(portal: Portal) -> None:
    page = portal.world.browser().open(portal.url(scope=scope_of(IDEEEN), acr_values="loa:2"))
    assert page.heading == PROVIDER and "Log in met uw account" not in page.text


def test_an_email_account_is_too_low_for_a_service_with_means_alone(portal: Portal) -> None:
    assert log_in(portal, "daan", VERGUNNING).heading == TOO_LOW
    assert log_in(portal, "eva", VERGUNNING).heading == FACTOR


def test_an_email_account_is_no_way_into_the_console(portal: Portal) -> None:
    browser = portal.world.browser()
    browser.open(f"{ISSUER}/beheer")
    browser.press("method", "account")
    page = give(browser, user_name("daan"), prepare.password(portal.world.demo, "daan"))
    assert page.heading == TOO_LOW
    other = portal.world.browser()
    other.open(f"{ISSUER}/beheer")
    other.press("method", "account")
    page = give(other, user_name("eva"), prepare.password(portal.world.demo, "eva"))
    assert page.heading == FACTOR
    other.fill("code", code_of(portal))
    assert other.click("Ga verder").url.startswith(f"{ISSUER}/beheer")


@pytest.mark.parametrize(
    ("level", "loa"),
    [
        pytest.param(AssuranceLevel.EH2, None, id="F-18 EH2 stays EH2"),
        pytest.param(AssuranceLevel.EH2_PLUS, None, id="F-18 EH2+ is not enough for EH3"),
        pytest.param(AssuranceLevel.EH3, "loa3", id="F-18 EH3 with its factor"),
    ],
)
def test_F_18_a_factor_gives_the_level_of_the_means_and_no_more(
    portal: Portal, level: AssuranceLevel, loa: str | None
) -> None:
    with account_of(portal.world, "eva") as (_, account):
        account.level = level
    page = log_in(portal, "eva", VERGUNNING)
    assert page.heading == (FACTOR if loa else TOO_LOW)


def test_the_level_in_the_token_is_that_of_the_means(portal: Portal) -> None:
    browser = at_password(portal, VERGUNNING, prompt="consent")
    give(browser, user_name("eva"), prepare.password(portal.world.demo, "eva"))
    browser.fill("code", code_of(portal))
    browser.click("Ga verder")
    claims = claims_of(portal, browser)
    assert claims["acr"] == "http://eidas.europa.eu/LoA/substantial"
    assert claims["loa"] == f"{ETD}loa3"
    assert claims["amr"] == ["mfa", "otp"]


def test_a_password_alone_gives_eh2(portal: Portal) -> None:
    browser = at_password(portal, IDEEEN)
    give(browser, user_name("eva"), prepare.password(portal.world.demo, "eva"))
    assert claims_of(portal, browser)["loa"] == f"{ETD}loa2"


def test_F_18_who_stops_at_the_factor_gets_nothing(portal: Portal) -> None:
    browser = at_password(portal, VERGUNNING)
    give(browser, user_name("eva"), prepare.password(portal.world.demo, "eva"))
    page = next(
        browser.click(str(b.text_content()).strip())
        for f in (browser.page.forms if browser.page else [])
        for b in f.iter("button")
        if (f.get("action") or "").endswith("/cancel")
    )
    assert portal.heard(page)["error"] == "access_denied"


# Wrong passwords.


def test_A_11_an_unknown_and_a_known_name_see_the_same_page(portal: Portal) -> None:
    pages = []
    for name in ("daan.kuipers", "daan.kuiperz"):
        page = give(at_password(portal), name, "niet het goede woord")
        body = page.answer.body.decode().replace(name, "NAAM")
        said, found, reference = page.text.replace(name, "").partition("Code voor de helpdesk")
        assert found and re.match(r" \w{4}-\w{4}", reference)
        pages.append((page.status, page.heading, said, len(body)))
    assert pages[0] == pages[1]
    assert pages[0][0] == 422


def test_A_14_one_name_with_many_passwords_is_paused_and_the_page_does_not_tell(
    portal: Portal,
) -> None:
    browser = at_password(portal)
    for number in range(5):
        wrong = give(browser, "daan.kuipers", f"verkeerd woord {number}")
    secret = prepare.password(portal.world.demo, "daan")
    paused = give(browser, "daan.kuipers", secret)
    assert (paused.status, paused.text) == (wrong.status, wrong.text)
    with portal.world.session() as session:
        (event,) = audit.recent(session, tags=(EventTag.ACCOUNT_PAUSED,))
        assert event.person_id == "daan"
    portal.world.clock.advance(61)
    assert "code" in portal.heard(give(browser, "daan.kuipers", secret))


def test_A_11_a_pause_is_told_in_the_same_words_for_a_name_that_nobody_has(
    portal: Portal,
) -> None:
    told = []
    for name in ("daan.kuipers", "niemand.hier"):
        browser = at_password(portal)
        said = []
        for number in range(8):
            page = give(browser, name, f"verkeerd woord {number}")
            assert "Vraag een nieuw wachtwoord" in page.text
            found = re.search(r"Probeer het weer om (\d\d\.\d\d) uur", page.text)
            said.append(found is not None)
        assert found is not None
        later = portal.world.clock().timestamp() + 60
        until = datetime.fromtimestamp(math.ceil(later / 60) * 60, ZoneInfo(TIME_ZONE))
        assert found[1] == f"{until:%H.%M}"
        told.append(said)
        portal.world.clock.advance(121)
        assert "Probeer het weer om" not in give(browser, name, "weer een verkeerd").text
    assert told == [[False] * 4 + [True] * 4] * 2


def test_A_14_many_names_from_one_network_are_limited(portal: Portal) -> None:
    portal.world.clock.advance(3600)
    browser = at_password(portal)
    statuses = [give(browser, f"naam{number}", "raad het maar").status for number in range(101)]
    assert (statuses[0], statuses[-1]) == (422, 429)
    secret = prepare.password(portal.world.demo, "daan")
    assert give(browser, "daan.kuipers", secret).status == 429
    portal.world.clock.advance(1000)
    browser = at_password(portal)
    assert "code" in portal.heard(give(browser, "daan.kuipers", secret))


@pytest.mark.parametrize("password", ["x" * 100_000, "a\x00b", "", "\ud7ff" * 300])
def test_A_14_what_is_no_password_is_refused_like_a_wrong_one(
    portal: Portal, password: str
) -> None:
    browser = at_password(portal)
    assert browser.page is not None
    form = next(f for f in browser.page.forms if "password" in f.fields)
    token = form.fields["csrf_token"] or ""
    fields = [("csrf_token", token), ("name", "daan.kuipers"), ("password", password)]
    page = browser.post(form.action, fields)
    assert page.status == 422 and page.heading == PASSWORD


@pytest.mark.parametrize(
    "name", ["daan@b@c", "d\u0430an.kuipers", "daan@voorbeeld.example\r\nBcc: a@b.example"]
)
def test_A_15_a_name_that_only_looks_like_it_does_not_log_in(portal: Portal, name: str) -> None:
    secret = prepare.password(portal.world.demo, "daan")
    assert give(at_password(portal), name, secret).status == 422
    assert "code" in portal.heard(give(at_password(portal), "DAAN.Kuipers", secret))


# The state of the account.


def test_a_blocked_person_sees_why(portal: Portal) -> None:
    with portal.world.session() as session, session.begin():
        person = session.get_one(Person, "daan")
        person.blocked_at = portal.world.clock() - timedelta(seconds=1)
    assert log_in(portal, "daan").heading == "Uw inlogmiddel is geblokkeerd"


def test_an_account_that_ended_is_nobody(portal: Portal) -> None:
    with account_of(portal.world, "daan") as (_, account):
        account.ended_at = portal.world.clock()
    assert log_in(portal, "daan").status == 422


# A temporary password.


def test_a_temporary_password_is_replaced_before_anything_else(portal: Portal) -> None:
    give_temporary(portal.world, "daan", "tijdelijk woord 1")
    browser = at_password(portal)
    page = give(browser, "daan.kuipers", "tijdelijk woord 1")
    assert page.heading == REPLACE
    for text, again, said in (
        ("kort", None, "Gebruik 12 tekens of meer"),
        ("daan.kuipers is het", None, "Gebruik uw naam of e-mailadres niet"),
        ("aaaaaaaaaaaaaaaa", None, "te makkelijk te raden"),
        ("tijdelijk woord 1", None, "uw oude wachtwoord"),
        (NEW, NEW + "x", "niet hetzelfde"),
    ):
        page = choose_new(browser, text, again)
        assert (page.status, page.heading) == (422, REPLACE)
        assert said in page.text
    assert "code" in portal.heard(choose_new(browser, NEW))
    assert give(at_password(portal), "daan.kuipers", "tijdelijk woord 1").status == 422
    assert "code" in portal.heard(give(at_password(portal), "daan.kuipers", NEW))
    with portal.world.session() as session:
        events = audit.recent(session, tags=(EventTag.PASSWORD_CHANGED,), person_id="daan")
        assert events and NEW not in str(events)
    mail = [m for m in portal.world.deliver_mail() if "veranderd" in m["subject"]]
    assert [m["recipient"] for m in mail] == ["daan@voorbeeld.example"]


def test_A_16_a_login_with_the_old_password_does_not_outlive_it(portal: Portal) -> None:
    give_temporary(portal.world, "daan", "tijdelijk woord 1")
    thief, owner = at_password(portal), at_password(portal)
    assert give(thief, "daan.kuipers", "tijdelijk woord 1").heading == REPLACE
    portal.world.clock.advance(1)
    give(owner, "daan.kuipers", "tijdelijk woord 1")
    portal.world.clock.advance(1)
    assert "code" in portal.heard(choose_new(owner, NEW))
    page = choose_new(thief, "een ander woord van de dief")
    assert page.status == 410
    assert give(at_password(portal), "daan.kuipers", "een ander woord van de dief").status == 422
    assert "code" in portal.heard(give(at_password(portal), "daan.kuipers", NEW))
