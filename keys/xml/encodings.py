"""What a file or an answer holds as bytes becomes text: by its mark, else by what it declares."""

from __future__ import annotations

import codecs
import re
from typing import Final

# A mark at the beginning says it all (Unicode §23.8); the longer ones first.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# XML of 16 bits without a mark shows itself by its first two characters (XML 1.0, appendix F).
_UNMARKED: Final = (
    ("<?".encode("utf-16-le"), "utf-16-le"),
    ("<?".encode("utf-16-be"), "utf-16-be"),
)
_DECLARATION: Final = 1024  # where a declaration stands, if it does
_DECLARED: Final = re.compile(
    rb"""\s*<\?xml\b[^>]*?\sencoding\s*=\s*(?:"([A-Za-z0-9._-]+)"|'([A-Za-z0-9._-]+)')"""
)
_SAID: Final = re.compile(r"""\A(<\?xml\b[^>]*?)\sencoding\s*=\s*(?:"[^">]*"|'[^'>]*')""")
# As XML names them, and nothing that decodes to something else than it looks like.
_OF_XML: Final = frozenset(
    {"utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252", "utf-16"}
)


class EncodingRefused(Exception):
    """These bytes are no text; the message says why and what to do."""


def unicode_text(raw: bytes, also: str = "") -> str:
    """UTF-8, or another Unicode encoding with its mark. ``also``: what else may be the matter.
    Raises EncodingRefused.
    """
    mark, name = next((m for m in _MARKS if raw.startswith(m[0])), (b"", "utf-8"))
    try:
        return raw.removeprefix(mark).decode() if name == "utf-8" else raw.decode(name)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        more = f" ({also})" if also else ""
        raise EncodingRefused(
            f"it is not {name.upper()}: the byte at {error.start}, in line {line}; "
            f"save it as UTF-8{more}"
        ) from None


def xml_text(raw: bytes) -> str:
    """XML by its mark, else by its declaration, else as UTF-8 (XML 1.0 §4.3.3), as ``undeclared``.
    Raises EncodingRefused.
    """
    name = _name(raw)
    if name == "utf-8":
        text = unicode_text(raw, "an XML file of another encoding declares it in its first line")
        return undeclared(text)
    if name not in _OF_XML and not name.startswith("utf-16-"):
        raise EncodingRefused(f"its encoding {name} is not read here; save it as UTF-8")
    try:
        return undeclared(raw.decode(name))
    except UnicodeDecodeError as error:
        raise EncodingRefused(
            f"it is not {name}, as it declares: the byte at {error.start}; save it as UTF-8"
        ) from None


def without_mark(raw: bytes) -> bytes:
    """A message that begins with the mark of UTF-8 or UTF-16 as UTF-8 without one, and any other as
    it is. So is one whose declaration says otherwise than its mark (XML 1.0 §4.3.3), which the
    guard then refuses. What a signature covers is UTF-8 either way (Canonical XML §2.1).
    """
    if raw.startswith(codecs.BOM_UTF8):
        return raw.removeprefix(codecs.BOM_UTF8)
    if not raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw
    try:
        text = raw.decode("utf-16")
    except UnicodeDecodeError:
        return raw
    declared = _DECLARED.match(text[:_DECLARATION].encode())
    if text.startswith("\ufeff"):
        return raw
    if declared is None:
        return text.encode()
    said = _SAID.match(text[:_DECLARATION])
    if said is None or (declared[1] or declared[2]).lower() != b"utf-16":
        return raw
    return (said[1] + text[said.end() :]).encode()


def undeclared(text: str) -> str:
    """XML as text: it has no encoding, so it declares none but UTF-8; and nothing stands before its
    declaration. What a signature covers begins at the root, and is as it was.
    """
    start = text.lstrip("\ufeff \t\r\n")
    if not start.startswith("<?xml"):
        return text.removeprefix("\ufeff")
    said = _SAID.match(start[:_DECLARATION])
    if said is None or "utf-8" in said.group().lower():
        return start
    return said[1] + start[said.end() :]


def _name(raw: bytes) -> str:
    """The encoding, by what stands at the beginning; with a mark it is one of Unicode."""
    if any(raw.startswith(mark) for mark, _ in _MARKS):
        return "utf-8"
    for first, name in _UNMARKED:
        if raw.startswith(first):
            return name
    declared = _DECLARED.match(raw[:_DECLARATION])
    name = (declared[1] or declared[2]).decode().lower() if declared is not None else "utf-8"
    # Read as single bytes, so of 16 bits it is not: a StringWriter of .NET writes that of itself.
    return "utf-8" if name == "utf-16" else name
