"""What stands where metadata should: other things that people save or give the address of, told by
how they begin.
"""

from __future__ import annotations

from typing import Final

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
        ("-----begin ",),
        "a certificate or key (PEM)",
        "ask the party for its metadata, in which the certificate stands",
    ),
    (("https://", "http://"), "an address", "write it in saml.metadata_url"),
    # "<?xml", "<Enti", "<md:E" and "<!--" in base64.
    (("pd94bw", "pevudg", "pg1kok", "pcet"), "base64", "decode it: metadata begin with <"),
)
_LOOKED_AT: Final = 40
EMPTY: Final = ("nothing", "get the metadata anew; what was saved is empty")


def mistaken_for(document: bytes | str) -> tuple[str, str] | None:
    """What this is in place of metadata, and what to do; None where it may be metadata."""
    text = document if isinstance(document, str) else document.decode("utf-8", "replace")
    bare = text.lstrip("\ufeff \t\r\n")
    if not bare:
        return EMPTY
    begin = bare[:_LOOKED_AT].lower()
    for begins, what, instead in _KINDS:
        if begin.startswith(begins):
            return what, instead
    return None
