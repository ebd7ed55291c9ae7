"""Texts that people read: complete in English, short sentences and plain words in Dutch."""

from __future__ import annotations

import re

import pytest

from tools import translations

MOST_WORDS = 20
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
    ],
)
def test_one_english_word_for_one_thing(never: str, because: str) -> None:
    for message in translations.translated():
        for text in _variants(message.string):
            assert not re.search(never, text, re.IGNORECASE), f"say {because!r}: {text}"


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
