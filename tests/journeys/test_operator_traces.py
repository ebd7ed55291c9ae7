"""A caller reads a code from an error page; an operator finds that login and knows what to say."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote, urlencode

import pytest
from sqlalchemy import select

from admin.operators.roles import OperatorRole
from sandbox.browser import Browser, Page
from sandbox.people import PEOPLE
from state import audit, trace, trace_search
from state.audit import EventTag
from state.db import writing
from state.outbox import Message, enqueue
from state.trace import Trace, TraceRecord
from state.trace_search import Wanted
from tests.operators import HERE, at_console, make_operator
from tests.world import ADDRESSES, World

BODEM = "Meldportaal Bodem"
REFERENCE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")
NUMBERS = iter(range(1000))


def desk(world: World, role: OperatorRole = OperatorRole.HELPDESK) -> Browser:
    somebody = make_operator(world, f"robin{next(NUMBERS)}", role)
    return at_console(world, somebody.person_id)


def code_on(page: Page) -> str:
    found = REFERENCE.search(page.text)
    assert found is not None, page.text
    return found.group()


def fails_at_makelaar(world: World, fault: str = "clock_ahead", *, leaves: bool = True) -> str:
    """Jan's makelaar answers wrongly; the code of his error page."""
    browser = world.browser()
    page = world.walk(BODEM, "Polderpoort", "jan", fault=fault, browser=browser).run()
    assert (page.status, page.heading) == (400, "Inloggen is niet gelukt")
    code = code_on(page)
    if leaves:
        browser.click("Ga terug naar Bronhouderportaal")
    return code


def test_a_request_of_a_portal_that_was_refused_is_found_with_what_it_sent(world: World) -> None:
    """The page shows neither address; who has its code and may read traces sees both."""
    wrong = f"{world.demo.addresses.portal}/callback/bronhouderportaal/"
    query = urlencode({"client_id": "bronhouderportaal", "redirect_uri": wrong})
    page = world.browser().open(f"{world.demo.addresses.broker}/authorize?{query}")
    assert page.status == 400 and wrong not in page.text
    robin = desk(world)
    found = search(robin, code_on(page))
    for words in (
        *("Verzoek geweigerd", "Bronhouderportaal", wrong, wrong.removesuffix("/")),
        *("Gestuurd", "Geregistreerd", "antwoordadres dat niet in haar registratie staat"),
    ):
        assert words in found.text, words
    code = code_on(page)
    assert code not in robin.open(f"{HERE}/inlogspoor").text  # no login began
    assert code in robin.open(f"{HERE}/inlogspoor?uitkomst=not_begun").text


def search(browser: Browser, code: str) -> Page:
    browser.open(HERE)
    browser.fill("code", code)
    return browser.click("Zoek")


@pytest.mark.parametrize("leaves", [True, False], ids=["ended", "error page still open"])
def test_a_login_that_failed_by_a_wrong_clock_is_found_and_explained(
    world: World, leaves: bool
) -> None:
    code = fails_at_makelaar(world, leaves=leaves)
    page = search(desk(world), code)
    assert page.heading == f"Login {code}"
    for words in (
        "Meldportaal Bodem",
        "Polderpoort",
        "voor op de onze. Toegestaan is 60 s.",
        "Wat te doen.",
        "saml.skew_seconds",
        "Wie dit oplost. De makelaar",
        "Antwoord voor de beller.",
        "Het ligt aan uw makelaar. Wij melden het daar.",  # trying again helps nobody
        "issue_instant",
    ):
        assert words in page.text, words
    if leaves:
        (bad,) = page.tree.xpath("//ol/li[contains(@class, 'is-bad')]")
        assert "5. Antwoord van de makelaar" in bad.text_content()
        assert "Oorzaak" in bad.text_content()


@pytest.mark.parametrize(
    "spelled", [str.lower, lambda c: c.replace("-", ""), lambda c: f"  {c[:4]} {c[5:]} "]
)
def test_a_code_is_found_in_any_spelling(world: World, spelled: object) -> None:
    code = fails_at_makelaar(world, "wrong_audience")
    assert search(desk(world), spelled(code)).heading == f"Login {code}"  # type: ignore[operator]


def test_what_is_no_code_and_what_is_not_there_say_what_to_do(world: World) -> None:
    browser = desk(world)
    page = search(browser, "nergens")
    assert page.status == 422
    assert "Vul 8 letters en cijfers in" in page.text
    page = search(browser, "0000-0000")
    assert (page.status, page.heading) == (404, "Niets met deze code")
    assert "letter voor letter" in page.text
    assert "Wij vonden niets bij 0000-0000." in " ".join(page.text.split())
    assert page.tree.xpath("//input[@name='code']/@value") == ["0000-0000"]
    assert browser.open(f"{HERE}/inlogspoor/{'x' * 500}").status == 404


