"""The lists of ``/beheer`` and the files made of them: what an address asks changes neither whose
rows they hold nor how many are looked up.
"""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from broker.web.lists.file import LAYOUT
from directory.consoles import BEHEER
from sandbox.browser import Browser, Page
from state.audit import AuditRow, EventTag
from tests.architecture.source_tree import ROOT
from tests.attacks.beheer_addresses import ADMINISTRATOR, MEMBER, PAGES
from tests.attacks.beheer_drafts import somebody
from tests.journeys.beheer import BAKERY, GARDEN, HERE, enter, token
from tests.operators import at_console
from tests.world import ADDRESSES, World, make_world

FILES = [
    path
    for method, path in PAGES
    if method == "POST" and path.endswith("/lijst") and "<" not in path
]
LISTS = [path.removesuffix("/lijst") for path in FILES]
OF_ADMINISTRATORS = [path for path in FILES if PAGES["POST", path][0] is ADMINISTRATOR]
FILTERS = ("stand", "dienst", "rol", "niveau", "gebruiker", "van", "tot", "wiens", "wat", "soort")
# Pages with a table that is no list of its own: few rows, each with a list that holds them all.
NO_LISTS = {
    "": "what there is to do, from the lists of requests, mandates and chain mandates",
    "/profiel": "the companies of one person",
    "/importeren": "what a file to import holds, column by column",
}
SQL = (
    "' or 1=1 --",
    "'; drop table person; --",
    "') union select password from account --",
    "\\",
    "a" * 5_000,
    "\x00",
    "\u202e%",
)
MARK = "Fatima"  # of the bakery


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def sanne(world: World) -> Browser:
    browser = at_console(world, "sanne", BEHEER)
    enter(world, browser)
    return browser


def asked(path: str, **query: str) -> str:
    return f"{HERE}{path}?{urlencode(query)}"


@pytest.mark.parametrize("words", SQL, ids=range(len(SQL)))
@pytest.mark.parametrize("path", LISTS)
def test_A_10_sql_is_words_to_look_for(sanne: Browser, path: str, words: str) -> None:
    for names in (("sorteer",), ("na",), FILTERS):
        page = sanne.open(asked(path, **dict.fromkeys(names, words)))
        assert page.status == 200, names
    assert MARK not in sanne.open(asked(path, zoek=words)).text


@pytest.mark.parametrize("wildcard", ["%", "_", "%%", "F%tima", "F_tima", "*", "[A-Z]"])
def test_A_10_a_wildcard_stands_for_itself(sanne: Browser, wildcard: str) -> None:
    for path in ("/gebruikers", "/machtigingen"):
        assert MARK in sanne.open(asked(path, zoek=MARK.lower())).text
        assert MARK not in sanne.open(asked(path, zoek=wildcard)).text


@pytest.mark.parametrize("path", LISTS)
def test_A_10_pages_have_an_end(sanne: Browser, path: str) -> None:
    for size in ("1000000", "0", "-1", "25.0", "1e3", "٢٥"):
        page = sanne.open(asked(path, per=size))
        assert page.status == 200
        assert len(page.tree.xpath("//table//tbody/tr")) <= 25
    for number in ("0", "-1", "99999999999999999999", "1e9", "x"):
        assert sanne.open(asked(path, blad=number)).status == 200


def made(world: World) -> int:
    with world.session() as session:
        query = select(func.count()).where(AuditRow.tag == EventTag.EXPORT_MADE)
        return session.scalars(query).one()


@pytest.mark.parametrize("layout", ["xlsx", "csv"])
@pytest.mark.parametrize("path", FILES)
def test_A_07_a_file_is_of_the_own_company_and_in_the_audit(
    world: World, path: str, layout: str
) -> None:
    elsewhere = somebody(world, GARDEN, ADMINISTRATOR)
    mark = token(elsewhere.open(HERE))
    before = made(world)
    page = elsewhere.post(HERE + path, [("csrf_token", mark), (LAYOUT, layout)])
    assert page.status == 200
    assert "attachment" in (page.answer.header("Content-Disposition") or "")
    assert made(world) == before + 1
    if layout == "csv":
        assert MARK not in page.answer.body.decode("utf-8-sig")


