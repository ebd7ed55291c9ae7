"""A form that is not right says all of it at once: a list on top that leads to each field, each
reason beside its field, and what was filled in is still there.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from directory.consoles import BEHEER
from sandbox.browser import Browser, Page
from tests.journeys.beheer import HERE, enter, send
from tests.journeys.joining import PASSWORD, code_of, invite, open_link, prove
from tests.operators import at_console
from tests.world import ADDRESSES, World, make_world

ROOT = Path(__file__).resolve().parents[2]
ASK = f"{ADDRESSES.broker}/toegang/aanvragen"


def told(page: Page) -> list[str]:
    """The fields that the summary leads to, in its order; each is marked and says why."""
    assert page.status == 422
    links = page.tree.cssselect(".utrecht-alert--error a[href^='#']")
    fields = [str(link.get("href"))[1:] for link in links]
    for field in fields:
        (element,) = page.tree.cssselect(f"[id='{field}']")
        assert f"{field}-fout" in element.get("aria-describedby", ""), field
        assert page.tree.cssselect(f"[id='{field}-fout']"), field
    return fields


def value(page: Page, field: str) -> str:
    (element,) = page.tree.cssselect(f"[id='{field}']")
    return str(element.get("value"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"), joining={"account_requests": True})


@pytest.fixture
def sanne(world: World) -> Browser:
    browser = at_console(world, "sanne", BEHEER)
    enter(world, browser)
    return browser


@pytest.mark.parametrize(
    ("name", "email", "role", "wrong"),
    [
        ("", "", "", ["naam", "email", "rol"]),
        ("Kees/Prins", "kees@@x", "member", ["naam", "email"]),
        ("Kees Prins", "kees@@x", "baas", ["email", "rol"]),
        ("Kees/Prins", "kees@goed.example", "member", ["naam"]),
    ],
)
def test_an_invitation(sanne: Browser, name: str, email: str, role: str, wrong: list[str]) -> None:
    sanne.open(f"{HERE}/uitnodigen")
    page = send(sanne, f"{HERE}/uitnodigen", ("naam", name), ("email", email), ("rol", role))
    assert told(page) == wrong
    assert (value(page, "naam"), value(page, "email")) == (name, email)


def test_an_invitation_into_a_group(sanne: Browser) -> None:
    sanne.open(f"{HERE}/groepen/nieuw")
    sanne.fill("kortenaam", "m")
    sanne.fill("naam", "De/Molen")
    page = sanne.click("Maak de groep")
    assert told(page) == ["kortenaam", "naam"]
    assert value(page, "naam") == "De/Molen"
    sanne.fill("kortenaam", "molen-vier")
    sanne.fill("naam", "De Molen")
    assert sanne.click("Maak de groep").heading == "De Molen"
    sanne.click("Nodig iemand uit")
    page = send(sanne, sanne.page.url, ("naam", ""), ("email", "x"), ("rol", "baas"))
    assert told(page) == ["naam", "email", "rol"]


def test_a_new_account(world: World) -> None:
    email = "alles.fout@voorbeeld.example"
    invite(world, email)
    browser = open_link(world, email)
    prove(world, browser, email, "Maak een account")
    browser.fill("naam", "")
    browser.fill("gebruikersnaam", "x")
    browser.fill("password", "kort")
    browser.fill("again", "kort")
    page = browser.click("Maak het account")
    assert told(page) == ["naam", "gebruikersnaam", "nieuw"]
    assert value(page, "gebruikersnaam") == "x"
    browser.fill("naam", "Kees")
    browser.fill("gebruikersnaam", "kees.alles")
    browser.fill("password", PASSWORD)
    browser.fill("again", PASSWORD + "!")
    page = browser.click("Maak het account")
    assert told(page) == ["nieuw"] and "niet hetzelfde" in page.text


def test_a_first_administrator(world: World) -> None:
    email, browser = "eerste@nieuw.example", world.browser()
    browser.open(ASK)
    browser.fill("kvk", "90009999")
    browser.click("Ga verder")
    browser.fill("organisatie", "a/b")
    browser.fill("naam", "")
    browser.fill("email", "x")
    page = browser.click("Stuur mij een code")
    assert told(page) == ["organisatie", "naam", "email"]
    assert value(page, "organisatie") == "a/b"
    browser.fill("organisatie", "Molenaar Nieuw B.V.")
    browser.fill("naam", "Aart Molenaar")
    browser.fill("email", email)
    browser.click("Stuur mij een code")
    browser.fill("code", code_of(world, email))
    browser.click("Ga verder")
    browser.fill("groepsnaam", "x")
    browser.fill("gebruikersnaam", "daan.kuipers")
    page = browser.click("Maak het account")
    assert told(page) == ["groepsnaam", "gebruikersnaam"]
    assert "al van iemand" in page.text and value(page, "groepsnaam") == "x"


def _fields() -> list[str]:
    """Every call of the macro that makes a field, over all templates."""
    texts = [path.read_text(encoding="utf-8") for path in _templates()]
    return [
        call for text in texts for call in re.findall(r"ui\.field\((?:[^{}]|\{[^%}])*?\}\}", text)
    ]


def _templates() -> list[Path]:
    return sorted((*ROOT.glob("admin/**/*.html"), *ROOT.glob("broker/**/*.html")))


def test_what_may_stay_empty_is_not_asked_by_the_browser() -> None:
    calls = _fields()
    assert len(calls) > 30
    optional = [call for call in calls if "mag leeg blijven" in call]
    assert optional and all("required=False" in call for call in optional)


def test_a_form_with_a_summary_leaves_the_checking_to_us() -> None:
    """A browser would tell the first fault only, in its own words and language."""
    for name in (
        "invite",
        "invite_to_group",
        "ask_person",
        "ask_names",
        "new_account",
        "new_group",
    ):
        (path,) = [one for one in _templates() if one.name == f"{name}.html"]
        (form,) = re.findall(r'<form method="post"[^>]*>', path.read_text(encoding="utf-8"))
        assert " novalidate>" in form, name