def test_a_login_that_succeeded_shows_every_step_and_no_blame(world: World) -> None:
    world.walk(BODEM, "Polderpoort", "jan").run()
    with world.session() as session:
        (last,) = trace_search.newest(session, Wanted(outcome="success"), limit=1)
    page = desk(world).open(f"{HERE}/inlogspoor/{last.id}")
    assert "Gelukt" in page.text
    assert not page.tree.xpath("//*[contains(@class, 'is-bad')]")
    assert len(page.tree.xpath("//ol[contains(@class, 'sluis-trace')]/li")) == len(
        last.record.steps
    )
    told = [" ".join(one.text_content().split()) for one in page.tree.xpath("//ol/li//li")]
    for measured in (
        "Gevraagd niveau: EH3",
        "Gekregen niveau: EH3",
        "Hoe gekozen: Door de gebruiker",
    ):
        assert measured in told, measured
    assert any(one.startswith("Soort machtiging: Voor ") for one in told)


def test_two_logins_with_one_code_are_both_shown(world: World) -> None:
    code = fails_at_makelaar(world)
    with world.session() as session, writing(session):
        record = trace.find(session, code.replace("-", ""))
        assert record is not None
        trace.save(session, replace(record, provider_id="zekerweg", outcome="success", reason=None))
    page = search(desk(world), code)
    assert "Meer logins met deze code" in page.text
    assert "Polderpoort" in page.text
    assert "Zekerweg" in page.text
    assert len(page.tree.xpath("//section")) == 2


def rows(page: Page) -> list[list[str]]:
    return [
        [" ".join(cell.text_content().split()) for cell in row]
        for row in page.tree.xpath("//tbody/tr")
    ]


def test_the_list_is_filtered_by_its_address(own_world: World) -> None:
    world = own_world
    code = fails_at_makelaar(world)
    world.clock.now += timedelta(seconds=1)
    world.walk(BODEM, "Zekerweg", "liv").run()
    browser = desk(world)
    page = browser.open(f"{HERE}/inlogspoor")
    assert [row[2] for row in rows(page)] == ["Zekerweg", "Polderpoort"]  # newest first
    browser.fill("makelaar", "polderpoort")
    browser.fill("uitkomst", "refused")
    page = browser.click("Toon")
    assert "makelaar=polderpoort" in page.url
    assert [row[0] for row in rows(page)] == [code]
    browser.fill("uitkomst", "success")
    page = browser.click("Toon")
    assert "Met deze filters is er geen login" in page.text
    assert len(rows(browser.click("Wis de filters"))) == 2


def test_filters_are_values_and_never_patterns(world: World) -> None:
    fails_at_makelaar(world)
    browser = desk(world)
    for value in ("%", "' OR 1=1 --", "_olderpoort", "x" * 5000, "\x00", "a\nb"):
        for name in ("dienst", "makelaar", "uitkomst", "reden", "dag"):
            page = browser.open(f"{HERE}/inlogspoor?live=nee&{name}=" + _quoted(value))
            assert rows(page) == [], (name, value)
    page = browser.open(f"{HERE}/inlogspoor?na=" + _quoted("' OR 1=1 --"))
    assert page.status == 200


def _quoted(value: str) -> str:
    return quote(value)


