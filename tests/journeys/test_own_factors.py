"""People add, change and remove their own second factors at ``/mijn``."""

from __future__ import annotations

import re

import pyotp
import pytest

from assurance import devices
from assurance.factors import BoundBy, FactorKind
from assurance.pskc import Device
from assurance.totp import TotpParameters
from sandbox.browser import Browser, Page
from state import audit
from state.audit import EventTag
from tests.authenticator import Authenticator
from tests.broker.portal import set_clock
from tests.journeys.at_mijn import (
    AGAIN,
    BASE,
    CODE,
    LIST,
    arrive,
    factors_of,
    give_app_code,
    log_in_again,
    options_of,
    roos_at_eh2_plus,
    send_assertion,
    strip_factors,
)
from tests.world import ADDRESSES, World

NUMBER = "+31612345678"


@pytest.fixture
def world(own_world: World) -> World:
    set_clock(own_world)
    return own_world


def posts(world: World, channel: str = "mail") -> list[dict[str, str]]:
    return [m for m in world.deliver_mail() if m["channel"] == channel]


def seed_of(browser: Browser) -> str:
    assert browser.page is not None
    return str(browser.page.tree.get_element_by_id("sleutel").text_content()).replace(" ", "")


def add_app(world: World, browser: Browser) -> str:
    browser.open(f"{BASE}/app")
    seed = seed_of(browser)
    browser.fill("code", pyotp.TOTP(seed).at(world.clock()))
    assert "Het inlogmiddel is toegevoegd" in browser.click("Voeg de app toe").text
    return seed


def add_number(
    world: World, browser: Browser, number: str = NUMBER, *, replaces: bool = False
) -> None:
    browser.open(f"{BASE}/sms")
    browser.fill("number", number)
    assert browser.click("Stuur een code").heading == "Vul de code uit de sms in"
    browser.fill("code", posts(world, "sms")[-1]["text"].rpartition("#")[2])
    page = browser.click("Voeg het nummer toe")
    assert ("Het nummer is gewijzigd" if replaces else "Het inlogmiddel is toegevoegd") in page.text
    assert ("Log overal uit" in page.text) is replaces


def test_an_app_is_added_after_a_code_of_it_and_lifts_the_next_login(world: World) -> None:
    strip_factors(world, "jan")
    browser = arrive(world, "jan", "Polderpoort")
    page = browser.open(f"{BASE}/app")
    assert page.answer.header("Cache-Control") == "no-store"
    seed = seed_of(browser)
    browser.fill("code", "000000")
    assert browser.click("Voeg de app toe").status == 422
    assert factors_of(world, "jan") == []
    code = pyotp.TOTP(seed).at(world.clock())
    browser.fill("code", code)
    assert "Het inlogmiddel is toegevoegd" in browser.click("Voeg de app toe").text
    assert browser.page is not None and "Toegevoegd met niveau EH2+ of hoger" in browser.page.text
    (factor,) = factors_of(world, "jan")
    assert (factor.kind, factor.bound_by) == (FactorKind.TOTP, BoundBy.SESSION)
    assert factor.last_step > 0  # the code that confirmed it works no second time
    told = posts(world)[-1]
    assert (told["recipient"], told["subject"]) == (
        "jan@voorbeeld.example",
        "Inlogmiddel toegevoegd",
    )
    assert seed not in told["text"] and code not in told["text"]
    with world.session() as session:
        (added,) = audit.recent(session, tags=(EventTag.FACTOR_ADDED,), person_id="jan")
        assert added.details == {"kind": "totp", "bound_by": "session"}


def test_F_15_the_secret_is_shown_once_and_never_after_it_was_confirmed(world: World) -> None:
    browser = arrive(world, "jan", "Polderpoort")
    page = browser.open(f"{BASE}/app")
    seed = seed_of(browser)
    assert "<path" in page.answer.body.decode()
    for _ in range(2):
        again = browser.open(f"{BASE}/app")
        body = again.answer.body.decode()
        assert seed[:4] not in body and 'class="sluis-qr"' not in body
        assert again.answer.header("Cache-Control") == "no-store"
    browser.fill("code", pyotp.TOTP(seed).at(world.clock()))
    browser.click("Voeg de app toe")
    (factor,) = factors_of(world, "jan")
    paths = ("", "/app", f"/{factor.id}", f"/{factor.id}/verwijderen")
    for path in paths:
        assert seed[:8] not in browser.open(BASE + path).answer.body.decode().replace(" ", "")
    assert seed_of_page(browser.open(f"{BASE}/app/opnieuw")) is None  # by GET nothing begins


def seed_of_page(page: object) -> str | None:
    text = getattr(page, "text", "")
    found = re.search(r"\b[A-Z2-7]{4}(?: [A-Z2-7]{4}){7}\b", text)
    return found.group() if found else None


