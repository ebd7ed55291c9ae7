"""Files that documents consist of or name, in whatever encoding they say they are: read, or refused
with a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

from admin.registrations.documents import DocumentsRefused, Entry
from keys.xml import encodings
from providers.saml.wire.metadata_mistaken import mistaken_for

_SEED: Final = re.compile(r"[A-Za-z2-7]{8,}=*")


class FileRefused(Exception):
    """This file cannot be read; the message says why and what to do."""


def unicode_text(file: Path) -> str:
    """UTF-8, or another Unicode encoding with its mark, as YAML may be (YAML 1.2 §5.2). Raises
    FileRefused.
    """
    return _read(encodings.unicode_text, _bytes(file))


def xml_file_text(file: Path) -> str:
    """Raises FileRefused."""
    return xml_text(_bytes(file))


def xml_text(raw: bytes) -> str:
    """XML by its mark, else by its declaration, else as UTF-8 (XML 1.0 §4.3.3). What was of another
    encoding declares none any more. Raises FileRefused, also with what it is in place of XML.
    """
    try:
        return _read(encodings.xml_text, raw)
    except FileRefused:
        other = mistaken_for(raw)
        if other is None:
            raise
        raise FileRefused(f"it is {other[0]}; {other[1]}") from None


def secret_text(entry: Entry, field: str, file: Path) -> str:
    """The contents of a file that a document names, without white space around them. Raises
    DocumentsRefused, which repeats nothing of them.
    """
    try:
        text = unicode_text(entry.folder / file).strip()
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


def _read(decoded: Callable[[bytes], str], raw: bytes) -> str:
    try:
        return decoded(raw)
    except encodings.EncodingRefused as refused:
        raise FileRefused(str(refused)) from None
