"""A browser keeps a file that it asked by the address of its content, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from broker.web.static_files import FOLDER, versions
from tests.world import ADDRESSES, World, make_world

KEPT = "public, max-age=31536000"  # a year
ASKED_AGAIN = "no-cache"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


def said(world: World, path: str) -> tuple[int, str | None]:
    client = world.app.test_client(use_cookies=False)
    answer = client.get(f"/static/{path}", base_url=ADDRESSES.broker, buffered=True)
    return answer.status_code, answer.headers.get("Cache-Control")


@pytest.mark.parametrize("name", sorted(versions()))
def test_a_file_of_which_the_address_names_the_content_is_kept_for_a_year(
    world: World, name: str
) -> None:
    assert said(world, f"{name}?v={versions()[name]}") == (200, KEPT)


@pytest.mark.parametrize("query", ["", "?v=", "?v=0123456789", "?w=1"])
def test_another_version_is_asked_for_again(world: World, query: str) -> None:
    """That of the server which is being replaced, say: its content would stay for a year."""
    assert said(world, f"sluis.css{query}") == (200, ASKED_AGAIN)


@pytest.mark.parametrize(
    ("path", "is_set"),
    [
        (f"/static/sluis.css?v={versions()['sluis.css']}&", False),
        ("/saml/metadata?", False),
        ("/?", True),
    ],
)
def test_what_a_cache_keeps_for_others_sets_no_cookie(
    world: World, path: str, is_set: bool
) -> None:
    client = world.app.test_client(use_cookies=False)
    answer = client.get(f"{path}ui=en", base_url=ADDRESSES.broker, buffered=True)
    assert answer.status_code == 200
    assert ("Set-Cookie" in answer.headers) is is_set


def test_what_is_not_there_is_not_kept(world: World) -> None:
    version = versions()["sluis.css"]
    assert said(world, f"nothing.css?v={version}") == (404, "no-store")
    assert said(world, f"../app.py?v={version}") == (404, "no-store")


def test_every_file_that_a_page_names_is_kept(world: World) -> None:
    page = world.browser().open(f"{ADDRESSES.broker}/")
    found = page.tree.xpath("//link[starts-with(@href, '/static/')]/@href | //script/@src")
    assert len(found) >= 5
    assert {said(world, str(path).removeprefix("/static/")) for path in found} == {(200, KEPT)}


@pytest.mark.parametrize("sheet", sorted(FOLDER.rglob("*.css")), ids=lambda sheet: sheet.name)
def test_every_file_that_a_style_sheet_names_has_the_version_of_its_content(sheet: Path) -> None:
    for named in re.findall(r"url\([\"']?([^\"')]+)", sheet.read_text(encoding="utf-8")):
        if not named.startswith("data:"):
            name, _, version = named.partition("?v=")
            file = (sheet.parent / name).relative_to(FOLDER).as_posix()
            assert version == versions()[file], f"write {name}?v={versions()[file]}"
