"""What a file is, by what is in it: its name and what the browser says of it count for nothing.

No picture is decoded, so none can swell here; how large it would become is read from its head. What
is compressed in a PDF is inflated to a bound (``pdf_files``). A file that is two things at once is
refused: whoever opens it must see what we saw.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterator
from struct import error as StructError  # noqa: N812
from struct import unpack_from
from types import MappingProxyType
from typing import Final

from admin.means import pdf_files

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_PIXELS: Final = 100_000_000
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_HEAD: Final = 1024  # where readers still look for the begin of a PDF, or of a page
_END_OF_ZIP: Final = b"PK\x05\x06"
_ZIP_TAIL: Final = 22 + 65_535  # APPNOTE 4.3.16: the record, and the longest comment
_MARKUP: Final = re.compile(rb"<(?:script|html|svg|\?php|!doctype)", re.IGNORECASE)
# In the bytes of a picture short words stand by chance: `<svg` in one of a hundred of 5 MB. There a
# tag counts that ends as a tag does, with text behind it.
_MARKUP_IN_BYTES: Final = re.compile(
    rb"<(?:script|!doctype|(?:html|svg|\?php)(?=[\s/>])(?:[\t\n\f\r -~]{6}|[\t\n\f\r -~]{1,5}\Z))",
    re.IGNORECASE,
)
_MOST_PAGES: Final = 50
_MOST_FIELDS: Final = 4096


class MediaType(enum.StrEnum):
    """What is taken, as it is given out again."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    TIFF = "image/tiff"
    BMP = "image/bmp"

    @property
    def ending(self) -> str:
        """Of a file of this type, with the dot."""
        return f".{self.value.rpartition('/')[2]}"


