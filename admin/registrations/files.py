"""Files that documents consist of or name, in whatever encoding they say they are: read, or refused
with a sentence.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Final

from admin.registrations.documents import DocumentsRefused, Entry

# A mark at the beginning says it all (Unicode §23.8); the longer ones first.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED: Final = re.compile(
    rb"""<\?xml\b[^>]*?(\s+encoding\s*=\s*(?:"([A-Za-z0-9._-]+)"|'([A-Za-z0-9._-]+)'))"""
)
# As XML names them, and nothing that decodes to something else than it looks like.
_OF_XML: Final = frozenset(
    {"utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252", "utf-16"}
)
_SEED: Final = re.compile(r"[A-Za-z2-7]{8,}=*")


class FileRefused(Exception):
    """This file cannot be read; the message says why and what to do."""


def unicode_text(file: Path) -> str:
    """UTF-8, or another Unicode encoding with its mark, as YAML may be (YAML 1.2 §5.2). Raises
    FileRefused.
    """
    return _decoded(_bytes(file))


def xml_file_text(file: Path) -> str:
    """Raises FileRefused."""
    return xml_text(_bytes(file))


def xml_text(raw: bytes) -> str:
    """XML by its mark, else by its declaration, else as UTF-8 (XML 1.0 §4.3.3). What was of another
    encoding declares none any more. Raises FileRefused.
    """
    declared = _DECLARED.match(raw)
    name = (declared[2] or declared[3]).decode().lower() if declared is not None else "utf-8"
    if declared is None or name == "utf-8":
        return _decoded(raw, "an XML file of another encoding declares it in its first line")
    if name not in _OF_XML:
        raise FileRefused(f"its encoding {name} is not read here; save it as UTF-8")
    try:
        text = raw.decode(name)
    except UnicodeDecodeError as error:
        raise FileRefused(
            f"it is not {name}, as it declares: the byte at {error.start}; save it as UTF-8"
        ) from None
    return text.replace(declared[1].decode(), "", 1)


def secret_text(entry: Entry, field: str, file: Path) -> str:
    """The contents of a file that a document names, without white space around them. Raises
    DocumentsRefused, which repeats nothing of them.
    """
    try:
        text = _decoded(_bytes(entry.folder / file)).strip()
        if not text:
            raise FileRefused("it is empty; write the value into it")
    except FileRefused as refused:
        raise DocumentsRefused([f"{entry.place}: {field}: {file}: {refused}"]) from None
    return text


def seed_text(entry: Entry, field: str, file: Path) -> str:
    """A seed in base32 (RFC 4648 §6), as ``secret_text``."""
    text = secret_text(entry, field, file)
    if not _SEED.fullmatch(text):
        said = "it is no base32; write the letters A to Z and the digits 2 to 7"
        raise DocumentsRefused([f"{entry.place}: {field}: {file}: {said}"])
    return text


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise FileRefused(f"it cannot be read ({error.strerror})") from None


def _decoded(raw: bytes, also: str = "") -> str:
    mark, name = next((m for m in _MARKS if raw.startswith(m[0])), (b"", "utf-8"))
    try:
        return raw.removeprefix(mark).decode() if name == "utf-8" else raw.decode(name)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        more = f" ({also})" if also else ""
        raise FileRefused(
            f"it is not {name.upper()}: the byte at {error.start}, in line {line}; "
            f"save it as UTF-8{more}"
        ) from None
