"""What stands where metadata should: other things that people save or give the address of, told by
how they begin.
"""

from __future__ import annotations

import re
from typing import Final

# What no text begins with.
_PACKED: Final = (
    (b"PK\x03\x04", "a ZIP file", "unpack it, and take the XML in it"),
    (b"\x1f\x8b", "a file packed by gzip", "unpack it, and take the XML in it"),
    (b"%PDF", "a PDF document", "ask the party for its metadata as XML"),
)
# How it begins, in small letters and without white space before it; what it is; what to do.
_KINDS: Final = (
    (
        ("<!doctype html", "<html"),
        "a web page (HTML)",
        "open it in a browser: it may ask to log in, or be a page about the metadata; take the "
        "address or the file of the XML itself",
    ),
    (
        ("{", "["),
        "JSON",
        "metadata of SAML are XML; is this a discovery document, then this party speaks OpenID "
        "Connect",
    ),
    (
        ("$metadata[", "<?php"),
        "metadata in PHP, as SimpleSAMLphp keeps them for itself",
        "take its XML: the address of its metadata gives it",
    ),
    (("&lt;",), "XML as a page shows it (&lt;)", "save the file itself, and copy nothing"),
    (
        ("-----begin ",),
        "a certificate or key (PEM)",
        "ask the party for its metadata, in which the certificate stands",
    ),
    (("https://", "http://"), "an address", "write it in saml.metadata_url"),
    # "<?xml", "<Enti", "<md:E" and "<!--" in base64.
    (("pd94bw", "pevudg", "pg1kok", "pcet"), "base64", "decode it: metadata begin with <"),
)
_LOOKED_AT: Final = 40
_DECLARATION: Final = re.compile(r"<\?xml\b[^>]{0,200}\?>\s*")
_OTHERWISE: Final = (
    "no XML, which begins with <",
    "take the file or the address of the XML itself, and copy nothing from a page",
)
EMPTY: Final = ("nothing", "get the metadata anew; what was saved is empty")


def mistaken_for(document: bytes | str) -> tuple[str, str] | None:
    """What this is in place of metadata, and what to do; None where it may be metadata."""
    if isinstance(document, bytes):
        for packed, what, instead in _PACKED:
            if document.startswith(packed):
                return what, instead
    text = document if isinstance(document, str) else document.decode("utf-8", "replace")
    bare = text.lstrip("\ufeff \t\r\n")
    if not bare:
        return EMPTY
    declaration = _DECLARATION.match(bare)
    begin = bare[declaration.end() if declaration else 0 :][:_LOOKED_AT].lower()
    for begins, what, instead in _KINDS:
        if begin.startswith(begins):
            return what, instead
    # What is in no encoding that is known here is told as that.
    return None if bare.startswith("<") or "\ufffd" in text else _OTHERWISE
