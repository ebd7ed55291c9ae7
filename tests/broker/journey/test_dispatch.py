"""Logins that go another way than people plan: each ends on a friendly page or with the right error
and state at the portal, and never in an error of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from sandbox.browser import Browser, Page
from sandbox.portal.clients import BODEM, GRONDWATER, LOZING
from state import registrations
from state.registrations import Kind
from tests.broker import changes
from tests.broker.portal import ISSUER, STATE, Portal, make_portal_world, scope_of, set_clock
from tests.broker.recorder import Gate
from tests.world import ADDRESSES, World

CONSENT = "Deze gegevens geven wij door"
PROVIDER = "Wie is uw makelaar?"
OTHER_ADDRESS = "http://127.0.0.5:9000/callback"
TOO_LATE = "Inloggen duurde te lang"
CANCEL = "Annuleer en ga terug naar"
DECLINE = "Geef niet door en ga terug"
CHANGE = "Kies een andere makelaar"
WAY = "Kies een andere manier om in te loggen"  # where the service takes means of Sluis as well
CHANGE_AT = {
    "too low": "Log in met een ander inlogmiddel",
    **dict.fromkeys(("mandate", "consent", "no mandate", "blocked"), WAY),
}

# How the login of a page ends when its first form is sent: what the user stops, unless said here.
ENDED = {
    "consent": "U bent al klaar met inloggen",
    "information": "U bent al klaar met inloggen",
    **dict.fromkeys(("no mandate", "branch", "blocked", "not active"), "Inloggen is niet gelukt"),
}

Way = Callable[[Portal], Browser]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_portal_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def portal(world: World) -> Iterator[Portal]:
    set_clock(world)
    yield Portal(world)
    world.wire.down.clear()


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    """In a world of its own, which may be changed for good."""
    return Portal(make_portal_world(tmp_path_factory.mktemp("own")))


def _choice_of_makelaar(portal: Portal) -> Browser:
    browser = portal.world.browser()
    browser.open(portal.url(scope=scope_of(BODEM)))
    return browser


def _after(person: str, makelaar: str, service: object, consent: str | None = None) -> Way:
    def walk(portal: Portal) -> Browser:
        scope = scope_of(service)  # type: ignore[arg-type]
        browser = portal.at_makelaar(makelaar, scope=scope, prompt=consent)
        browser.press("person", person)
        return browser

    return walk


# Every page that asks something, and the way to it.
PAGES: dict[str, tuple[Way, str]] = {
    "makelaar": (_choice_of_makelaar, PROVIDER),
    "mandate": (_after("mo", "zekerweg", BODEM), "Namens wie logt u in?"),
    "consent": (_after("jan", "zekerweg", BODEM), CONSENT),
    "information": (_after("jan", "polderpoort", LOZING, "consent"), CONSENT),
    "second factor": (_after("roos", "brugwacht", LOZING), "Vul de code uit uw app in"),
    "no mandate": (
        _after("noor", "polderpoort", BODEM),
        "U mag nog niet inloggen bij Meldportaal Bodem",
    ),
    "branch": (
        _after("tim", "polderpoort", GRONDWATER),
        "U mag nog niet inloggen bij Grondwateronttrekking",
    ),
    "too low": (_after("piet", "veerhuis", LOZING), "Uw niveau is te laag voor deze dienst"),
    "blocked": (_after("ali", "brugwacht", BODEM), "Uw inlogmiddel is geblokkeerd"),
    "not active": (_after("bas", "veerhuis", LOZING), "Uw inlogmiddel is niet actief"),
}
every_page = pytest.mark.parametrize("name", PAGES)


def at(portal: Portal, name: str) -> Browser:
    walk, heading = PAGES[name]
    browser = walk(portal)
    assert browser.page is not None
    assert browser.page.heading == heading
    return browser


def forms(page: Page) -> list[tuple[str, list[tuple[str, str]]]]:
    """The forms that post to us: address and fields, with the first button of each pressed."""
    found = []
    for form in page.forms:
        if (form.method or "").upper() == "POST":
            buttons = [(b.get("name"), b.get("value", "")) for b in form.iter("button")]
            fields = [*form.form_values(), *[b for b in buttons[:1] if b[0]]]
            found.append((ISSUER + form.action, fields))
    return found


def send(browser: Browser, page: Page, form: tuple[str, list[tuple[str, str]]]) -> Page:
    """Send a form of this page, whatever the browser shows by now: a second click."""
    browser.page = page
    return browser.post(*form)


def says(page: Page, word: str) -> bool:
    return any(word in str(e.text_content()) for e in page.tree.iter("button", "a"))


@every_page
def test_who_stops_is_back_at_the_portal(portal: Portal, name: str) -> None:
    browser = at(portal, name)
    assert browser.page is not None
    word = next(w for w in (CANCEL, DECLINE, "Ga terug naar") if says(browser.page, w))
    heard = portal.heard(browser.click(word))
    low = name == "too low"
    assert heard["error"] == ("unmet_authentication_requirements" if low else "access_denied")
    assert heard["state"] == STATE
    assert "code" not in heard


@every_page
def test_who_waits_too_long_reads_that(portal: Portal, name: str) -> None:
    browser = at(portal, name)
    assert browser.page is not None
    waiting = forms(browser.page)
    url = browser.page.url
    portal.world.clock.advance(16 * 60)
    for address, fields in waiting:
        page = browser.post(address, fields)
        assert (page.status, page.heading) == (410, TOO_LATE)
    page = browser.open(url.partition("?")[0])
    assert (page.status, page.heading) == (410, TOO_LATE)
    assert "SLS-1001" in page.text


@every_page
def test_a_reload_shows_the_same_question(portal: Portal, name: str) -> None:
    browser = at(portal, name)
    assert browser.page is not None
    page = browser.open(browser.page.url)
    assert page.heading == PAGES[name][1]
    assert browser.open(page.url.partition("?")[0]).heading == PAGES[name][1]


@every_page
def test_another_makelaar_starts_afresh(portal: Portal, name: str) -> None:
    browser = at(portal, name)
    assert browser.page is not None
    if name == "makelaar":
        assert not says(browser.page, CHANGE)
        return
    page = browser.click(CHANGE_AT.get(name, CHANGE))
    assert page.heading == PROVIDER
    assert "Ingelogd als" not in page.text
    browser.click("Polderpoort")
    page = browser.press("person", "sanne")
    assert page.heading == "Namens wie logt u in?"
    assert "Sanne Bakker" in page.text


@every_page
def test_no_form_answered_twice_is_an_error_of_ours(portal: Portal, name: str) -> None:
    """Each form of each page, sent twice, then all the others: friendly pages to the end."""
    browser = at(portal, name)
    assert browser.page is not None
    first = browser.page
    for form in forms(first) * 2:
        page = send(browser, first, form)
        assert page.status in (200, 403, 409, 422), (form[0], page.text)
        assert "SLS-5" not in page.text
    page = browser.open(first.url)
    if page.heading == PROVIDER:  # the first form began with another makelaar
        browser.click(CANCEL)
        page = browser.open(first.url)
    assert (page.status, page.heading) == (409, ENDED.get(name, "U bent gestopt met inloggen"))


@every_page
def test_a_dropped_cookie_ends_the_login_in_this_browser(portal: Portal, name: str) -> None:
    browser = at(portal, name)
    assert browser.page is not None
    url = browser.page.url
    browser.forget_cookies()
    assert browser.open(url).status == 403


def test_consent_that_is_given_twice_gives_one_code(portal: Portal) -> None:
    browser = at(portal, "consent")
    assert browser.page is not None
    page = browser.page
    form = next(f for f in forms(page) if f[0].endswith("/consent"))
    first = send(browser, page, form)
    second = send(browser, page, form)
    assert (second.status, second.heading) == (409, "U bent al klaar met inloggen")
    assert portal.redeem(portal.heard(first)["code"]).status == 200


def test_consent_that_is_declined_is_told(portal: Portal) -> None:
    heard = portal.heard(at(portal, "consent").press("agree", "no"))
    assert (heard["error"], heard["state"]) == ("access_denied", STATE)


def test_a_makelaar_that_stops_answering_may_be_tried_again(portal: Portal) -> None:
    """The browser reaches the makelaar; then we do not."""
    gate = Gate(portal.world.wire, f"{ISSUER}/oidc/callback")
    browser = portal.at_makelaar(browser=Browser(wire=gate), scope=scope_of(BODEM))
    answer = browser.press("person", "jan").url
    gate.is_open = True
    portal.world.wire.down.add(ADDRESSES.makelaars.removeprefix("http://"))
    page = browser.open(answer)
    assert (page.status, page.heading) == (503, "Zekerweg is niet bereikbaar")
    portal.world.wire.down.clear()
    page = browser.click("Probeer opnieuw")
    assert page.heading == "Log in bij Zekerweg"
    assert browser.press("person", "jan").heading == CONSENT


@pytest.mark.parametrize("name", ["mandate", "consent"])
def test_a_makelaar_that_is_paused_halfway_is_not_used(own: Portal, name: str) -> None:
    browser = at(own, name)
    changes.change_makelaar(own.world, "zekerweg", state="paused")
    page = browser.press("agree", "yes") if name == "consent" else browser.click("Korenmolen")
    assert page.heading == PROVIDER
    assert not any(b.get("value") == "zekerweg" for f in page.forms for b in f.iter("button"))
    browser.click("Polderpoort")
    assert browser.press("person", "jan").heading == CONSENT
    code = own.heard(browser.press("agree", "yes"))["code"]
    claims = own.claims(own.tokens(code)["id_token"])
    assert claims["idp"] == f"{ADDRESSES.makelaars}/polderpoort/metadata"


def test_a_makelaar_that_is_paused_before_its_answer_is_not_believed(own: Portal) -> None:
    browser = own.at_makelaar(scope=scope_of(BODEM))
    changes.change_makelaar(own.world, "zekerweg", state="paused")
    page = browser.press("person", "jan")
    assert page.status == 400
    assert page.heading in ("Inloggen is niet gelukt", PROVIDER)


@pytest.mark.parametrize("name", ["mandate", "consent", "second factor"])
def test_somebody_who_is_blocked_halfway_does_not_log_in(own: Portal, name: str) -> None:
    browser = at(own, name)
    who = {"mandate": "Mo Yilmaz", "consent": "Jan de Vries", "second factor": "Roos Willems"}
    changes.block(own.world, who[name])
    assert browser.page is not None
    page = browser.open(browser.page.url)
    assert (page.status, page.heading) == (403, "Uw inlogmiddel is geblokkeerd")
    heard = own.heard(browser.click("Ga terug naar"))
    assert (heard["error"], heard["state"]) == ("access_denied", STATE)


def test_somebody_who_is_blocked_on_the_consent_page_gets_no_code(own: Portal) -> None:
    browser = at(own, "consent")
    changes.block(own.world, "Jan de Vries")
    page = browser.press("agree", "yes")
    if page.url.startswith(ISSUER):
        page = browser.click("Ga terug naar")
    assert own.heard(page)["error"] == "access_denied"


def test_a_service_that_leaves_halfway_is_said(own: Portal) -> None:
    browser = at(own, "consent")
    with own.world.session() as session, session.begin():
        registrations.withdraw(session, Kind.SERVICE, BODEM.uuid, own.world.clock())
    own.world.process.holder.refresh()
    page = browser.press("agree", "yes")
    assert page.status == 410
    assert "De dienst waarbij u wilde inloggen is er niet meer." in page.text


@pytest.mark.parametrize("is_moved", [False, True], ids=["left", "moved"])
@pytest.mark.parametrize("agrees", [False, True], ids=["cancels", "agrees"])
def test_nothing_is_sent_to_a_portal_that_left_or_moved_halfway(
    own: Portal, is_moved: bool, agrees: bool
) -> None:
    browser = at(own, "consent")
    with own.world.session() as session, session.begin():
        client = own.world.runtime.configuration.oidc_clients[own.client_id]
        if is_moved:
            document = {**client.model_dump(mode="json"), "redirect_uris": [OTHER_ADDRESS]}
            registrations.save(session, Kind.CLIENT, own.client_id, document, own.world.clock())
        else:
            registrations.withdraw(session, Kind.CLIENT, own.client_id, own.world.clock())
    own.world.process.holder.refresh()
    page = browser.press("agree", "yes") if agrees else browser.click(DECLINE)
    assert page.url.startswith(ISSUER)
    assert page.status == 410
    told = "is net veranderd." if is_moved else "is hier niet meer aangesloten."
    assert f"De website waar u vandaan komt, {told}" in page.text
