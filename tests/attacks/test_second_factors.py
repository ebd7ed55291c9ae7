"""SMS and recovery codes in a login: limited, bound to the login, each for one use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import delete, select

from assurance import recovery_codes, second_factor
from assurance.factors import BoundBy, Factor, RecoveryCode
from sandbox.browser import Browser, Page
from sandbox.portal.clients import LOZING
from state import audit
from state.audit import EventTag
from tests.broker.portal import ISSUER, Portal, make_portal_world, scope_of, set_clock
from tests.world import World

SMS = "Vul de code uit de sms in"
ASK = "Vraag een nieuwe code per sms"
APP = "Vul de code uit uw app in"
RECOVERY = "Vul een herstelcode in"
CONSENT = "Deze gegevens geven wij door"
NOT_SENT = "Wij stuurden nu geen nieuwe sms"
NUMBER = "+31612345678"


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    yield make_portal_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def portal(world: World) -> Portal:
    set_clock(world)
    return Portal(world)


def only_sms(portal: Portal, number: str = NUMBER) -> None:
    """Roos has codes by SMS and nothing else."""
    with portal.world.session() as session, session.begin():
        session.execute(delete(RecoveryCode))
        session.execute(delete(Factor))
        second_factor.bind_sms(
            session,
            portal.world.process.sealer,
            person_id="roos",
            number=number,
            bound_by=BoundBy.ADMINISTRATOR,
            now=portal.world.clock(),
        )


def with_recovery_codes(portal: Portal) -> tuple[str, ...]:
    with portal.world.session() as session, session.begin():
        return recovery_codes.bind(
            session,
            portal.world.process.sealer,
            person_id="roos",
            bound_by=BoundBy.LETTER,
            now=portal.world.clock(),
        )


def at_question(portal: Portal, heading: str = SMS) -> Browser:
    browser = portal.at_makelaar("brugwacht", None, scope=scope_of(LOZING), prompt="consent")
    assert browser.press("person", "roos").heading == heading
    return browser


def messages(portal: Portal) -> list[dict[str, str]]:
    return [m for m in portal.world.deliver_mail() if m["channel"] == "sms"]


def give(browser: Browser, code: str) -> Page:
    browser.fill("code", code)
    return browser.click("Ga verder")


def code_in(message: dict[str, str]) -> str:
    return message["text"].rpartition("#")[2]


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_F_06_the_code_of_this_login_is_accepted_and_of_another_refused(portal: Portal) -> None:
    only_sms(portal)
    first = at_question(portal)
    earlier = code_in(messages(portal)[-1])
    portal.world.clock.advance(31)
    second = at_question(portal)
    message = messages(portal)[-1]
    assert message["recipient"] == NUMBER
    assert message["text"].startswith("Uw code om in te loggen bij Lozing melden")
    assert message["text"].endswith(f"\n@localhost #{code_in(message)}")
    if earlier != code_in(message):
        assert give(second, earlier).status == 422
    assert give(second, code_in(message)).heading == CONSENT
    assert give(first, earlier).heading == CONSENT


def test_F_06_a_code_is_worthless_after_ten_minutes(portal: Portal) -> None:
    only_sms(portal)
    browser = at_question(portal)
    code = code_in(messages(portal)[-1])
    portal.world.clock.advance(601)
    assert give(browser, code).heading == ASK
    assert browser.press("resend", "yes").heading == SMS
    assert give(browser, code_in(messages(portal)[-1])).heading == CONSENT


def test_F_06_after_three_wrong_tries_the_right_code_is_worthless(portal: Portal) -> None:
    only_sms(portal)
    browser = at_question(portal)
    code = code_in(messages(portal)[-1])
    address, fields = question(browser)
    for _ in range(3):
        assert give(browser, other_than(code)).status == 422
    page = browser.post(address, [*fields, ("code", code)])
    assert (page.status, page.heading) == (422, ASK)
    assert failures(portal) == 3  # what no code of this login can be is no try
    portal.world.clock.advance(31)
    browser.press("resend", "yes")
    assert give(browser, code_in(messages(portal)[-1])).heading == CONSENT


def test_F_05_one_message_in_thirty_seconds_and_five_in_an_hour(portal: Portal) -> None:
    only_sms(portal)
    browser = at_question(portal)
    before = len(messages(portal))
    assert NOT_SENT in browser.press("resend", "yes").text
    assert len(messages(portal)) == before
    for _ in range(4):
        portal.world.clock.advance(31)
        assert NOT_SENT not in browser.press("resend", "yes").text
    portal.world.clock.advance(31)
    assert NOT_SENT in browser.press("resend", "yes").text
    assert len(messages(portal)) == before + 4


def test_F_05_no_message_to_a_number_of_another_country(portal: Portal) -> None:
    only_sms(portal, "+447400123456")
    page = at_question(portal, ASK).page
    assert page is not None and NOT_SENT in page.text
    assert messages(portal) == []


def test_F_05_above_the_limit_of_the_installation_nobody_gets_one(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    world = make_portal_world(
        tmp_path_factory.mktemp("breaker"),
        second_factors={"sms_most_per_hour": 1, "alert_email": "wacht@voorbeeld.example"},
    )
    set_clock(world)
    portal = Portal(world)
    only_sms(portal)
    at_question(portal)
    assert len(messages(portal)) == 1
    only_sms(portal, "+31612345602")
    browser = at_question(portal, ASK)
    assert browser.page is not None and NOT_SENT in browser.page.text
    assert len(messages(portal)) == 1
    only_sms(portal, "+31612345603")
    at_question(portal, ASK)
    with world.session() as session:  # said once, not at every login
        assert len(audit.recent(session, tags=(EventTag.SMS_STOPPED,))) == 1
    alerts = [m for m in world.deliver_mail() if m["recipient"] == "wacht@voorbeeld.example"]
    assert ["de grens van 1 per uur" in m["text"] for m in alerts] == [True]


def test_F_05_one_network_gets_twenty_messages_a_day_whatever_the_numbers(portal: Portal) -> None:
    sent = []
    for number in range(22):
        only_sms(portal, f"+316123456{number:02}")
        page = at_question(portal, SMS if number < 20 else ASK).page
        assert page is not None
        sent.append(NOT_SENT not in page.text)
    assert sent == [True] * 20 + [False] * 2


def test_the_page_says_how_long_how_often_and_what_else(portal: Portal) -> None:
    only_sms(portal)
    browser = at_question(portal)
    assert browser.page is not None
    text = browser.page.text
    assert "U kunt het 3 keer proberen" in text and "Hij werkt tot" in text
    assert "U kunt over 30 seconden een nieuwe code vragen" in text
    assert "Nederland, België, Duitsland, Luxemburg" in text
    body = browser.page.answer.body.decode()
    assert NUMBER not in body and '<span class="sluis-whole">…78</span>' in body
    wrong = other_than(code_in(messages(portal)[-1]))
    assert "U kunt het nog 2 keer proberen" in give(browser, wrong).text
    give(browser, wrong)
    page = give(browser, wrong)
    assert "Deze code werkt niet meer" in page.text and "Hij werkt tot" not in page.text
    assert not any("code" in form.fields for form in page.forms)
    address = page.url.rpartition("/")[0]
    assert browser.open(address).heading == ASK  # also after a reload


def test_a_second_login_within_the_pause_asks_no_code_and_counts_no_try(portal: Portal) -> None:
    """The code that the person just got belongs to the login that was left."""
    only_sms(portal)
    left = at_question(portal)
    address, fields = question(left)
    code = code_in(messages(portal)[-1])
    portal.world.clock.advance(18)
    browser = at_question(portal, ASK)
    page = browser.page
    assert page is not None and not any("code" in form.fields for form in page.forms)
    assert "De code daarin hoort niet bij deze keer inloggen" in page.text
    assert "U kunt over 12 seconden een nieuwe code vragen" in page.text
    posted = browser.post(*answering(page, code))
    assert (posted.status, posted.heading) == (422, ASK)
    assert failures(portal) == 0
    portal.world.clock.advance(13)
    assert browser.press("resend", "yes").heading == SMS
    assert give(browser, code_in(messages(portal)[-1])).heading == CONSENT
    assert left.post(address, [*fields, ("code", code)]).heading == CONSENT  # of its own login


def question(browser: Browser) -> tuple[str, list[tuple[str, str]]]:
    """Where the code goes, and what the form sends beside it."""
    assert browser.page is not None
    form = next(f for f in browser.page.forms if "code" in f.fields)
    return ISSUER + form.action, [(n, v) for n, v in form.form_values() if n != "code"]


def answering(page: Page, code: str) -> tuple[str, list[tuple[str, str]]]:
    """A code for a page that has no field for one."""
    form = next(f for f in page.forms if f.action.endswith("/step-up"))
    return ISSUER + form.action, [*form.form_values(), ("code", code)]


def failures(portal: Portal) -> int:
    """Wrong codes that count for the factor of Roos."""
    with portal.world.session() as session:
        return session.scalars(select(Factor.failures).where(Factor.person_id == "roos")).one()


def test_F_16_a_recovery_code_is_the_other_way_once_and_tells_the_person(portal: Portal) -> None:
    codes = with_recovery_codes(portal)
    browser = at_question(portal, APP)
    assert browser.click("Gebruik een herstelcode").heading == RECOVERY
    assert give(browser, codes[0]).heading == CONSENT
    told = [m for m in portal.world.deliver_mail() if m["subject"] == "Herstelcode gebruikt"]
    assert ["U heeft er nog 9" in m["text"] for m in told] == [True]
    assert codes[0] not in told[0]["text"]
    again = at_question(portal, APP)  # the last resort is never asked first
    assert again.click("Gebruik een herstelcode").heading == RECOVERY
    assert give(again, codes[0]).status == 422
    assert give(again, codes[1]).heading == CONSENT


def test_a_service_says_which_kinds_it_accepts(portal: Portal) -> None:
    with_recovery_codes(portal)
    text = (portal.world.demo.registrations / "20-services.yaml").read_text()
    document = next(part for part in text.split("---\n") if "Lozing melden" in part)
    portal.world.apply(document + "second_factors: [totp]\n")
    page = at_question(portal, APP).page
    assert page is not None and "Gebruik een herstelcode" not in page.text
