"""Texts that people read: complete in English, short sentences and plain words in Dutch."""

from __future__ import annotations

import re

import pytest

from tests.architecture.source_tree import ROOT
from tools import translations

MOST_WORDS = 20
QUOTES_PAGES = {"beheer.md", "beheer.en.md"}
BANNED = (
    "betreffende",
    "verstrekken",
    "geauthoriseerd",
    "dient te",
    "middels",
    "d.m.v.",
    "conform",
)


def test_every_text_has_an_english_twin() -> None:
    assert list(translations.complaints()) == []


def test_a_missing_translation_is_noticed() -> None:
    catalog = translations.merged(translations.said(), translations.translated())
    gone = next(message for message in catalog if message.id)
    gone.string = ""
    assert not translations._is_complete(gone)


def test_placeholders_are_the_same_in_both_languages() -> None:
    for message in translations.translated():
        if not message.id:
            continue
        dutch, english = _variants(message.id), _variants(message.string)
        wanted = {name for text in dutch for name in re.findall(r"%\((\w+)\)s|%\((\w+)\)d", text)}
        for text in english:
            found = set(re.findall(r"%\((\w+)\)s|%\((\w+)\)d", text))
            assert found <= wanted, text
            assert found or not wanted, text


@pytest.mark.parametrize(
    ("never", "because"),
    [
        (r"\bmeans of login\b|\b(a|the|this|another|your) means\b", "login method"),
        (r"\bSMS\b", "text message"),
        (r"\bmandates?\b", "authorisation"),
        # Not where the word itself is told, nor where it names a field of a registration.
        (r"(?<!\()(?<!Dutch: )(?<!Look at )\bmakelaars?\b(?!\)s)", "identity provider"),
    ],
)
def test_one_english_word_for_one_thing(never: str, because: str) -> None:
    for message in translations.translated():
        for text in _variants(message.string):
            assert not re.search(never, text, re.IGNORECASE), f"say {because!r}: {text}"


def test_our_documents_say_makelaar_and_mandate() -> None:
    """As code and registrations do; ``docs/README.md`` has both words of each thing. Tables that
    are written from the texts, and what is shown as it is printed, say what pages say.
    """
    written = re.compile(r"```.*?```|<!-- [^>]*written by.*?<!-- end -->|\*\*.*?\*\*", re.DOTALL)
    for page in [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
        if {"reference", "recipes", "decisions"} & set(page.parts) or page.name in QUOTES_PAGES:
            continue
        text = written.sub("", page.read_text(encoding="utf-8")).partition("## Words")[0]
        assert not re.search(r"\bauthorisations?\b", text, re.IGNORECASE), page


def test_dutch_texts_say_u_heeft() -> None:
    for message in translations.said():
        for text in _variants(message.id):
            assert not re.search(r"\b(u hebt|hebt u)\b", text, re.IGNORECASE), text


def test_dutch_sentences_are_short_and_plain() -> None:
    for message in translations.said():
        for text in _variants(message.id):
            for sentence in re.split(r"[.?!:]\s", text):
                assert len(sentence.split()) <= MOST_WORDS, sentence
            for word in BANNED:
                assert word not in text.lower(), text


def _variants(text: object) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, (tuple, list)) else (str(text),)


def test_every_mistake_begins_alike() -> None:
    """*Fout:* and then a capital, beside the field as in the summary that links to it."""
    by_hand = re.compile(r"""_\(["']Fout["']\) }}:</strong>""")
    macros = ROOT / "broker/web/templates/macros.html"
    pages = [*(ROOT / "broker").rglob("*.html"), *(ROOT / "admin").rglob("*.html")]
    assert [page.name for page in pages if by_hand.search(page.read_text(encoding="utf-8"))] == [
        macros.name
    ]
    assert len(by_hand.findall(macros.read_text(encoding="utf-8"))) == 1
