"""The two manuals for administrators: the same pages in the words of each, with pictures."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

import pytest

from broker.texts.outside_request import TRANSLATIONS
from tests.architecture.source_tree import ROOT
from tests.browser import manual_pictures

DOCS = ROOT / "docs"
MANUALS = {"nl": DOCS / "beheer.md", "en": DOCS / "beheer.en.md"}
MOST_BYTES = 1_500_000
NAME = re.compile(r"(?<![*\w])\*(?!\*)([^*\n]+)\*(?!\*)")
PICTURE = re.compile(r"!\[([^\]]+)\]\(([^)]+)\)")


@pytest.fixture(scope="module")
def english() -> gettext.NullTranslations:
    return gettext.translation("messages", str(TRANSLATIONS), ["en"])


def text(language: str) -> str:
    return MANUALS[language].read_text(encoding="utf-8")


def names(language: str) -> list[str]:
    """What stands on a page, word for word, in the order of the manual."""
    return NAME.findall(text(language))


def tables(language: str) -> list[int]:
    """How many columns each row of each table has."""
    return [line.count("|") for line in text(language).splitlines() if line.startswith("|")]


def test_they_name_the_same_pages_each_in_its_own_words(
    english: gettext.NullTranslations,
) -> None:
    assert {english.gettext(name) for name in names("nl")} == set(names("en"))


def test_every_name_is_one_that_pages_have(english: gettext.NullTranslations) -> None:
    known = english._catalog  # type: ignore[attr-defined]
    assert [name for name in names("nl") if name not in known] == []


def test_they_have_the_same_parts_and_tables() -> None:
    parts = {
        language: [
            line.partition(" ")[0] for line in text(language).splitlines() if line.startswith("#")
        ]
        for language in MANUALS
    }
    assert parts["nl"] == parts["en"]
    assert tables("nl") == tables("en")


def test_each_leads_to_the_other() -> None:
    for language, other in (("nl", "en"), ("en", "nl")):
        assert f"]({MANUALS[other].name})" in text(language)[:400]


@pytest.mark.parametrize("language", MANUALS)
def test_every_picture_is_there_and_says_what_it_shows(language: str) -> None:
    shown = PICTURE.findall(text(language))
    made = {manual_pictures.file_of(name, language) for name in manual_pictures.PICTURES}
    assert {Path(path).name for _, path in shown} == made
    assert all((DOCS / path).is_file() and len(alt) > 20 for alt, path in shown)


def test_the_pictures_are_small_and_nothing_lies_among_them() -> None:
    files = list((ROOT / manual_pictures.IMAGES).iterdir())
    wanted = {
        manual_pictures.file_of(name, language)
        for name in manual_pictures.PICTURES
        for language in manual_pictures.LANGUAGES
    }
    assert {file.name for file in files} == wanted
    assert sum(file.stat().st_size for file in files) < MOST_BYTES
