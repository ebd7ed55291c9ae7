"""What a makelaar wrote, within bounds: names for people, words for machines, keys of persons."""

from __future__ import annotations

import pytest

from providers import received

HIDDEN = "\u202e\u2066\u200f\u200b\ufeff\x1b\x07\x00\U000e0041\ud800"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Bakkerij De Vroege Vogel B.V.", "Bakkerij De Vroege Vogel B.V."),
        (
            "Caf\u00e9 \u00c9\u00e9n \u2014 \u05e9\u05dc\u05d5\u05dd \u4f60\u597d",
            "Caf\u00e9 \u00c9\u00e9n \u2014 \u05e9\u05dc\u05d5\u05dd \u4f60\u597d",
        ),
        ("  Bakkerij\r\n\tDe\u00a0Vogel\u2028 ", "Bakkerij De Vogel"),
        (f"Ba{HIDDEN}kker{HIDDEN}ij", "Bakkerij"),
        (HIDDEN, None),
        (" \t", None),
        ("", None),
    ],
)
def test_a_name_is_shown_on_one_line_without_signs_that_are_not_seen(
    text: str, seen: str | None
) -> None:
    assert received.shown(text) == seen
    assert received.person_name(text) == received.organisation_name(text) == seen


def test_a_long_name_of_a_person_is_cut_and_of_an_organisation_is_none() -> None:
    most = "x" * received.MAX_NAME
    assert received.person_name(most) == received.organisation_name(most) == most
    assert received.person_name(most + "y") == most
    assert received.organisation_name(most + "y") is None
    # what is not seen does not count
    assert received.organisation_name("\u202e" * 1000 + most + " " * 1000) == most
    assert received.organisation_name("x" * 100_000) is None


@pytest.mark.parametrize(
    ("text", "is_word"),
    [
        ("urn:etoegang:MR:1", True),
        ("https://makelaar.example/a?b=c#d", True),
        ("x" * received.MAX_WORD, True),
        ("x" * (received.MAX_WORD + 1), False),
        ("", False),
        ("a b", False),
        ("a\n", False),
        ("a\u202e", False),
        ("\u00e9", False),
    ],
)
def test_a_word_of_machines_is_visible_and_short(text: str, is_word: bool) -> None:
    assert received.is_word(text) is is_word


@pytest.mark.parametrize(
    ("text", "is_address"),
    [
        ("noor@example.nl", True),
        ("no\u00f6r+x@b\u00fccher.example", True),
        ("n@" + "x" * 252, True),
        ("n@" + "x" * 253, False),
        ("noor", False),
        ("@example.nl", False),
        ("noor@", False),
        ("a@b@c", False),
        ("noor @example.nl", False),
        ("noor@example.nl\n", False),
        ("noor\u202e@example.nl", False),
    ],
)
def test_an_address_is_taken_as_it_is_or_not_at_all(text: str, is_address: bool) -> None:
    assert received.email(text) == (text if is_address else None)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("person-1", "person-1"),
        ("\r\n\t  person-1\n ", "person-1"),
        ("CN=Noor de Wit, O=Voorbeeld", "CN=Noor de Wit, O=Voorbeeld"),
        ("Ren\u00e9", "Ren\u00e9"),
        ("x" * 256, "x" * 256),
        ("x" * 257, None),
        ("", None),
        (" \n", None),
        ("person  1", None),
        ("person\n1", None),
        ("person\t1", None),
        ("person-1\u00a0", None),
        ("\u200bperson-1", None),
        ("person\u202e-1", None),
        ("person-1\x1f", None),
    ],
)
def test_a_person_is_nobody_else_for_white_space(text: str, key: str | None) -> None:
    assert received.subject(text, 256) == key


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("https://makelaar.example/", "https://makelaar.example/"),
        ("https://login.example/8b0f3c1e-5d2b-4b7e-9f53-0d8c6a1b2e34/v2.0",) * 2,
        ("https://x.example/cb?code=abc", "https://x.example/cb"),
        ("https://x.example/cb#id_token=abc, and more", "https://x.example/cb and more"),
        ("https://jan:geheim@x.example/", "\u2026"),
        ("no jan@voorbeeld.example here", "no \u2026 here"),
        ("BSN 123456782", "BSN \u2026"),
        ("AADSTS7000215: at 12:34, port 65535",) * 2,
        ("eyJhbGciOiJub25lIn0.e30.x", "\u2026"),
        ("a1" * 22, "\u2026"),
        ("SUBJECT123456782", "SUBJECT\u2026"),
        ("00000001-aaaa-4444-8888-123456789012",) * 2,
        (" EH3 ", '" EH3 "'),
        ("two\r\nlines\u200b", "two lines?"),
        (" ".join(["word"] * 100), f"{('word ' * 60).rstrip()}\u2026"),
        ("", '""'),
        (None, "none"),
        (7, "no text"),
        ({"a": 1}, "no text"),
    ],
)
def test_free_text_in_a_trace_is_short_and_names_nobody(value: object, kept: str) -> None:
    assert received.masked(value) == kept


def test_masking_whatever_length_takes_no_time() -> None:
    for sign in ("@", "a", "=", " ", "?", "https://x?"):
        assert len(received.masked(sign * 1_000_000)) <= received.MAX_TOLD + 3
