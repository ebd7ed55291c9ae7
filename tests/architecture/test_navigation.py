"""The menus of the consoles: every page says where in the menu it is, and stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT

CONSOLES = {
    "organisation_console": {"company", "profile"},  # in the header
    "operator_console": set(),
}
HERE = re.compile(r"{% block here %}(\w+){% endblock %}")
BESIDE = re.compile(r'\("(\w+)", _\(')
PAGE = re.compile(r'\("(\w+)", url_for\("([\w.]+)"\)')
GROUP = re.compile(r"^  \(_\(", re.M)
MOST_IN_A_ROW = 6


def templates(console: str) -> Path:
    return ROOT / "admin" / console / "templates"


def frame(console: str) -> str:
    return (templates(console) / "frame.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("console", CONSOLES)
def test_every_page_stands_in_the_menu(console: str) -> None:
    said = {
        word
        for file in templates(console).glob("*.html")
        for word in HERE.findall(file.read_text(encoding="utf-8"))
    }
    assert len(said) > 5, "where are they?"
    assert said - CONSOLES[console] == {key for key, _ in PAGE.findall(frame(console))}
    assert set(BESIDE.findall(frame(console))) == CONSOLES[console], "a phone tells where one is"


@pytest.mark.parametrize("console", CONSOLES)
def test_no_page_stands_twice_and_no_row_is_long(console: str) -> None:
    keys = [key for key, _ in PAGE.findall(frame(console))]
    assert len(keys) == len(set(keys))
    assert len(GROUP.findall(frame(console))) <= MOST_IN_A_ROW
    for group in GROUP.split(frame(console))[1:]:
        assert len(PAGE.findall(group)) <= MOST_IN_A_ROW
