"""An administrator reads who logged in for the company and who changed what, and no more."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from admin.actor import COMMAND_LINE
from admin.organisations import relinking
from admin.organisations.relinking import Merger
from assurance.levels import AssuranceLevel
from broker.sso import logout
from directory import history
from directory.consoles import BEHEER
from directory.dates import day_of
from sandbox.browser import Browser
from sandbox.portal.clients import BODEM, LOZING
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing
from tests.journeys.at_mijn import arrive
from tests.journeys.beheer import BAKERY, GARDEN, HERE, OFFICE, enter, organisation, rows
from tests.operators import at_console
from tests.world import World

CHOICES = "Namens wie logt u in?"


@pytest.fixture
def sanne(own_world: World) -> Browser:
    browser = at_console(own_world, "sanne", BEHEER)
    enter(own_world, browser)
    return browser


def logged_in(world: World, person: str, days: int, **facts: str) -> None:
    """A login of so many days ago."""
    values = {"represented": BAKERY, "outcome": "success", "service_uuid": BODEM.uuid, **facts}
    with world.session() as session, writing(session):
        history.record(
            session,
            person_id=person,
            at=world.clock() - timedelta(days=days),
            reference=f"{days:08}",
            client_id="bronhouderportaal",
            provider_id="polderpoort",
            level=AssuranceLevel.EH3,
            **values,
        )


def through_the_office(world: World) -> Browser:
    """Mo, of the accountants, logs in for the bakery."""
    browser = world.browser()
    assert world.walk(BODEM.name, "Zekerweg", "mo", browser=browser).run().heading == CHOICES
    browser.click("De Korenmolen")
    assert browser.press("agree", "yes").heading == "U bent ingelogd"
    return browser


def test_logins_for_a_company_tell_who_where_and_through_which_office(
    own_world: World, sanne: Browser
) -> None:
    world = own_world
    assert world.walk(BODEM.name, "Polderpoort", "jan").run().heading == "U bent ingelogd"
    through_the_office(world)
    logged_in(world, "liv", 1, represented=GARDEN)
    page = sanne.open(f"{HERE}/logins")
    own = next(row for row in rows(page) if "Jan de Vries" in row)
    for word in ("De Korenmolen", BODEM.name, "Polderpoort", "EH3", "Gelukt"):
        assert word in own
    theirs = next(row for row in rows(page) if row != own)
    assert "Iemand van" in theirs and "met een ketenmachtiging van u" in theirs
    assert "Mo Yilmaz" not in page.text and "Liv" not in page.text and len(rows(page)) == 2
    assert "540 dagen bewaard" in page.text
    text = sanne.click("Download csv").answer.body.decode("utf-8-sig")
    assert "Jan de Vries" in text and "Mo Yilmaz" not in text
    enter(world, sanne, OFFICE)
    (row,) = rows(sanne.open(f"{HERE}/logins"))
    assert "Mo Yilmaz" in row and "De Korenmolen" in row and "uw klant" in row


def test_who_acted_through_an_office_reads_that_at_mijn(own_world: World) -> None:
    through_the_office(own_world)
    page = arrive(own_world, "mo", "Zekerweg").click("Mijn logins")
    (row,) = [one for one in rows(page) if "De Korenmolen" in one]
    assert "via het kantoor" in row


def test_logins_are_filtered_leafed_through_and_taken_along(
    own_world: World, sanne: Browser
) -> None:
    for days in range(1, 28):
        logged_in(own_world, "jan", days)
    logged_in(own_world, "fatima", 28, outcome="refused", service_uuid=LOZING.uuid)
    logged_in(own_world, "mo", 29, intermediary=OFFICE)
    page = sanne.open(f"{HERE}/logins")
    assert len(rows(page)) == 25
    page = sanne.click("Volgende")
    assert len(rows(page)) == 4 and "Fatima Bouzid" in page.text
    assert "Fatima Bouzid" in rows(sanne.open(f"{HERE}/logins?zoek=bouzid"))[0]
    assert rows(sanne.open(f"{HERE}/logins?zoek=yilmaz")) == [], "whom nobody sees nobody finds"
    assert len(rows(sanne.open(f"{HERE}/logins?uitkomst=refused"))) == 1
    assert len(rows(sanne.open(f"{HERE}/logins?dienst={LOZING.uuid}"))) == 1
    day = day_of(own_world.clock() - timedelta(days=3)).isoformat()
    assert len(rows(sanne.open(f"{HERE}/logins?van={day}&tot={day}"))) == 1
    assert "Wij begrijpen dit filter niet" in sanne.open(f"{HERE}/logins?van=gisteren").text
    sanne.open(f"{HERE}/logins?uitkomst=refused")
    text = sanne.click("Download csv").answer.body.decode("utf-8-sig")
    head, *found = csv.reader(io.StringIO(text), delimiter=";")
    assert head[:3] == ["Wanneer (Europe/Amsterdam)", "Code", "Wie"]
    assert [row[2] for row in found] == ["Fatima Bouzid"] and found[0][-1] == "Mislukt"
    with own_world.session() as session:
        (event,) = audit.recent(session, tags=[EventTag.EXPORT_MADE])
    assert event.details == {"kind": "logins", "layout": "csv", "filters": "uitkomst"}


def test_an_administrator_goes_on_from_no_login_of_others(own_world: World, sanne: Browser) -> None:
    logged_in(own_world, "liv", 1, represented=GARDEN)
    logged_in(own_world, "jan", 2)
    with own_world.session() as session:
        (other,) = history.recent(session, "liv")
    assert rows(sanne.open(f"{HERE}/logins?na={other.id}")) == []


def test_changes_tell_what_it_was_and_is_and_lead_to_undoing(
    own_world: World, sanne: Browser
) -> None:
    world = own_world
    sanne.open(f"{HERE}/gebruikers/roos")
    sanne.click("Trek in: de machtiging van Roos Willems")
    page = sanne.open(f"{HERE}/wijzigingen")
    (row,) = rows(page)
    for word in ("Machtiging ingetrokken", "Roos Willems", "gold", "geldt niet meer"):
        assert word in row
    assert "Sanne" in row and "Maak ongedaan" in row
    page = sanne.click("Maak ongedaan")
    assert page.heading.startswith("Machtiging van Roos Willems")
    enter(world, sanne, GARDEN)
    assert rows(sanne.open(f"{HERE}/wijzigingen")) == []


def test_changes_name_nobody_who_is_not_of_this_company(own_world: World, sanne: Browser) -> None:
    with own_world.session() as session, writing(session):
        for by, person in ((None, "jan"), ("liv", "jan"), ("jan", "liv")):
            audit.record(
                session,
                AuditEvent(
                    EventTag.MANDATE_GRANTED,
                    own_world.clock(),
                    person_id=by,
                    organisation_id=organisation(own_world, BAKERY),
                    level=AssuranceLevel.EH3,
                    details={"person": person, "until": "2027-01-01", "was": None},
                ),
            )
    page = sanne.open(f"{HERE}/wijzigingen?soort=machtigingen")
    assert len(rows(page)) == 3 and "Liv" not in page.text
    assert sum("het beheer van deze installatie" in row for row in rows(page)) == 2
    assert all("tot en met 1 januari 2027" in row for row in rows(page))
    assert rows(sanne.open(f"{HERE}/wijzigingen?soort=bestanden")) == []
    sanne.open(f"{HERE}/wijzigingen")
    text = sanne.click("Download csv").answer.body.decode("utf-8-sig")
    assert text.count("Machtiging gegeven") == 3
    (row,) = rows(sanne.open(f"{HERE}/wijzigingen?soort=bestanden"))
    assert "Lijst gedownload: Wijzigingen" in row and "–" not in row, "what there is not is silent"


def note(world: World, tag: EventTag, kvk: str, **facts: object) -> None:
    """A line in the history of this company, about Liv."""
    values = {"details": {"person": "liv", "until": "2027-01-01"}, **facts}
    with world.session() as session, writing(session):
        at = organisation(world, kvk)
        audit.record(session, AuditEvent(tag, world.clock(), organisation_id=at, **values))  # type: ignore[arg-type]


def merge(world: World, old: str, new: str) -> None:
    with world.session() as session, writing(session):
        around = Merger(COMMAND_LINE, {}, logout.notifier_of(world.process))
        relinking.merge(session, around, old, new)


def test_changes_of_a_company_that_went_up_in_this_one_are_its_own_now(
    own_world: World, sanne: Browser
) -> None:
    """As far as they came along, and of nobody else."""
    world = own_world
    for tag in (EventTag.MANDATE_GRANTED, EventTag.BILLING_CHANGED, EventTag.EXPORT_MADE):
        note(world, tag, GARDEN)
        note(world, tag, OFFICE)
    assert rows(sanne.open(f"{HERE}/wijzigingen")) == []
    merge(world, GARDEN, BAKERY)
    note(world, EventTag.MANDATE_REVOKED, BAKERY)
    page = sanne.open(f"{HERE}/wijzigingen")
    newest, moved, theirs = rows(page)
    assert "Machtiging ingetrokken" in newest and "Groenrijk" not in newest
    assert "ging op in dit bedrijf" in moved, moved
    assert "Machtiging gegeven" in theirs and "Bij Hoveniersbedrijf Groenrijk" in theirs
    assert "Liv Larsen" in theirs, "who came along"
    text = sanne.click("Download csv").answer.body.decode("utf-8-sig")
    assert "Hoveniersbedrijf Groenrijk" in text and "Administratiekantoor" not in text
    (only,) = rows(sanne.open(f"{HERE}/wijzigingen?soort=organisatie"))
    for word in ("Een ander bedrijf ging op in dit bedrijf", "Groenrijk", "KvK 9000 1639"):
        assert word in only
    assert "KvK 9000 1201" in only and "kreeg een ander KvK-nummer" not in only
    enter(world, sanne, OFFICE)
    assert not any("Groenrijk" in row for row in rows(sanne.open(f"{HERE}/wijzigingen")))


def test_settings_tell_a_number_of_before_from_a_company_that_went_up_in_this_one(
    own_world: World, sanne: Browser
) -> None:
    merge(own_world, GARDEN, BAKERY)
    page = sanne.open(f"{HERE}/instellingen")
    assert "Hierin opgegaan" in page.text and "KvK 9000 1639" in page.text
    assert "Was 9000 1639" not in page.text
    with own_world.session() as session, writing(session):
        notifier = logout.notifier_of(own_world.process)
        relinking.renumber(session, notifier, BAKERY, "90007777", rsin=None, actor=COMMAND_LINE)
    page = sanne.open(f"{HERE}/instellingen")
    assert "Was 9000 1201" in page.text and "KvK 9000 1639" in page.text


def test_an_intermediary_that_went_up_in_its_client_is_no_intermediary_of_itself(
    own_world: World, sanne: Browser
) -> None:
    assert rows(sanne.open(f"{HERE}/ketenmachtigingen"))
    merge(own_world, OFFICE, BAKERY)
    for path in ("ketenmachtigingen", "klanten"):
        assert not any("Korenmolen" in row for row in rows(sanne.open(f"{HERE}/{path}"))), path


def test_a_company_with_another_number_reads_both(own_world: World, sanne: Browser) -> None:
    with own_world.session() as session, writing(session):
        notifier = logout.notifier_of(own_world.process)
        relinking.renumber(session, notifier, BAKERY, "90007777", rsin=None, actor=COMMAND_LINE)
    (row,) = rows(sanne.open(f"{HERE}/wijzigingen"))
    for word in ("kreeg een ander KvK-nummer", "KvK 9000 1201", "KvK 9000 7777"):
        assert word in row


def test_changes_of_twice_merged_companies_come_along(own_world: World, sanne: Browser) -> None:
    world = own_world
    note(world, EventTag.MANDATE_GRANTED, GARDEN)
    merge(world, GARDEN, OFFICE)
    merge(world, OFFICE, BAKERY)
    found = rows(sanne.open(f"{HERE}/wijzigingen?soort=machtigingen"))
    assert any("Bij Hoveniersbedrijf Groenrijk" in row for row in found), found


@pytest.mark.parametrize("path", ["/wijzigingen", "/logins", "", "/profiel"])
def test_each_page_says_by_which_clock_its_times_are(sanne: Browser, path: str) -> None:
    page = sanne.open(f"{HERE}{path}")
    assert page.text.count("Tijden zijn die in Nederland (Europe/Amsterdam).") == 1
