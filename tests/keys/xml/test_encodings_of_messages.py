"""Messages with a byte order mark, as XmlWriter and Encoding.Unicode of .NET begin them."""

from __future__ import annotations

import codecs
from typing import Final

import pytest

from keys.xml.encodings import without_mark
from keys.xml.guard import XmlRefused, parse

TEXT: Final = "<x>é</x>"
SAID: Final = '<?xml version="1.0" encoding="{}"?>'


@pytest.mark.parametrize(
    "raw",
    [
        codecs.BOM_UTF8 + TEXT.encode(),
        codecs.BOM_UTF8 + SAID.format("utf-8").encode() + TEXT.encode(),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        codecs.BOM_UTF16_LE + (SAID.format("utf-16") + TEXT).encode("utf-16-le"),
        codecs.BOM_UTF16_BE + (SAID.format("UTF-16") + "\n" + TEXT).encode("utf-16-be"),
        codecs.BOM_UTF16_LE + ('<?xml version="1.0"?>' + TEXT).encode("utf-16-le"),
        TEXT.encode(),
    ],
)
def test_xml_writer_of_net_begins_with_a_mark(raw: bytes) -> None:
    assert parse(without_mark(raw)).text == "é"


@pytest.mark.parametrize(
    "raw",
    [
        codecs.BOM_UTF8 * 2 + TEXT.encode(),
        codecs.BOM_UTF8 + SAID.format("utf-16").encode() + TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode("latin-1"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le")[:-1],
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-be"),
        codecs.BOM_UTF16_LE + b"<\x00\x00\xd8",
        codecs.BOM_UTF16_LE + (TEXT + "\x00").encode("utf-16-le"),
        codecs.BOM_UTF16_LE + (SAID.format("utf-8") + TEXT).encode("utf-16-le"),
        codecs.BOM_UTF16_LE + (SAID.format("iso-8859-1") + TEXT).encode("utf-16-le"),
        codecs.BOM_UTF16_LE + (" " + SAID.format("utf-16") + TEXT).encode("utf-16-le"),
        codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
        TEXT.encode("utf-16-le"),
    ],
)
def test_what_contradicts_itself_is_refused(raw: bytes) -> None:
    with pytest.raises(XmlRefused):
        parse(without_mark(raw))


def test_a_mark_hides_nothing() -> None:
    for inner, reason in (
        ("<!DOCTYPE x><x/>", "dtd"),
        ('<?xml version="1.1"?><x/>', "xml_version"),
    ):
        for encoding in ("utf-8-sig", "utf-16"):
            with pytest.raises(XmlRefused) as refused:
                parse(without_mark(inner.encode(encoding)))
            assert refused.value.reason == reason