class DocumentFileRefused(Exception):
    """This is not taken. ``reason`` is a machine word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def judge(content: bytes) -> MediaType:
    """What it is. Raises DocumentFileRefused: ``empty``, ``too_large``, ``unknown_type``,
    ``damaged``, ``mixed``, ``too_many_pixels``; of a PDF ``protected`` (a password), ``active``,
    ``hidden`` (it cannot be looked through).
    """
    if not content:
        raise DocumentFileRefused("empty")
    if len(content) > MOST_BYTES:
        raise DocumentFileRefused("too_large")
    known = next((one for begin, one in _KNOWN.items() if content.startswith(begin)), None)
    if known is None:
        raise DocumentFileRefused("unknown_type")
    media_type, look = known
    _demand_one_thing(content, media_type)
    try:
        look(content)
    except (StructError, IndexError):
        raise DocumentFileRefused("damaged") from None
    return media_type


def _demand_one_thing(content: bytes, media_type: MediaType) -> None:
    is_pdf = media_type is MediaType.PDF
    if _MARKUP.search(content[:_HEAD]) or (not is_pdf and _MARKUP_IN_BYTES.search(content)):
        raise DocumentFileRefused("mixed")
    if not is_pdf and pdf_files.BEGINS in content[:_HEAD]:
        raise DocumentFileRefused("mixed")
    tail = content[-_ZIP_TAIL:]
    at = tail.rfind(_END_OF_ZIP)
    if 0 <= at <= len(tail) - 22:
        (comment,) = unpack_from("<H", tail, at + 20)
        if at + 22 + comment <= len(tail):
            raise DocumentFileRefused("mixed")


def _demand_size(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise DocumentFileRefused("damaged")
    if width * height > MOST_PIXELS:
        raise DocumentFileRefused("too_many_pixels")


def _pdf(content: bytes) -> None:
    if (lack := pdf_files.lack(content)) is not None:
        raise DocumentFileRefused(lack)


def _png(content: bytes) -> None:
    """RFC 2083: chunks from IHDR to IEND."""
    at, is_first = len(_PNG), True
    while True:
        length, kind = unpack_from(">I4s", content, at)
        if is_first:
            if kind != b"IHDR" or length != 13:
                raise DocumentFileRefused("damaged")
            _demand_size(*unpack_from(">II", content, at + 8))
            is_first = False
        at += 12 + length
        if at > len(content):
            raise DocumentFileRefused("damaged")
        if kind == b"IEND":
            return


def _jpeg(content: bytes) -> None:
    """ITU-T T.81: segments up to the scan; the frame among them says how large it is."""
    at, is_framed = 2, False
    while True:
        mark, kind = content[at], content[at + 1]
        if mark != 0xFF:
            raise DocumentFileRefused("damaged")
        if kind == 0xFF:  # filling
            at += 1
            continue
        if kind == 0xDA:
            break
        (length,) = unpack_from(">H", content, at + 2)
        if length < 2 or kind in (0xD8, 0xD9):
            raise DocumentFileRefused("damaged")
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width = unpack_from(">HH", content, at + 5)
            _demand_size(width, height)
            is_framed = True
        at += 2 + length
    if not is_framed or b"\xff\xd9" not in content[at:]:
        raise DocumentFileRefused("damaged")


def _bmp(content: bytes) -> None:
    (pixels_at,) = unpack_from("<I", content, 10)
    (head,) = unpack_from("<I", content, 14)
    if head == 12:
        width, height = unpack_from("<HH", content, 18)
        compression = 0
    elif head in (40, 52, 56, 64, 108, 124):
        width, height = unpack_from("<ii", content, 18)
        (compression,) = unpack_from("<I", content, 30)
    else:
        raise DocumentFileRefused("damaged")
    (depth,) = unpack_from("<H", content, 24 if head == 12 else 28)
    _demand_size(width, abs(height))
    row = (width * depth + 31) // 32 * 4
    needed = row * abs(height) if compression in (0, 3) else 1
    if pixels_at < 14 + head or pixels_at + needed > len(content):
        raise DocumentFileRefused("damaged")


def _tiff(content: bytes) -> None:
    """TIFF 6.0: a chain of directories, one for each page."""
    order = "<" if content[:2] == b"II" else ">"
    (at,) = unpack_from(f"{order}I", content, 4)
    seen: set[int] = set()
    while at:
        if at in seen or len(seen) >= _MOST_PAGES or at < 8:
            raise DocumentFileRefused("damaged")
        seen.add(at)
        (count,) = unpack_from(f"{order}H", content, at)
        if not 0 < count <= _MOST_FIELDS:
            raise DocumentFileRefused("damaged")
        sizes = dict(_tiff_sizes(content, order, at, count))
        if sizes.keys() != {256, 257}:
            raise DocumentFileRefused("damaged")
        _demand_size(sizes[256], sizes[257])
        (at,) = unpack_from(f"{order}I", content, at + 2 + 12 * count)
    if not seen:
        raise DocumentFileRefused("damaged")


def _tiff_sizes(content: bytes, order: str, at: int, count: int) -> Iterator[tuple[int, int]]:
    """ImageWidth (256) and ImageLength (257), as short or long."""
    for number in range(count):
        entry = at + 2 + 12 * number
        tag, kind = unpack_from(f"{order}HH", content, entry)
        if tag in (256, 257):
            if kind not in (3, 4):
                raise DocumentFileRefused("damaged")
            (value,) = unpack_from(f"{order}{'H' if kind == 3 else 'I'}", content, entry + 8)
            yield tag, value


_Look = Callable[[bytes], None]
_KNOWN: Final = MappingProxyType[bytes, tuple[MediaType, _Look]](
    {
        pdf_files.BEGINS: (MediaType.PDF, _pdf),
        _PNG: (MediaType.PNG, _png),
        b"\xff\xd8\xff": (MediaType.JPEG, _jpeg),
        b"II*\0": (MediaType.TIFF, _tiff),
        b"MM\0*": (MediaType.TIFF, _tiff),
        b"BM": (MediaType.BMP, _bmp),
    }
)