def test_older_logins_are_on_the_next_page_each_of_them_once(own_world: World) -> None:
    world = own_world
    now = world.clock()
    with world.session() as session, writing(session):
        for number in range(60):
            ended = now - timedelta(seconds=number // 3)  # three at the same moment
            trace.save(session, TraceRecord(f"{number:08}", ended, ended, "refused"))
    browser = desk(world)
    page, seen = browser.open(f"{HERE}/inlogspoor"), []
    for size in (25, 25, 10):
        assert len(rows(page)) == size
        seen += [row[0] for row in rows(page)]
        if size == 25:
            page = browser.click("Volgende")
    assert len(set(seen)) == 60
    assert "Naar het begin" in page.text
    assert not page.tree.xpath("//*[@data-follow]")


def test_the_page_follows_until_it_is_paused(world: World) -> None:
    fails_at_makelaar(world)
    browser = desk(world)
    page = browser.open(f"{HERE}/inlogspoor?makelaar=polderpoort")
    (follow,) = page.tree.xpath("//*[@data-follow]/@data-follow")
    assert str(follow).endswith("ui=nl")  # in the language of the page around it
    assert "connect-src 'self'" in (page.answer.header("Content-Security-Policy") or "")
    assert page.tree.xpath("//script[contains(@src, 'follow.js')]")
    part = browser.open(f"{HERE}{follow.removeprefix('/operator')}")
    assert rows(part) == rows(page)
    assert not part.tree.xpath("//header")
    browser.open(f"{HERE}/inlogspoor?makelaar=polderpoort")
    paused = browser.click("Pauzeer")
    assert not paused.tree.xpath("//*[@data-follow] | //script[contains(@src, 'follow.js')]")
    # A page whose time ends asks for more; one without an end asks nothing.
    assert "connect-src 'self'" in (paused.answer.header("Content-Security-Policy") or "")
    front = browser.open(f"{ADDRESSES.broker}/hulp/")
    assert "connect-src" not in (front.answer.header("Content-Security-Policy") or "")
    browser.open(f"{HERE}/inlogspoor?makelaar=polderpoort&live=nee")
    assert browser.click("Volg live").tree.xpath("//*[@data-follow]")


def test_an_export_holds_machine_words_only_and_is_audited(world: World) -> None:
    code = fails_at_makelaar(world)
    browser = desk(world)
    search(browser, code)
    page = browser.click("Download dit spoor")
    assert page.answer.header("Content-Type") == "application/json"
    assert "attachment" in (page.answer.header("Content-Disposition") or "")
    document = json.loads(page.answer.body)
    assert document["reference"] == code
    assert document["reason"] == "issue_instant"
    steps = ["received", "client", "provider", "authenticate", "answer", "ended"]
    assert [step["step"] for step in document["steps"]] == steps
    with world.session() as session:
        event = audit.recent(session, tags=[EventTag.EXPORT_MADE], limit=1)[0]
    assert (event.reference, event.details) == (code.replace("-", ""), {"kind": "trace"})


def personal(world: World) -> set[str]:
    """What the demo knows of its people, and what their logins carried."""
    words = {"90001201", "001234567"}
    for person in PEOPLE:
        words |= {person.name, person.key + "@voorbeeld.example", person.name.split()[-1]}
        words |= {login.subject for login in person.logins}
    return words


def test_L_05_no_page_or_export_of_the_console_names_a_person(own_world: World) -> None:
    world = own_world
    world.walk(BODEM, "Polderpoort", "jan").run()
    world.walk("Lozing melden", "Veerhuis", "fatima").run()
    world.walk(BODEM, "Brugwacht", "ali").run()
    code = fails_at_makelaar(world, "wrong_audience")
    still_open = fails_at_makelaar(world, "bad_signature", leaves=False)
    with world.session() as session:
        ids = list(session.scalars(select(Trace.id)))
    somebody = make_operator(world, "auditor", OperatorRole.AUDITOR)
    browser = at_console(world, somebody.person_id)
    paths = ["", "/inlogspoor", f"/inlogspoor/{code}", f"/inlogspoor/{still_open}"]
    shown = [browser.open(HERE + path) for path in (*paths, *(f"/inlogspoor/{i}" for i in ids))]
    search(browser, code)
    shown.append(browser.click("Download dit spoor"))
    for page in shown:
        assert page.status == 200, page.url
        text = page.answer.body.decode()
        for word in personal(world):
            assert word not in text, (page.url, word)
        assert not re.search(r"(?<![\w-])eyJ[\w-]{8}|<saml|(?<!\w)\d{9}(?!\w)", text), page.url


def test_A_02_names_of_registrations_are_text(own_world: World) -> None:
    world = own_world
    hostile = "<script>alert(1)</script>\"onx='{{7*7}}"
    document = {
        "kind": "IdentityProvider",
        "id": "boos",
        "name": hostile[:64],
        "level_ceiling": "EH3",
        "oidc": {"issuer": f"{world.demo.addresses.makelaars}/zekerweg", "client_id": "x"},
    }
    world.apply(json.dumps(document))
    now = world.clock()
    with world.session() as session, writing(session):
        trace.save(
            session,
            TraceRecord("ABCDEFGH", now, now, "refused", "audience", provider_id="boos"),
        )
        trace.save(
            session,
            TraceRecord("ABCDEFGJ", now, now, hostile, hostile, hostile, hostile[:36], hostile),
        )
    browser = desk(world)
    for path in ("", "/inlogspoor", "/inlogspoor/ABCDEFGH", "/inlogspoor/ABCDEFGJ"):
        page = browser.open(HERE + path)
        assert page.status == 200
        assert b"<script>alert" not in page.answer.body
        assert not page.tree.xpath("//script[not(@src)]")
        assert "49" not in page.tree.xpath("string(//title)")
    assert "<script>alert(1)" in browser.open(f"{HERE}/inlogspoor/ABCDEFGH").text


def test_the_start_page_counts_what_happened_and_nothing_else(own_world: World) -> None:
    world = own_world
    browser = desk(world)

    def tiles(page: Page) -> list[str]:
        return page.tree.xpath("//*[@class='sluis-stat__value']/text()")

    page = browser.open(HERE)
    assert tiles(page)[:3] == ["0", "0", "0"]
    assert "mislukte geen login" in page.text
    world.walk(BODEM, "Polderpoort", "jan").run()
    code = fails_at_makelaar(world)
    with world.session() as session, writing(session):
        message = Message("mail", "fatima@voorbeeld.example", "Onderwerp", "Tekst")
        enqueue(session, world.process.sealer, message, world.clock())
    page = browser.open(HERE)
    assert tiles(page)[:3] == ["1", "1", "1"]
    assert code in page.text
    assert "fatima" not in page.text
    world.clock.now += timedelta(minutes=61)
    world.process.holder.refresh()
    page = desk(world).open(HERE)
    assert tiles(page)[:2] == ["0", "0"]
    assert code in page.text  # the last failures stay


def test_the_start_page_of_a_key_officer_has_no_logins(world: World) -> None:
    code = fails_at_makelaar(world)
    page = desk(world, OperatorRole.KEY_OFFICER).open(HERE)
    assert page.status == 200
    assert code not in page.text
    assert "Certificaat verloopt" in page.text