def test_a_new_secret_can_be_asked_and_the_old_one_is_worth_nothing(world: World) -> None:
    browser = arrive(world, "jan", "Polderpoort")
    browser.open(f"{BASE}/app")
    old = seed_of(browser)
    browser.open(f"{BASE}/app")
    browser.click("Begin opnieuw met een nieuwe QR-code")
    new = seed_of(browser)
    assert new != old
    browser.fill("code", pyotp.TOTP(old).at(world.clock()))
    assert browser.click("Voeg de app toe").status == 422
    browser.fill("code", pyotp.TOTP(new).at(world.clock()))
    assert browser.click("Voeg de app toe").heading == LIST


def test_F_12_a_weaker_session_proves_the_factor_first(world: World) -> None:
    browser = arrive(world, "roos", "Brugwacht")  # EH2: her app was not asked
    (app,) = factors_of(world, "roos", FactorKind.TOTP)
    ways = (
        "/app",
        "/sms",
        "/passkey",
        "/apparaat",
        "/herstelcodes",
        f"/{app.id}/verwijderen",
    )
    for way in ways:
        page = browser.open(BASE + way)
        assert page.heading == AGAIN
        assert "U bent ingelogd met niveau EH2." in page.text and "niveau EH2+" in page.text
    token = token_of(browser.open(f"{BASE}/{app.id}"))
    before = len(factors_of(world, "roos"))
    for way in (*ways, f"/{app.id}/naam"):
        page = browser.post(BASE + way, [("csrf_token", token), ("label", "x")])
        assert (page.status, page.heading) == (403, AGAIN)
    assert len(factors_of(world, "roos")) == before
    browser.open(f"{BASE}/{app.id}/verwijderen")
    assert log_in_again(browser, "roos", "Brugwacht").heading == CODE
    page = give_app_code(world, browser)
    assert page.heading == "Wilt u dit inlogmiddel verwijderen?"  # and comes back where it was


def test_F_12_a_login_of_eleven_minutes_ago_is_not_enough(world: World) -> None:
    browser = roos_at_eh2_plus(world)
    assert browser.open(f"{BASE}/app").heading == "Voeg een app met codes toe"
    world.clock.advance(11 * 60)
    world.process.holder.refresh()
    assert browser.open(BASE).heading == LIST
    page = browser.open(f"{BASE}/app")
    assert page.heading == AGAIN and "langer dan 10 minuten geleden" in page.text
    page = browser.click("Log opnieuw in")
    assert page.url.startswith(ADDRESSES.makelaars) or page.heading == "Wie is uw makelaar?"


def token_of(page: object) -> str:
    forms = page.forms  # type: ignore[attr-defined]
    return str(next(f.fields["csrf_token"] for f in forms if "csrf_token" in f.fields))


def test_F_13_what_is_added_at_eh2_does_not_count(world: World) -> None:
    strip_factors(world, "roos")
    browser = arrive(world, "roos", "Brugwacht")
    assert "Dit inlogmiddel telt nog niet mee voor EH2+" in browser.open(f"{BASE}/app").text
    seed = seed_of(browser)
    browser.fill("code", pyotp.TOTP(seed).at(world.clock()))
    browser.click("Voeg de app toe")
    (factor,) = factors_of(world, "roos")
    assert factor.bound_by is BoundBy.SELF
    walk = world.walk("Lozing melden", "Brugwacht", "roos")
    assert walk.run().heading != "U bent ingelogd"
    assert CODE not in walk.pages


def test_F_07_a_number_is_changed_with_the_one_that_is_there_which_is_told(world: World) -> None:
    browser = roos_at_eh2_plus(world)
    add_number(world, browser)
    world.clock.advance(31)
    weak = arrive(world, "roos", "Brugwacht")
    page = weak.open(f"{BASE}/sms")
    assert page.heading != "Wijzig uw nummer voor sms"  # not without a factor that counts
    page = browser.open(f"{BASE}/sms")
    assert page.heading == "Wijzig uw nummer voor sms"
    assert "…78" in page.text and NUMBER not in page.text
    add_number(world, browser, "+31687654321", replaces=True)
    (factor,) = factors_of(world, "roos", FactorKind.SMS)
    assert factor.label == "…21"
    to_old = [m for m in posts(world, "sms") if m["recipient"] == NUMBER][-1]
    assert "verwijderd" in to_old["text"] and "87654321" not in to_old["text"]
    # Of one moment: which comes first is nobody's to say.
    assert {m["subject"] for m in posts(world)[-2:]} == {
        "Inlogmiddel verwijderd",
        "Inlogmiddel toegevoegd",
    }


