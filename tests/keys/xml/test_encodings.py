"""Bytes become text by their mark, else by what they declare; XML that is text declares nothing."""

from __future__ import annotations

import codecs

import pytest

from keys.xml.encodings import EncodingRefused, undeclared, unicode_text, xml_text

TEXT = "<a>Coördinatie €</a>"
DECLARED = '<?xml version="1.0" encoding="{0}"?>'
PLAIN = '<?xml version="1.0"?>'


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        (TEXT.encode(), TEXT),
        (codecs.BOM_UTF8 + TEXT.encode(), TEXT),
        (codecs.BOM_UTF8 + (DECLARED.format("utf-16") + TEXT).encode(), PLAIN + TEXT),
        ((DECLARED.format("windows-1252") + TEXT).encode("cp1252"), PLAIN + TEXT),
        ((DECLARED.format("iso-8859-15") + TEXT).encode("iso-8859-15"), PLAIN + TEXT),
        ((DECLARED.format("UTF-16") + TEXT).encode("utf-16"), PLAIN + TEXT),
        ((DECLARED.format("UTF-16") + TEXT).encode("utf-16-le"), PLAIN + TEXT),
        ((DECLARED.format("UTF-16") + TEXT).encode("utf-16-be"), PLAIN + TEXT),
        ((DECLARED.format("UTF-16") + TEXT).encode("utf-32"), PLAIN + TEXT),
        ((DECLARED.format("utf-16") + TEXT).encode(), PLAIN + TEXT),  # .NET's StringWriter
        (b"\r\n " + (DECLARED.format("iso-8859-15") + TEXT).encode("iso-8859-15"), PLAIN + TEXT),
    ],
    ids=range(11),
)
def test_xml_is_text_in_whatever_encoding(raw: bytes, kept: str) -> None:
    assert xml_text(raw) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (DECLARED.format("UTF-8"), DECLARED.format("UTF-8")),
        (DECLARED.format("iso-8859-1"), PLAIN),
        (
            "<?xml version='1.0' encoding='x' standalone='yes'?>",
            "<?xml version='1.0' standalone='yes'?>",
        ),
        ("<a x='encoding=\"y\"'/>", "<a x='encoding=\"y\"'/>"),
        ("  <a/>", "  <a/>"),
        ("\ufeff<a/>", "<a/>"),
        ("", ""),
    ],
)  # fmt: skip
def test_text_declares_no_encoding(text: str, kept: str) -> None:
    assert undeclared(text) == kept


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"\xff", "it is not UTF-8"),
        (codecs.BOM_UTF16_LE + b"\x00", "it is not UTF-16"),
        (DECLARED.format("utf-16").encode() + b"\xff", "it is not UTF-8"),
        (DECLARED.format("utf-7").encode(), "utf-7 is not read"),
        (DECLARED.format("us-ascii").encode() + "é".encode(), "not us-ascii"),
    ],
)
def test_what_is_no_text_is_told(raw: bytes, told: str) -> None:
    with pytest.raises(EncodingRefused, match=told):
        xml_text(raw)
    if told.startswith("it is not"):
        with pytest.raises(EncodingRefused):
            unicode_text(raw)


@pytest.mark.parametrize("filler", [" ", "\t", " a", '="'])
def test_a_declaration_without_end_holds_nobody_up(filler: str) -> None:
    """A quadratic reading of these would take hours."""
    text = '<?xml version="1.0"' + filler * 500_000 + "?><a/>"
    assert xml_text(text.encode()) == text
    assert undeclared(text) == text
