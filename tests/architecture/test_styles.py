"""The vendored style sheet holds only rules for the classes in use; a new class needs its rules."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PACKAGES = [Path(__file__).parents[2] / name for name in ("admin", "broker")]
ROOT = PACKAGES[1]
VENDORED = ROOT / "static/vendor/utrecht/utrecht.css"
ALERTS = ("info", "ok", "warning", "error")
WITHOUT_RULES = {"utrecht-data-list__item"}  # the library has some only with a modifier


def _used() -> set[str]:
    pages = [page for package in PACKAGES for page in package.glob("**/templates/*.html")]
    assert len(pages) > 60, "where are they?"
    html = "".join(page.read_text(encoding="utf-8") for page in pages)
    names = set(re.findall(r"utrecht-[a-z0-9_-]*[a-z0-9](?![a-z0-9_-]*[{./])", html))
    return names | {f"utrecht-alert--{kind}" for kind in ALERTS}


def _with_rules() -> set[str]:
    return set(re.findall(r"\.(utrecht-[a-z0-9_-]+)", VENDORED.read_text(encoding="utf-8")))


def test_every_utrecht_class_on_a_page_has_rules() -> None:
    assert _used() - _with_rules() == WITHOUT_RULES


@pytest.mark.parametrize(
    "name", ["lists.css", "pages.css", "sluis.css", "vendor/utrecht/utrecht.css"]
)
def test_every_rule_is_closed_before_the_next(name: str) -> None:
    """Browsers read what follows an open rule as a part of it, and say nothing."""
    text = re.sub(
        r"/\*.*?\*/|\"[^\"]*\"", "", (ROOT / "static" / name).read_text("utf-8"), flags=re.S
    )
    groups = ("@media", "@supports", "@layer", "@font-face", "@keyframes")
    outside: list[str] = []
    for part in re.findall(r"[^{}]*[{}]", text):
        if part.endswith("}"):
            assert outside, part
            outside.pop()
            continue
        opens = part.rpartition(";")[2].strip("{ \n")
        assert all(outer.startswith(groups) for outer in outside), f"{opens} in {outside}"
        outside.append(opens)
    assert outside == []


def test_the_vendored_sheet_names_its_licence() -> None:
    assert "EUPL-1.2" in VENDORED.read_text(encoding="utf-8")[:200]
    assert VENDORED.with_name("LICENSE.md").is_file()


def _depths(css: str) -> list[int]:
    """How many blocks are open after each brace."""
    depths = [0]
    for sign in re.findall(r"[{}]", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)):
        depths.append(depths[-1] + (1 if sign == "{" else -1))
    return depths


@pytest.mark.parametrize("name", ["sluis.css", "pages.css", "lists.css"])
def test_every_block_of_a_style_sheet_is_closed(name: str) -> None:
    # An open block takes in all rules after it, and browsers say nothing.
    css = (ROOT / "static" / name).read_text(encoding="utf-8")
    rules = re.findall(r"^[.a-z@][^{}\n]*\{", css, flags=re.MULTILINE)
    depths = _depths(css)
    assert depths[-1] == 0 and min(depths) == 0
    assert depths.count(0) - 1 >= len(rules), "a rule at the margin stands inside another block"
