"""What ``make demo`` prints fits the terminal, and nothing that has to be copied is broken."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from sandbox.addresses import standard
from sandbox.operator import OPERATORS
from sandbox.people import GUEST, PEOPLE
from sandbox.prepare import Demo, keep_secret, password, prepare
from sandbox.tables import addresses, people, stories, tries
from sandbox.texts import said
from sandbox.tries import STORIES, TRIES

WIDTHS = (80, 100, 120)
LANGUAGES = ("nl", "en")
OPERATOR_NAMES = tuple((one.user_name, one.name) for one in OPERATORS)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    made = prepare(tmp_path_factory.mktemp("tables") / "demo", standard(28000))
    for one in OPERATORS:
        keep_secret(made, f"{one.user_name}.password", "aaaa-bbbb-cccc")
    return made


def printed(width: int, *parts: object, colour: bool = False) -> list[str]:
    out = StringIO()
    console = Console(file=out, width=width, highlight=False, force_terminal=colour)
    for part in parts:
        console.print(part)
    return out.getvalue().splitlines()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_every_line_fits(demo: Demo, width: int, language: str) -> None:
    parts = (
        addresses(demo, language),
        *people(demo, language),
        *tries(demo, language),
        *stories(demo, language),
    )
    lines = printed(width, *parts)
    assert [line for line in lines if len(line) > width] == []
    assert "…" not in "".join(lines)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_addresses_are_whole(demo: Demo, width: int, language: str) -> None:
    lines = printed(width, addresses(demo, language))
    words = [word for line in lines for word in line.split()]
    at = demo.addresses
    for url in (*at.parties().values(), f"{at.broker}/.well-known/openid-configuration"):
        assert url in words or f"{url}/" in words
    for _, url, what in addresses(demo, language).rows:
        (line,) = [number for number, text in enumerate(lines) if url in text.split()]
        assert what in " ".join(
            (lines[line] + lines[line + 1] if line + 1 < len(lines) else lines[line]).split()
        )


def test_what_an_address_is_for_stands_beside_it_where_there_is_room(demo: Demo) -> None:
    narrow, wide = (printed(width, addresses(demo, "nl")) for width in (80, 160))
    assert len(narrow) > len(wide) == len(addresses(demo, "nl").rows) + 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_a_block_says_who_where_what_and_with_what(demo: Demo, width: int, language: str) -> None:
    blocks = {block.title: printed(width, block) for block in people(demo, language)}
    assert list(blocks) == [*(p.name for p in (*PEOPLE, GUEST)), *(one.name for one in OPERATORS)]
    for person in (*PEOPLE, GUEST):
        lines = blocks[person.name]
        assert lines[0] == person.name and 4 <= len(lines) <= 8
        text = " ".join(" ".join(lines).split())
        assert said(person.shows, language) in text
        assert (said("Gegevens", language) in text) == bool(
            person.account or f"{demo.addresses.postbus}/" in text
        )
        for login in person.logins:
            assert login.makelaar.capitalize() in text
    for key, name in (("daan", "Daan Kuipers"), ("eva", "Eva Maas"), *OPERATOR_NAMES):
        assert password(demo, key) in " ".join(blocks[name]).split()
    for name in (
        "Roos Willems",
        "Yara Haddad",
        "Joost Peters",
        "Eva Maas",
        "Robin Kuiper",
        "Ines Aerts",
    ):
        assert f"{demo.addresses.postbus}/codes" in " ".join(blocks[name]).split()


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_three_things_to_try(demo: Demo, language: str) -> None:
    blocks = tries(demo, language)
    assert len(blocks) == len(TRIES) == 3
    text = " ".join(
        word for block in blocks for line in printed(80, block) for word in line.split()
    )
    assert f"{demo.addresses.broker}/beheer" in text and f"{demo.addresses.postbus}/codes" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_story_names_every_place_that_it_takes(demo: Demo, language: str) -> None:
    blocks = stories(demo, language)
    assert [block.title for block in blocks] == [said(one.title, language) for one in STORIES]
    lines = [line for block in blocks for line in printed(80, block)]
    words = {word.rstrip(".") for line in lines for word in line.split()}
    at = demo.addresses
    for path in ("/beheer", "/operator", "/activeren"):
        assert f"{at.broker}{path}" in words
    assert f"{at.postbus}/" in words and "5." in "\n".join(lines)


def test_colours_only_on_a_terminal_that_wants_them(
    demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\x1b[" not in "".join(printed(80, addresses(demo, "nl")))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b[36m" in "".join(printed(80, addresses(demo, "nl"), colour=True))
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[36m" not in "".join(printed(80, addresses(demo, "nl"), colour=True))
