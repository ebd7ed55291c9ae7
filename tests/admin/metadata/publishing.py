"""A party that publishes its metadata at an address, as a test wants them."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from lxml import etree

from state.outgoing import HttpAnswer, OutgoingClient, OutgoingFailed
from tests.clocks import START
from tests.providers.saml.maker import ENTITY_ID, NAMES, certificate, instant, metadata_of
from tests.providers.saml.signing import Signing, sign

URL: Final = "https://makelaar.example/metadata.xml"
RPI: Final = "urn:oasis:names:tc:SAML:metadata:rpi"
_NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def document(
    *keys: str,
    entity_id: str = ENTITY_ID,
    until: float | None = None,
    created: float | None = None,
    cache: str | None = None,
    sso: str = "https://makelaar.example/sso",
    signer: str | None = None,
    since: datetime = START,
) -> str:
    """Metadata with the certificates of these keys. ``until`` and ``created`` in seconds from
    ``since``; ``signer``: whose key signs.
    """
    made = metadata_of(*(certificate(key) for key in keys), entity_id=entity_id)
    root = etree.fromstring(made.replace(b"https://makelaar.example/sso", sso.encode()))
    if until is not None:
        root.set("validUntil", instant(until, since))
    if cache is not None:
        root.set("cacheDuration", cache)
    if created is not None:
        extensions = etree.Element(f"{{{NAMES['md']}}}Extensions")
        information = etree.SubElement(extensions, f"{{{RPI}}}PublicationInfo")
        information.set("publisher", "https://federation.example")
        information.set("creationInstant", instant(created, since))
        root.insert(0, extensions)
    if signer is not None:
        root.set("ID", "_metadata")
        sign(root, Signing(key=signer))
    return etree.tostring(root).decode()


class Publisher(OutgoingClient):
    """Answers each address with what was put there: a text, an answer or a failure. ``seen``: the
    address and headers of each call.
    """

    def __init__(self, **published: str | HttpAnswer | Exception) -> None:
        super().__init__(tls=_NO_TLS)
        self.published: dict[str, str | HttpAnswer | Exception] = dict(published)
        self.etags: dict[str, str] = {}
        self.seen: list[tuple[str, Mapping[str, str]]] = []

    def put(self, text: str | HttpAnswer | Exception, url: str = URL, etag: str = "") -> None:
        self.published[url] = text
        self.etags[url] = etag

    def _call(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        max_bytes: int,
        party: str = "",
    ) -> HttpAnswer:
        assert (method, body) == ("GET", None)
        self.seen.append((url, headers))
        found = self.published[url]
        if isinstance(found, Exception):
            raise found
        if isinstance(found, HttpAnswer):
            return found
        etag = self.etags.get(url, "")
        if etag and headers.get("If-None-Match") == etag:
            return HttpAnswer(304, {"etag": etag}, b"")
        raw = found.encode()
        if len(raw) > max_bytes:
            raise OutgoingFailed("too_large")
        return HttpAnswer(200, {"etag": etag} if etag else {}, raw)


def makelaar(name: str = "polderpoort", **saml: Any) -> dict[str, Any]:
    """Its registration, which names the address unless it is told otherwise."""
    source = {} if {"metadata", "metadata_query"} & saml.keys() else {"metadata_url": URL}
    return {
        "kind": "IdentityProvider",
        "id": name,
        "name": "Polderpoort",
        "level_ceiling": "EH3",
        "saml": {"entity_id": ENTITY_ID, **source, **saml},
    }


YEAR: Final = timedelta(days=365).total_seconds()
