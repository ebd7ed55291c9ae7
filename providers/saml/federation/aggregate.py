"""The signed list of a federation: verified whole, before anything in it is looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from lxml import etree

from keys.xml import guard, large_file
from keys.xml.guard import XmlRefused
from keys.xml.names import ds
from keys.xml.signature import verify_enveloped
from providers.saml.wire.entities import IDP, moment
from providers.saml.wire.metadata_document import Signers
from providers.saml.wire.metadata_facts import created_in
from providers.saml.wire.metadata_keys import certificates_in, fingerprint
from providers.saml.wire.metadata_refused import MetadataRefused, named
from providers.saml.wire.names import md
from providers.saml.wire.xml_values import collapsed

LIST: Final = md("EntitiesDescriptor")
ENTITY: Final = md("EntityDescriptor")


@dataclass(frozen=True)
class Aggregate:
    """What a registered signer signed. ``signed_by``: SHA-256 of the certificate that did;
    ``created`` and ``valid_until``: as the list says of itself, None where it does not.
    """

    root: etree._Element
    signed_by: str
    created: datetime | None
    valid_until: datetime | None

    def makelaars(self) -> Iterator[etree._Element]:
        """Every entity with the role of an identity provider, in lists of lists too."""
        return (one for one in _entities(self.root) if one.find(IDP) is not None)

    def named_twice(self) -> frozenset[str]:
        """Entity ids of several makelaars: an answer could not say whose it is."""
        names = Counter(collapsed(one.get("entityID")) or "" for one in self.makelaars())
        return frozenset(name for name, number in names.items() if number > 1)


def read_aggregate(path: Path, signers: Signers) -> Aggregate:
    """The list in this file, which one of ``signers`` signed as a whole. Raises MetadataRefused."""
    try:
        root = large_file.parse_file(path)
        if root.tag != LIST:
            raise _no_list(root)
        signed_by = _signer(root, signers)
    except XmlRefused as refused:
        raise MetadataRefused(
            f"the list cannot be taken: {_told(refused)}",
            reason=refused.reason,
            seen=str(refused.measured.get("seen", "")),
            expected=str(refused.measured.get("expected", "")),
        ) from None
    said = root.get("validUntil")
    until = moment(said, "validUntil") if said is not None else None
    return Aggregate(root, signed_by, created_in(root), until)


def _told(refused: XmlRefused) -> str:
    parts = [refused.reason]
    parts += [
        f"{word} {refused.measured[word]}"
        for word in ("seen", "expected")
        if word in refused.measured
    ]
    return ", ".join(parts)


def _no_list(root: etree._Element) -> MetadataRefused:
    seen = named(guard.local_name(root))
    return MetadataRefused(
        f"the root is {seen}, and a federation publishes EntitiesDescriptor",
        reason="root",
        seen=seen,
        expected="EntitiesDescriptor",
    )


def _signer(root: etree._Element, signers: Signers) -> str:
    """Whose signature covers all of it. The certificate in the signature says at most which of
    ours to try first.
    """
    info = root.find(f"{ds('Signature')}/{ds('KeyInfo')}")
    shown = certificates_in(info) if info is not None else []
    pinned = [one for one in shown if fingerprint(one) in signers.fingerprints]
    known = list(dict.fromkeys([*signers.certificates, *pinned]))
    for certificate in sorted(known, key=lambda one: one not in shown):
        try:
            verify_enveloped(root, (certificate,))
        except XmlRefused as refused:
            if refused.reason not in ("signature_invalid", "signature_key"):
                raise
        else:
            return fingerprint(certificate)
    raise _nobody(root, shown, known)


def _nobody(
    root: etree._Element, shown: list[x509.Certificate], known: list[x509.Certificate]
) -> Exception:
    if root.find(ds("Signature")) is None:
        return XmlRefused("signature_missing", seen="no signature of the whole list")
    seen = ", ".join(fingerprint(one)[:16] for one in shown[:3]) or "no certificate in it"
    ours = ", ".join(fingerprint(one)[:16] for one in known[:3]) or "none that stands in it"
    return XmlRefused("signature_invalid", seen=seen, expected=ours)


def _entities(element: etree._Element) -> Iterator[etree._Element]:
    for child in element:
        if child.tag == ENTITY:
            yield child
        elif child.tag == LIST:
            yield from _entities(child)
