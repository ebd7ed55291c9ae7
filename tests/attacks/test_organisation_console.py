"""The console of organisations: every address with every role, and with what is of other companies.
What opens is of the company of the session; for everybody else it does not exist.
"""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from assurance.levels import AssuranceLevel
from consent.mandates import Mandate
from consent.requests import MandateRequest
from directory.consoles import BEHEER
from directory.people import Role
from sandbox.browser import Browser, Page
from state import audit
from state.audit import EventTag
from tests.attacks.beheer_addresses import (
    ADMINISTRATOR,
    MEMBER,
    OF_ONE,
    OF_ONESELF,
    OPEN,
    OWN_FILES,
    PAGES,
)
from tests.attacks.beheer_drafts import filled, full_draft, somebody
from tests.attacks.kept_drafts import DRAFT, KeptDrafts
from tests.journeys.beheer import (
    BAKERY,
    GARDEN,
    HERE,
    enter,
    organisation,
    token,
)
from tests.operators import at_console
from tests.world import ADDRESSES, World, make_world

GIVING = f"/geven/{DRAFT}/controle"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def drafts(world: World) -> KeptDrafts:
    return KeptDrafts(world)


@pytest.fixture(autouse=True)
def _put_back(drafts: KeptDrafts) -> None:
    drafts.begin()


def administrator(world: World, drafts: KeptDrafts, path: str) -> tuple[Browser, str]:
    """One of the bakery alone, with a draft where this path has one."""
    return drafts.of("administrator", lambda: somebody(world, BAKERY, ADMINISTRATOR), path)


def of_sanne(world: World, drafts: KeptDrafts, path: str) -> tuple[Browser, str]:
    """Who is in other companies too, at the bakery."""

    def opens() -> Browser:
        browser = at_console(world, "sanne", BEHEER)
        enter(world, browser)
        return browser

    return drafts.of("sanne", opens, path)


def of_the_bakery(world: World, drafts: KeptDrafts, path: str) -> str:
    """The address with things that are there; a draft is of Sanne. Before anybody else comes: what
    was done before is gone.
    """
    return filled(world, path, of_sanne(world, drafts, path)[1] if DRAFT in path else "")


def ask(browser: Browser, method: str, path: str, start: str = f"{HERE}/profiel") -> Page:
    """A form is sent from the page of oneself, which is everybody's."""
    if method == "GET":
        return browser.open(HERE + path)
    page = browser.open(start)
    return browser.post(HERE + path, [("csrf_token", token(page))])


def test_A_09_every_address_of_beheer_is_in_the_table(world: World) -> None:
    found = {
        (method, rule.rule.removeprefix("/beheer"))
        for rule in world.app.url_map.iter_rules()
        if rule.endpoint.startswith("console.")
        for method in (rule.methods or set()) & {"GET", "POST"}
    }
    assert found == set(PAGES) | OPEN


@pytest.mark.parametrize(("method", "path"), PAGES)
def test_A_09_an_administrator_opens_what_is_documented(
    world: World, drafts: KeptDrafts, method: str, path: str
) -> None:
    browser, draft = administrator(world, drafts, path)
    page = ask(browser, method, filled(world, path, draft))
    _, status, heading = PAGES[method, path]
    assert page.status == status, page.text
    assert page.heading.startswith(heading) if heading else True


@pytest.mark.parametrize(("method", "path"), PAGES)
@pytest.mark.parametrize("kvk", [BAKERY, GARDEN], ids=["here", "elsewhere"])
def test_A_09_a_member_opens_nothing_of_others(
    world: World, drafts: KeptDrafts, method: str, path: str, kvk: str
) -> None:
    address = of_the_bakery(world, drafts, path)
    page = ask(somebody(world, kvk, MEMBER), method, address)
    needed, _, _ = PAGES[method, path]
    is_own = (method, path) in OWN_FILES
    is_of_others = not is_own and (
        method == "POST" or "<group_id>" in path or (method, path) in OF_ONESELF
    )
    assert page.status == (403 if needed is ADMINISTRATOR else 404 if is_of_others else 200)
    assert "Fatima" not in page.text
    _nothing_was_done(world)


@pytest.mark.parametrize(
    "path",
    [
        path
        for (method, path), (_, status, _) in PAGES.items()
        if DRAFT in path and method == "GET" and status == 200
    ],
)
def test_what_others_open_in_vain_is_there(world: World, drafts: KeptDrafts, path: str) -> None:
    browser, draft = of_sanne(world, drafts, path)
    assert browser.open(HERE + filled(world, path, draft)).status == 200


@pytest.mark.parametrize(("method", "path"), OF_ONE)
@pytest.mark.parametrize("role", [ADMINISTRATOR], ids=["administrator elsewhere"])
def test_M_01_what_is_of_another_company_does_not_exist(
    world: World, drafts: KeptDrafts, method: str, path: str, role: Role
) -> None:
    """The same answer as for what nobody has."""
    address = of_the_bakery(world, drafts, path)
    browser = somebody(world, GARDEN, role)
    page = ask(browser, method, address)
    absent = ask(browser, method, re.sub("<[a-z_]+>", "0" * 26, path))
    assert (page.status, page.heading, page.title) == (404, absent.heading, absent.title)
    assert absent.status == 404 and "Fatima" not in page.text
    _nothing_was_done(world)