@pytest.mark.parametrize(
    ("number", "said"),
    [
        pytest.param("0900 1234567", "geen mobiel nummer", id="F-05 a premium number"),
        pytest.param("+44 7400 123456", "geen sms naar dit land", id="F-05 another country"),
        pytest.param("1", "geen telefoonnummer", id="F-05 no number"),
    ],
)
def test_only_mobile_numbers_of_listed_countries_are_added(
    world: World, number: str, said: str
) -> None:
    browser = arrive(world, "jan", "Polderpoort")
    browser.open(f"{BASE}/sms")
    browser.fill("number", number)
    page = browser.click("Stuur een code")
    assert page.status == 422 and said in page.text
    assert page.tree.cssselect("#number")[0].get("value") == number, "not typed again"
    assert posts(world, "sms") == []


def test_F_06_the_code_for_a_new_number_belongs_to_session_and_number(world: World) -> None:
    browser, other = arrive(world, "jan", "Polderpoort"), arrive(world, "liv", "Zekerweg")
    codes = []
    for who, number in ((browser, NUMBER), (other, "+31687654321")):
        who.open(f"{BASE}/sms")
        who.fill("number", number)
        who.click("Stuur een code")
        codes.append(posts(world, "sms")[-1]["text"].rpartition("#")[2])
    if codes[0] != codes[1]:
        other.fill("code", codes[0])
        assert other.click("Voeg het nummer toe").status == 422
    for _ in range(3):
        browser.fill("code", f"{(int(codes[0]) + 1) % 1_000_000:06d}")
        assert browser.click("Voeg het nummer toe").status == 422
    browser.fill("code", codes[0])
    assert browser.click("Voeg het nummer toe").status == 422  # used up
    other.fill("code", codes[1])
    assert other.click("Voeg het nummer toe").heading == LIST
    assert factors_of(world, "jan") == []


def test_a_passkey_is_added_and_lifts_the_next_login(world: World) -> None:
    device = Authenticator(ADDRESSES.broker)
    browser = roos_at_eh2_plus(world)
    page = browser.open(f"{BASE}/passkey")
    page = send_assertion(browser, device.create(options_of(page)))
    assert "Het inlogmiddel is toegevoegd" in page.text
    (factor,) = factors_of(world, "roos", FactorKind.PASSKEY)
    assert factor.bound_by is BoundBy.SESSION
    again = arrive(world, "roos", "Brugwacht")
    again.open(f"{BASE}/hoger")
    page = log_in_again(again, "roos", "Brugwacht")
    assert page.heading == CODE  # used last
    page = again.click("Gebruik een passkey")
    assert page.heading == "Gebruik uw passkey"
    assert send_assertion(again, device.get(options_of(page))).heading == LIST


def test_F_16_recovery_codes_are_shown_once_and_a_new_set_ends_the_old(world: World) -> None:
    browser = roos_at_eh2_plus(world)
    browser.open(f"{BASE}/herstelcodes")
    page = browser.click("Maak herstelcodes")
    assert page.answer.header("Cache-Control") == "no-store"
    codes = re.findall(r"[0-9a-z]{4}(?:-[0-9a-z]{4}){3}", page.text)
    assert len(set(codes)) == 10
    assert not re.search(
        r"[0-9a-z]{4}(?:-[0-9a-z]{4}){3}", browser.open(f"{BASE}/herstelcodes").text
    )
    assert "Nog 10 codes" in browser.open(BASE).text
    assert codes[0] not in posts(world)[-1]["text"]
    browser.open(f"{BASE}/herstelcodes")
    assert "Uw oude herstelcodes werken niet meer" in browser.click("Maak herstelcodes").text
    assert len(factors_of(world, "roos", FactorKind.RECOVERY_CODES)) == 1


def test_removing_the_last_factor_that_lifts_warns_and_tells(world: World) -> None:
    browser = roos_at_eh2_plus(world)
    (app,) = factors_of(world, "roos", FactorKind.TOTP)
    page = browser.open(f"{BASE}/{app.id}/verwijderen")
    assert "Dit is uw laatste inlogmiddel voor EH2+" in page.text
    assert "Het inlogmiddel is verwijderd" in browser.click("Verwijder het inlogmiddel").text
    assert factors_of(world, "roos", FactorKind.TOTP) == []
    assert posts(world)[-1]["subject"] == "Inlogmiddel verwijderd"
    browser.click("Log overal uit")
    assert browser.click("Log overal uit").heading == "U bent uitgelogd"
    walk = world.walk("Lozing melden", "Brugwacht", "roos")
    walk.run()
    assert CODE not in walk.pages


