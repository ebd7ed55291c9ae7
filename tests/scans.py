"""Scans of documents, small and whole, of each type that is taken."""

from __future__ import annotations

import struct
import zlib
from typing import Final


def png(width: int = 4, height: int = 3, extra: bytes = b"") -> bytes:
    """A grey picture; the head may say more than there is."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = b"".join(b"\0" + b"\x80" * 4 for _ in range(3))
    body = chunk(b"IHDR", head) + extra + chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


def jpeg(width: int = 4, height: int = 3, comment: bytes = b"", scan: bytes = b"\x2a\x80") -> bytes:
    """The segments of one; ``scan``: the bytes of the picture itself."""
    said = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment if comment else b""
    jfif = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    frame = b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
    begin = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00"
    return b"\xff\xd8" + jfif + said + frame + begin + scan + b"\xff\xd9"


def tiff(width: int = 4, height: int = 3, order: str = "<", following: int = 0) -> bytes:
    """One page, of either order of bytes."""
    begin = b"II*\0" if order == "<" else b"MM\0*"
    entries = struct.pack(f"{order}HHII", 256, 4, 1, width) + struct.pack(
        f"{order}HHIHH", 257, 3, 1, height, 0
    )
    return (
        begin
        + struct.pack(f"{order}I", 8)
        + struct.pack(f"{order}H", 2)
        + entries
        + struct.pack(f"{order}I", following)
    )


def bmp(width: int = 4, height: int = 3, rows: int = 3) -> bytes:
    """24 bits a pixel."""
    pixels = b"\x80" * (12 * rows)
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + len(pixels), 0, 0, 54) + head + pixels


def pdf(inside: bytes = b"") -> bytes:
    """A page of nothing."""
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
        + inside
        + b"trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
    )


def pdf_stream(
    content: bytes, about: bytes = b"/Filter/FlateDecode", *, packed: bool = True
) -> bytes:
    """Such a PDF with a stream in it; ``about`` stands in the dictionary of the stream."""
    data = zlib.compress(content, level=1) if packed else content  # some are large
    head = b"3 0 obj<<%s/Length %d>>stream\n" % (about, len(data))
    return pdf(head + data + b"\nendstream endobj\n")


GOOD: Final = {
    "application/pdf": pdf(),
    "image/png": png(),
    "image/jpeg": jpeg(),
    "image/tiff": tiff(),
    "image/bmp": bmp(),
}
EICAR: Final = (  # what every scanner knows and nothing runs; in two parts: this file is none
    b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
)