@pytest.mark.parametrize(
    ("step", "field", "value", "status"),
    [
        ("diensten", "dienst", "00000000-0000-4000-8000-000000000000", 404),
        ("diensten", "dienst", "5b1c9a60-0000-4000-8000-73a1b2c3d4e5", 404),  # our own console
        ("diensten", "algemeen", "EH9", 404),
        ("diensten", "algemeen", "EH4", 403),
        ("gebruikers", "gebruiker", "mo", 404),  # of another company
        ("gebruikers", "gebruiker", "niemand", 404),
    ],
)
def test_M_01_ids_of_others_in_a_form_are_nothing(
    world: World, drafts: KeptDrafts, step: str, field: str, value: str, status: int
) -> None:
    browser, draft = administrator(world, drafts, GIVING)
    page = browser.open(f"{HERE}/geven/{draft}/{step}")
    fields = [("csrf_token", token(page)), (field, value)]
    assert browser.post(f"{HERE}/geven/{draft}/{step}", fields).status == status
    page = browser.open(f"{HERE}/geven/{draft}/controle")
    assert page.heading == "Controleer de machtigingen" and "Mo Yilmaz" not in page.text


@pytest.mark.parametrize("name", ["verzoek", "opnieuw", "gebruiker"])
def test_M_01_a_draft_begins_with_nothing_of_others(world: World, name: str) -> None:
    browser = somebody(world, GARDEN, ADMINISTRATOR)
    placeholder = {"verzoek": "<request_id>", "opnieuw": "<mandate_id>", "gebruiker": "<person_id>"}
    value = filled(world, placeholder[name])
    page = browser.open(HERE)
    answer = browser.post(f"{HERE}/geven", [("csrf_token", token(page)), (name, value)])
    assert answer.status == 404 and "Fatima" not in answer.text


def test_M_03_a_form_cannot_say_more_than_its_fields(world: World, drafts: KeptDrafts) -> None:
    """Company, level and who gives are of the session, whatever is sent with it."""
    browser, draft = administrator(world, drafts, GIVING)
    page = browser.open(f"{HERE}/geven/{draft}/controle")
    digest = page.tree.xpath("//input[@name='gezien-plan']/@value")[0]
    extra = {
        "organisation_id": organisation(world, GARDEN),
        "bedrijf": organisation(world, GARDEN),
        "level": "EH4",
        "granted_by": "jan",
        "valid_until": "2099-01-01",
        "gezien": "ja",
    }
    fields = [("csrf_token", token(page)), ("gezien-plan", digest), *extra.items()]
    before = _mandates(world)
    answer = browser.post(f"{HERE}/geven/{draft}/controle", fields)
    assert answer.status == 200, answer.text
    changed = _mandates(world) - before
    assert changed
    for organisation_id, level, granted_by, _ in changed:
        assert organisation_id == organisation(world, BAKERY)
        assert level is AssuranceLevel.EH2_PLUS and granted_by not in ("jan", None)


def _mandates(world: World) -> set[tuple[str, AssuranceLevel, str | None, object]]:
    with world.session() as session:
        return {
            (row.organisation_id, row.level, row.granted_by, row.valid_until)
            for row in session.scalars(select(Mandate).where(Mandate.revoked_at.is_(None)))
        }


def test_M_01_an_attempt_at_another_company_is_audited(world: World) -> None:
    browser = somebody(world, GARDEN, ADMINISTRATOR)
    ask(browser, "GET", filled(world, "/machtiging/<mandate_id>"))
    with world.session() as session:
        event = audit.recent(session, tags=[EventTag.ACCESS_DENIED])[0]
    assert event.reason == "other_organisation"
    assert event.details == {"page": "console.mandate"}
    assert event.organisation_id == organisation(world, BAKERY)


@pytest.mark.parametrize(("method", "path"), PAGES)
def test_A_09_without_a_session_nothing_opens(world: World, method: str, path: str) -> None:
    browser = world.browser()
    address = re.sub("<[a-z_]+>", "0" * 26, path)
    page = ask(browser, method, address, f"{ADDRESSES.broker}/beheer")
    assert page.url.startswith(f"{ADDRESSES.broker}/login/")


def test_a_draft_is_of_its_administrator_in_its_company(world: World) -> None:
    sanne, colleague = at_console(world, "sanne", BEHEER), somebody(world, BAKERY, ADMINISTRATOR)
    enter(world, sanne)
    draft = full_draft(sanne)
    assert colleague.open(f"{HERE}/geven/{draft}/controle").status == 404
    enter(world, sanne, GARDEN)
    assert sanne.open(f"{HERE}/geven/{draft}/controle").status == 404
    enter(world, sanne)
    assert sanne.open(f"{HERE}/geven/{draft}/controle").status == 200


def _nothing_was_done(world: World) -> None:
    with world.session() as session:
        tags = [EventTag.MANDATE_RESTORED, EventTag.CHAIN_MANDATE_RESTORED]
        assert audit.recent(session, tags=tags) == []
        decided = select(MandateRequest.id).where(MandateRequest.decided_at.is_not(None))
        tags = [EventTag.MANDATE_REVOKED, EventTag.CHAIN_MANDATE_REVOKED]
        revoked = audit.recent(session, tags=tags)
        assert session.scalars(decided).all() == []
        assert all(event.person_id != "sanne" for event in revoked)