@pytest.mark.parametrize("path", OF_ADMINISTRATORS)
def test_A_07_without_the_role_there_is_no_file(world: World, path: str) -> None:
    member = somebody(world, BAKERY, MEMBER)
    mark = token(member.open(HERE))
    before = made(world)
    page = member.post(HERE + path, [("csrf_token", mark), (LAYOUT, "csv")])
    assert page.status == 403 and "Content-Disposition" not in dict(page.answer.headers)
    assert made(world) == before


# Templates with rows of one thing, a step or a file: what they show is bounded by that.
OF_ONE_THING = {
    "chain_given.html",
    "chain_intermediary.html",
    "chain_step_check.html",
    "client.html",
    "coming.html",
    "group.html",
    "import.html",
    "import_check.html",
    "import_faults.html",
    "mandate_table.html",
    "means_to_do.html",
    "profile.html",
    "step_check.html",
    "to_do.html",
}
TEMPLATES = ROOT / "admin" / "organisation_console" / "templates"
OPEN_PAGES = [
    path
    for method, path in PAGES
    if method == "GET" and "<" not in path and PAGES[method, path][1] == 200
]


def has_list(page: Page) -> bool:
    """A search form to this very page, and a file of what it shows as xlsx and as csv."""
    here = page.url.partition("?")[0]
    paths = {here, here.removeprefix(ADDRESSES.broker)}
    search = page.tree.xpath("//form[@role='search']/@action")
    layouts = page.tree.xpath(f"//button[@name='{LAYOUT}']/@value")
    return len(search) == 1 and search[0] in paths and layouts == ["xlsx", "csv"]


@pytest.mark.parametrize("path", OPEN_PAGES)
def test_every_page_with_rows_is_a_list_to_search_and_take_along(sanne: Browser, path: str) -> None:
    """Rows without search, filters and a file are found nowhere: the walk is over every address."""
    page = sanne.open(HERE + path)
    if path in LISTS:
        assert has_list(page)
    elif path in NO_LISTS:
        assert not has_list(page)
    else:
        assert not page.tree.xpath("//table"), "a list of its own, or a line in NO_LISTS"


@pytest.mark.parametrize("path", LISTS)
def test_what_a_list_was_asked_stands_in_its_address(sanne: Browser, path: str) -> None:
    """Searched, by fifty, and the file of the same: of nothing found the list says so."""
    sought = {} if path == "/wijzigingen" else {"zoek": "niemand heet zo"}
    page = sanne.open(asked(path, **sought, per="50"))
    files = page.tree.xpath(f"//form[.//button[@name='{LAYOUT}']]/@action")
    assert [one.partition("?")[2] for one in files] == [urlencode({**sought, "per": "50"})]
    if sought:
        assert not page.tree.xpath("//section//table//tbody/tr")
        assert "Wis de filters" in page.text


def test_a_person_without_a_role_takes_the_own_rows_alone(world: World) -> None:
    member = somebody(world, BAKERY, MEMBER)
    mark = token(member.open(HERE))
    for path in sorted(set(FILES) - set(OF_ADMINISTRATORS)):
        page = member.post(HERE + path, [("csrf_token", mark), (LAYOUT, "csv")])
        assert page.status == 200, path
        assert MARK not in page.answer.body.decode("utf-8-sig"), path


def test_a_template_with_rows_is_made_of_the_macros_of_lists() -> None:
    """Also of a list that is empty in this world."""
    every = {one.name: one.read_text(encoding="utf-8") for one in TEMPLATES.glob("*.html")}
    lists = {name for name, text in every.items() if "lists.foot(" in text}
    assert lists == {name for name, text in every.items() if "lists.file(" in text}
    with_rows = {name for name, text in every.items() if "<table" in text}
    assert with_rows - lists == OF_ONE_THING
    assert len(lists) == len([path for _method, path in PAGES if path.endswith("/lijst")])
