"""Dit was ik niet: others are logged out, operators are told, and the page says what is left."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from admin.operations.disowned_logins import tell_disowned
from admin.operators.roles import OperatorRole
from broker.texts.times import MOMENT
from directory.history import HistoryEntry
from directory.people import Person
from sandbox.browser import Browser, Page
from state import audit
from state.audit import AuditEvent, EventTag
from tests.journeys.at_mijn import AGAIN, arrive
from tests.journeys.test_own_sessions import at_portal, is_logged_in, row_of
from tests.operators import later, make_operator
from tests.world import ADDRESSES, World

HERE = f"{ADDRESSES.broker}/mijn/logins"
ASKS = "Was u dit niet?"
DONE = "Uw melding is ontvangen"
ABOUT = "Iemand herkent een login niet"


@pytest.fixture
def world(own_world: World) -> World:
    return own_world


def entry_of(world: World, person: str = "jan") -> HistoryEntry:
    """The login of this person at the portal."""
    with world.session() as session:
        query = select(HistoryEntry).where(
            HistoryEntry.person_id == person, HistoryEntry.client_id == "bronhouderportaal"
        )
        return session.scalars(query).one()


def address(entry: HistoryEntry, what: str = "niet-ik") -> str:
    return f"{HERE}/{entry.id}/{what}"


def disown(browser: Browser, entry: HistoryEntry) -> Page:
    assert browser.open(address(entry)).heading == ASKS
    return browser.click("Dit was ik niet")


def events(world: World) -> list[AuditEvent]:
    with world.session() as session:
        return audit.recent(session, tags=(EventTag.LOGIN_DISOWNED,))


def with_subject(mails: list[dict[str, str]], subject: str) -> list[dict[str, str]]:
    return [mail for mail in mails if subject in mail["subject"]]


def test_a_login_is_shown_with_the_time_in_the_netherlands_and_its_browser(world: World) -> None:
    at_portal(world)
    page = arrive(world, "jan", "Polderpoort").open(HERE)
    row = " ".join(row_of(page, "Bronhouderportaal").text_content().split())
    assert "Firefox op Windows" in row and "Dit was ik niet" in row
    assert MOMENT["nl"].endswith("'uur'") and " uur" in row


def test_who_does_not_know_a_login_ends_it_and_reads_what_is_left_to_do(world: World) -> None:
    thief = at_portal(world)
    entry = entry_of(world)
    owner = arrive(world, "jan", "Polderpoort")
    page = owner.open(HERE)
    assert "Dit was ik niet" in page.text
    page = disown(owner, entry)
    assert page.heading == DONE
    assert not is_logged_in(world, thief)
    for words in ("Vraag Polderpoort om uw inlogmiddel te blokkeren", "Mijn inlogmiddelen"):
        assert words in page.text
    assert owner.open(HERE).status == 200, "this browser stays logged in"
    assert "Gemeld op" in row_of(owner.open(HERE), "Bronhouderportaal").text_content()
    (event,) = events(world)
    assert (event.person_id, event.reference) == ("jan", entry.reference)


def test_the_person_and_operators_are_told_once_and_no_name_leaves(world: World) -> None:
    operator = make_operator(world, "wachter", OperatorRole.HELPDESK)
    with world.session() as session, session.begin():
        known = session.get_one(Person, operator.person_id)
        known.email, known.locale = "wachter@voorbeeld.example", "nl"
    at_portal(world)
    entry = entry_of(world)
    disown(arrive(world, "jan", "Polderpoort"), entry)
    tell_disowned(world.process)
    tell_disowned(world.process)
    mails = world.deliver_mail()
    (own,) = with_subject(mails, "U meldde een login die u niet kent")
    assert own["recipient"] == "jan@voorbeeld.example"
    told = with_subject(mails, ABOUT)
    assert [mail["recipient"] for mail in told].count("wachter@voorbeeld.example") == 1
    code = f"{entry.reference[:4]}-{entry.reference[4:]}"
    for mail in told:
        assert code in mail["text"] and "Jan" not in mail["text"] and "http" in mail["text"]


def test_it_is_done_once_and_its_page_can_be_read_again(world: World) -> None:
    at_portal(world)
    entry = entry_of(world)
    owner = arrive(world, "jan", "Polderpoort")
    owner.open(address(entry))
    assert owner.page is not None
    form = next(one for one in owner.page.forms if str(one.get("action")).endswith("niet-ik"))
    fields = list(form.form_values())
    for _ in range(2):
        assert owner.post(address(entry), fields).heading == DONE
    assert len(events(world)) == 1
    assert owner.open(address(entry)).heading == DONE
    assert owner.open(address(entry, "gemeld")).heading == DONE


def test_F_12_a_session_of_before_ends_nothing_of_others(world: World) -> None:
    other = at_portal(world)
    entry = entry_of(world)
    browser = arrive(world, "jan", "Polderpoort")
    browser.open(address(entry))
    assert browser.page is not None
    form = next(one for one in browser.page.forms if str(one.get("action")).endswith("niet-ik"))
    fields = list(form.form_values())
    with later(world, minutes=11):
        page = browser.open(address(entry))
        assert page.heading == AGAIN and "Mijn logins" in page.text
        page = browser.post(address(entry), fields)
        assert (page.status, page.heading) == (403, AGAIN)
    assert not events(world) and is_logged_in(world, other)
    assert disown(browser, entry).heading == DONE  # the good twin


def test_L_06_the_login_of_another_person_is_not_there(world: World) -> None:
    at_portal(world, "sanne")
    entry = entry_of(world, "sanne")
    thief = arrive(world, "jan", "Polderpoort")
    thief.open(f"{ADDRESSES.broker}/mijn/sessies")
    assert thief.page is not None
    fields = [(n, v) for n, v in thief.page.forms[0].form_values() if n == "csrf_token"]
    assert thief.open(address(entry)).status == 404
    assert thief.open(address(entry, "gemeld")).status == 404
    assert thief.post(address(entry), fields).status == 404
    assert not events(world)
    owner = arrive(world, "sanne", "Polderpoort")  # the good twin
    assert owner.open(address(entry, "gemeld")).status == 404, "nobody disowned it"
    assert disown(owner, entry).heading == DONE