def test_no_warning_where_another_factor_lifts(world: World) -> None:
    browser = roos_at_eh2_plus(world)
    add_app(world, browser)
    factor = factors_of(world, "roos", FactorKind.TOTP)[0]
    page = browser.open(f"{BASE}/{factor.id}/verwijderen")
    assert "laatste inlogmiddel" not in page.text


def test_a_factor_is_renamed(world: World) -> None:
    browser = roos_at_eh2_plus(world)
    (app,) = factors_of(world, "roos", FactorKind.TOTP)
    browser.open(f"{BASE}/{app.id}")
    browser.fill("label", "Telefoon van het werk")
    assert "Telefoon van het werk" in browser.click("Bewaar de naam").text
    browser.open(f"{BASE}/{app.id}")
    browser.fill("label", "   ")
    page = browser.click("Bewaar de naam")
    assert page.status == 422 and "De naam is niet bewaard" in page.text


def test_the_factor_of_another_does_not_exist(world: World) -> None:
    browser = roos_at_eh2_plus(world)
    (app,) = factors_of(world, "roos", FactorKind.TOTP)
    stranger = arrive(world, "jan", "Polderpoort")
    token = token_of(stranger.page)
    for path in (f"/{app.id}", f"/{app.id}/verwijderen", f"/{app.id}/brief"):
        assert stranger.open(BASE + path).status == 404
        assert stranger.post(BASE + path, [("csrf_token", token)]).status in (404, 405)
    assert len(factors_of(world, "roos", FactorKind.TOTP)) == 1
    assert browser.open(f"{BASE}/{app.id}").status == 200


def test_the_notice_is_in_the_language_of_its_reader(world: World) -> None:
    browser = arrive(world, "liv", "Zekerweg")  # reads English, whatever her browser says
    add_app(world, browser)
    assert posts(world)[-1]["subject"] == "Login method added"


def test_F_09_a_code_without_a_pending_enrolment_adds_nothing(world: World) -> None:
    browser = arrive(world, "jan", "Polderpoort")
    token = token_of(browser.page)
    for way, field in (("/app", "code"), ("/sms/code", "code"), ("/passkey", "assertion")):
        browser.post(BASE + way, [("csrf_token", token), (field, "123456")])
    assert factors_of(world, "jan") == []
    browser.open(f"{BASE}/app")
    browser.click("Begin opnieuw met een nieuwe QR-code")
    browser.fill("code", pyotp.TOTP(seed_of(browser)).at(world.clock()))
    assert browser.click("Voeg de app toe").heading == LIST
    assert len(factors_of(world, "jan")) == 1


def stock_device(world: World, serial: str, seed: str) -> None:
    with world.session() as session, session.begin():
        device = Device(serial, seed, TotpParameters())
        devices.stock(session, world.process.sealer, [device], world.clock())


def try_device(browser: Browser, serial: str, code: str) -> Page:
    browser.open(f"{BASE}/apparaat")
    browser.fill("serial", serial)
    browser.fill("code", code)
    return browser.click("Voeg het apparaat toe")


def test_a_device_of_the_stock_is_added_with_a_code_that_it_shows(world: World) -> None:
    seed = pyotp.random_base32()
    stock_device(world, "VB-1", seed)
    code = pyotp.TOTP(seed).at(world.clock())
    browser = arrive(world, "jan", "Polderpoort")
    refused = [try_device(browser, "VB-2", code), try_device(browser, "VB-1", "000000")]
    assert [page.status for page in refused] == [422, 422]
    said = {page.text.partition("Voeg een apparaat")[0] for page in refused}
    assert len(said) == 1  # an unknown serial number and a wrong code look the same
    assert "Het inlogmiddel is toegevoegd" in try_device(browser, "VB-1", code).text
    (factor,) = factors_of(world, "jan")
    assert (factor.serial, factor.label, factor.bound_by) == ("VB-1", "…VB-1", BoundBy.SESSION)
    other = arrive(world, "liv", "Zekerweg")
    assert try_device(other, "VB-1", code).status == 422  # it is somebody's
    browser.open(f"{BASE}/{factor.id}/verwijderen")
    browser.click("Verwijder het inlogmiddel")
    assert try_device(other, "VB-1", code).status == 200  # free again


def test_F_03_guessing_at_a_device_is_limited(world: World) -> None:
    seed = pyotp.random_base32()
    stock_device(world, "VB-1", seed)
    browser = arrive(world, "jan", "Polderpoort")
    for _ in range(5):
        assert "klopt niet" in try_device(browser, "VB-1", "000000").text
    page = try_device(browser, "VB-1", pyotp.TOTP(seed).at(world.clock()))
    assert page.status == 422 and "U probeerde het te vaak" in page.text
    assert factors_of(world, "jan") == []
