"""A large file of XML that is signed as a whole: read under the rules of ``keys.xml.guard``, from
the disk, so that nothing but the tree is in memory.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from lxml import etree

from keys.xml import guard
from keys.xml.guard import XmlRefused

MAX_BYTES: Final = 150 * 1024 * 1024
MAX_ELEMENTS: Final = 8_000_000
_CHUNK: Final = 1024 * 1024
_HEAD: Final = 1024  # where a declaration stands
_NEVER: Final = (b"<!DOCTYPE", b"<!ENTITY")
_OVERLAP: Final = max(map(len, _NEVER))


def parse_file(path: Path) -> etree._Element:
    """The root of the file. Raises XmlRefused as ``guard.parse`` does; of the IDs in it only that
    of the root means anything, and no other element has it.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise XmlRefused("too_large", seen=size, expected=MAX_BYTES)
    _check_bytes(path)
    parser = guard.parser()
    try:
        with path.open("rb") as file:
            root = etree.parse(file, parser).getroot()
    except (etree.XMLSyntaxError, ValueError):
        raise XmlRefused("not_well_formed", expected="XML") from None
    if root.getroottree().docinfo.doctype:
        raise XmlRefused("dtd", element="DOCTYPE", seen="a document type", expected="none")
    guard.check_tree(root, MAX_ELEMENTS, MAX_ELEMENTS, strict_ids=False)
    _check_root_id(root)
    return root


def _check_bytes(path: Path) -> None:
    """What ``guard`` says of a message before a parser sees it, piece by piece."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    tail = b""
    for number, piece in enumerate(_pieces(path)):
        if number == 0:
            guard.check_beginning(piece[:_HEAD])
        upper = tail + piece.upper()
        if b"\x00" in piece:
            raise XmlRefused("encoding", seen="a byte order mark or zero", expected="UTF-8")
        if any(word in upper for word in _NEVER):
            raise XmlRefused("dtd", element="DOCTYPE", seen="a document type", expected="none")
        tail = upper[-_OVERLAP:]
        _decoded(decoder, piece, final=False)
    _decoded(decoder, b"", final=True)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            yield piece


def _decoded(decoder: codecs.IncrementalDecoder, piece: bytes, *, final: bool) -> None:
    try:
        decoder.decode(piece, final)
    except UnicodeDecodeError:
        raise XmlRefused("encoding", seen="another encoding", expected="UTF-8") from None


def _check_root_id(root: etree._Element) -> None:
    """A signature of the whole names the root by its ID, so nothing else may be called so. What
    others call themselves twice refers to nothing here, and one member must not stop all.
    """
    own = root.get("ID")
    if own is None:
        return
    for element in root.iterdescendants():
        for name in element.keys():  # noqa: SIM118  # attrib is an object more for each element
            if name[-2:].lower() == "id" and element.get(name) == own:
                raise XmlRefused(
                    "id",
                    element=guard.local_name(element),
                    seen="the ID of the root",
                    expected="another one",
                )
