"""The page with typical mistakes says what a login says of them: each is really made, and somebody
logs in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from urllib.parse import urlencode

import pytest

from admin.cli.tracing import explain_login
from admin.registrations.documents import DocumentsRefused
from sandbox.browser import Page
from sandbox.portal.clients import BODEM
from state import registrations
from state.registrations import Kind
from tests.admin.parties.test_mistakes_page import MADE, PAGE, rows_of_ten
from tests.broker.portal import set_clock
from tests.journeys.spoiled import (
    as_json,
    at_desk,
    code_on,
    desk,
    explained,
    members,
    register_anyhow,
    spoiled,
)
from tests.world import ADDRESSES, World

ISSUER: Final = f"{ADDRESSES.makelaars}/zekerweg"
DISCOVERY: Final = "/zekerweg/.well-known/openid-configuration"
PORTAL: Final = "bronhouderportaal"


@pytest.fixture
def world(own_world: World) -> World:
    set_clock(own_world)
    return own_world


def _slash(world: World) -> Page:
    register_anyhow(world, "zekerweg", "oidc", issuer=f"{ISSUER}/")
    return world.walk(BODEM.name, "Zekerweg", "jan").run()


def _elsewhere(world: World) -> Page:
    with spoiled(world, {DISCOVERY: members(token_endpoint="https://api.example/token")}):
        return world.walk(BODEM.name, "Zekerweg", "jan").run()


def _unknown(world: World) -> Page:
    with spoiled(world, {"/zekerweg/token": as_json({"error": "invalid_client"}, 401)}):
        return world.walk(BODEM.name, "Zekerweg", "jan").run()


def _asked(**changes: str) -> Callable[[World], Page]:
    """A portal that writes this otherwise than it was registered."""

    def ask(world: World) -> Page:
        callback = f"{world.demo.addresses.portal}/callback/{PORTAL}"
        asked = {"client_id": PORTAL, "redirect_uri": callback, **changes}
        address = f"{world.demo.addresses.broker}/authorize?{urlencode(asked)}"
        return world.browser().open(address)

    return ask


MISTAKES: Final[Mapping[str, Callable[[World], Page]]] = {
    "8. an issuer with a slash too many": _slash,
    "9. a makelaar whose endpoints are elsewhere": _elsewhere,
    "10. a client id, key or secret that the makelaar does not know": _unknown,
    "A redirect URI that the portal writes otherwise": _asked(
        redirect_uri=f"{ADDRESSES.portal}/callback/{PORTAL}/"
    ),
    "A client_id that the portal writes otherwise": _asked(client_id="Bronhouderportaal"),
}


def section(heading: str) -> dict[str, str]:
    """The rows of a table on the page, by what stands first."""
    _, _, rest = PAGE.partition(f"### {heading}\n")
    rows = (line.strip("|").split(" | ") for line in _table(rest))
    return {row[0].strip(): row[1].strip() for row in rows if len(row) == 2}


def _table(text: str) -> Iterator[str]:
    for line in text.lstrip().splitlines():
        if not line.startswith("|"):
            return
        yield line


def told(world: World, page: Page) -> dict[str, str]:
    """What every voice says of the login that stands before this page."""
    code = code_on(page)
    found = explained(world, page, "en")
    assert found.record is not None and found.told is not None and found.fixer is not None
    spoken = (found.told.cause, found.told.remedy, found.fixer)
    printed = " ".join(" ".join(explain_login(world.process.settings, code) or []).split())
    assert all(words in printed for words in (*spoken, str(found.record.cause)))
    shown = at_desk(desk(world), code)
    (bad,) = shown.tree.xpath("//li[contains(@class, 'is-bad')]")
    facts = [
        ": ".join(" ".join(part.text_content().split()) for part in item)
        for item in bad.xpath(".//dl/div")
    ]
    (cause,) = shown.tree.xpath("//dt[text()='Reden']/following-sibling::dd[1]/text()")
    return {
        "page": f"{page.status}: {_words(page)}",
        "`sluis trace`": "{} {} By: {}".format(*spoken),
        "its reason": f"`{found.record.cause}`",
        "console": f"{cause.strip()} {'; '.join(facts)}",
    }


def _words(page: Page) -> str:
    lead = page.tree.xpath("//h1/following::p[1]")[0].text_content()
    number = re.search(r"SLS-\d{4}", page.text)
    return f"{page.heading}. {' '.join(lead.split())}" + (f" {number[0]}" if number else "")


@pytest.mark.parametrize("heading", MISTAKES)
def test_a_login_says_what_the_page_says(world: World, heading: str) -> None:
    found = told(world, MISTAKES[heading](world))
    rows = section(heading)
    assert {name: rows.get(name) for name in found} == found


@pytest.mark.parametrize("number", range(len(MADE)))
def test_what_apply_refuses_never_reaches_a_login(world: World, number: int) -> None:
    with world.session() as session:
        row = registrations.standing(session, Kind.CLIENT, PORTAL)
        assert row is not None
        stood = dict(row.document)
    with pytest.raises(DocumentsRefused) as refused:
        world.apply(json.dumps({**stood, **MADE[number], "kind": "Client"}))
    field, _, _ = list(rows_of_ten(1))[number].partition(":")
    assert f"{field}:" in "\n".join(refused.value.lines)
    page = world.walk(BODEM.name, "Zekerweg", "jan").run()
    assert page.heading == "U bent ingelogd"


def test_the_page_says_of_each_of_the_ten_what_a_login_says() -> None:
    assert "**1 to 7** never reach a login" in PAGE
    for number in (8, 9, 10):
        assert any(heading.startswith(f"{number}. ") for heading in MISTAKES)
    for heading in MISTAKES:
        assert f"### {heading}\n" in PAGE
