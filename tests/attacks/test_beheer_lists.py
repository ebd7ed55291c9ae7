"""The lists of ``/beheer`` and the files made of them: what an address asks changes neither whose
rows they hold nor how many are looked up.
"""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from broker.web.lists.file import LAYOUT
from directory.consoles import BEHEER
from sandbox.browser import Browser
from state.audit import AuditRow, EventTag
from tests.attacks.beheer_addresses import ADMINISTRATOR, MEMBER, PAGES
from tests.attacks.beheer_drafts import somebody
from tests.journeys.beheer import BAKERY, GARDEN, HERE, enter, token
from tests.operators import at_console
from tests.world import World, make_world

FILES = [path for method, path in PAGES if method == "POST" and path.endswith("/lijst")]
LISTS = [path.removesuffix("/lijst") for path in FILES]
FILTERS = ("stand", "dienst", "rol", "niveau", "gebruiker", "van", "tot")
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


@pytest.mark.parametrize("path", FILES)
def test_A_07_without_the_role_there_is_no_file(world: World, path: str) -> None:
    member = somebody(world, BAKERY, MEMBER)
    mark = token(member.open(HERE))
    before = made(world)
    page = member.post(HERE + path, [("csrf_token", mark), (LAYOUT, "csv")])
    assert page.status == 403 and "Content-Disposition" not in dict(page.answer.headers)
    assert made(world) == before
