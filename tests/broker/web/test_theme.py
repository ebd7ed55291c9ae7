"""The operator's own style sheet stands behind ours on every page, and says at the start what is
wrong with it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from broker.settings import SettingsError
from broker.web import theme
from tests.world import ADDRESSES, World, make_world

CSS = ".sluis-brand__name { color: #123456 }\n"


@pytest.fixture
def themed(tmp_path: Path) -> World:
    file = tmp_path / "theme.css"
    file.write_text(CSS, encoding="utf-8")
    return make_world(tmp_path, ui={"theme_css": str(file)})


def test_a_theme_stands_behind_our_own_style_on_every_page(themed: World) -> None:
    browser = themed.browser()
    for path in ("/", "/hulp", "/nowhere"):
        page = browser.open(ADDRESSES.broker + path)
        sheets = page.tree.xpath("//link[@rel='stylesheet']/@href")
        assert "theme.css" in sheets[-1] and "/static/" in sheets[-2]
    answer = themed.wire.request("GET", ADDRESSES.broker + str(sheets[-1]))
    assert (answer.status, answer.body.decode()) == (200, CSS)
    assert answer.header("Content-Type") == "text/css; charset=utf-8"
    assert "max-age=31536000" in (answer.header("Cache-Control") or "")


def test_without_a_theme_no_page_asks_for_one(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    page = world.browser().open(f"{ADDRESSES.broker}/")
    assert "theme.css" not in page.text
    assert not page.tree.xpath("//link[contains(@href, 'theme.css')]")
    assert world.wire.request("GET", f"{ADDRESSES.broker}/theme.css").status == 404


def test_another_content_has_another_address(tmp_path: Path) -> None:
    file = tmp_path / "theme.css"
    versions = set()
    for content in (CSS, CSS + " ", CSS):
        file.write_text(content, encoding="utf-8")
        versions.add(theme.read(file).version)
    assert len(versions) == 2


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b" " * (theme.MAX_BYTES + 1)])
def test_a_theme_that_cannot_be_used_is_told_at_the_start(
    tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "theme.css"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"^ui\.theme_css: "):
        theme.read(file)
