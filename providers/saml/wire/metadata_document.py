"""A document of metadata, of either role: read as it is written, and whose signature it carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cryptography import x509
from lxml import etree

from directory.saml_metadata import MetadataSettings
from keys.certificates import chain_from_pem
from keys.xml import encodings, guard
from keys.xml.encodings import EncodingRefused
from keys.xml.guard import XmlRefused
from keys.xml.names import ds
from keys.xml.signature import has_signature, verify_enveloped
from providers.saml.wire.entities import chosen
from providers.saml.wire.metadata_keys import certificates_in, fingerprint
from providers.saml.wire.metadata_mistaken import mistaken_for
from providers.saml.wire.metadata_refused import MENDED_THERE, MetadataRefused

MAX_BYTES: Final = 1024 * 1024
MAX_ELEMENTS: Final = 20_000
_NO_XML: Final = frozenset({"dtd", "not_well_formed"})
# What is the matter, and what to do.
_TOLD: Final = {
    "dtd": ("a document type (DOCTYPE), which can make a reader look things up", "take it out"),
    "not_well_formed": ("it is no whole XML", "get it anew, and copy nothing from a page"),
    "processing_instruction": (
        "a processing instruction inside it, which nobody reads",
        "take it out",
    ),
    "xml_version": ("it is of another version of XML than 1.0", MENDED_THERE),
    "too_large": (f"it is larger than {MAX_BYTES} bytes", "get the metadata of this party alone"),
    "signature_missing": (
        "nobody signed them, and the registration names who does",
        "ask the party for its signed metadata",
    ),
    "signature_invalid": (
        "they are not as they were when they were signed",
        "get them anew, and change nothing in them",
    ),
    "signature_key": (
        "another certificate signed them than the one that is registered",
        "ask the party for the new one by another way, compare it, and register it",
    ),
    "too_many_elements": ("it holds very many elements", "get the metadata of this party alone"),
}


@dataclass(frozen=True)
class Signers:
    """Who may have signed metadata: one of these certificates, or one with such a SHA-256
    fingerprint, which then stands in the signature itself.
    """

    certificates: tuple[x509.Certificate, ...] = ()
    fingerprints: frozenset[str] = frozenset()

    @classmethod
    def of(cls, settings: MetadataSettings) -> Signers | None:
        """Those that a registration names; None where it names nobody. Raises ValueError."""
        pem, fingerprints = (
            settings.metadata_signing_certificate,
            frozenset(settings.metadata_signing_fingerprints),
        )
        if pem is None and not fingerprints:
            return None
        certificates = chain_from_pem(pem) if pem is not None else ()
        return cls(tuple(certificates), fingerprints)


def entity_in(
    document: bytes | str, entity_id: str | None, signers: Signers | None
) -> etree._Element:
    """The entity that is meant. With ``signers`` it, or a list that holds it, must carry a
    signature of one of them. Raises MetadataRefused.
    """
    try:
        root = _parsed(document, strict_ids=signers is not None)
        entity = chosen(root, entity_id)
        if signers is not None:
            _check_signature(entity, signers)
    except XmlRefused as refused:
        raise _unread(refused, document) from None
    except EncodingRefused as refused:
        raise undecoded(refused, document) from None
    except UnicodeEncodeError:  # half a character
        raise MetadataRefused("the metadata cannot be read: encoding", reason="encoding") from None
    return entity


def _unread(refused: XmlRefused, document: bytes | str) -> MetadataRefused:
    """With what it is, where that is something else than metadata."""
    other = mistaken_for(document) if refused.reason in _NO_XML else None
    told, instead = _TOLD.get(refused.reason, ("", MENDED_THERE))
    seen = str(refused.measured.get("seen", ""))
    if other is not None:
        seen, instead = other
        told = f"it is {seen}"
    return MetadataRefused(
        f"the metadata cannot be read: {refused}{f': {told}' if told else ''}"
        f"{'' if other else _where(refused, document)}",
        instead,
        reason=refused.reason,
        seen=seen,
        expected=str(refused.measured.get("expected", "")),
    )


def undecoded(refused: EncodingRefused, document: bytes | str) -> MetadataRefused:
    """Bytes that are no text: with what they are, where that is something else than metadata."""
    seen, instead = mistaken_for(document) or ("", "")
    told = f"it is {seen}" if seen else str(refused)
    return MetadataRefused(
        f"the metadata cannot be read: {told}", instead, reason="encoding", seen=seen
    )


def _where(refused: XmlRefused, document: bytes | str) -> str:
    """Where reading stopped. What stands there is not repeated: it may be anything."""
    if refused.position is None:
        return ""
    line, column = refused.position
    if isinstance(document, bytes):
        lines, read = document.count(b"\n"), encodings.xml_text(document)
    else:
        lines, read = document.count("\n"), encodings.undeclared(document)
    before = lines - read.count("\n")  # what stands before the declaration is not read
    return f": reading stops in line {line + before}, at sign {column}"


def _parsed(document: bytes | str, *, strict_ids: bool) -> etree._Element:
    """One tree, of what was written: a signature is verified over it as it stands. Without one no
    ID means anything.
    """
    if len(document) > MAX_BYTES * 4:  # no encoding takes more for what may be read
        raise XmlRefused("too_large", seen=len(document), expected=MAX_BYTES)
    text = encodings.xml_text(document) if isinstance(document, bytes) else document
    return guard.parse(
        encodings.undeclared(text).encode(),
        max_bytes=MAX_BYTES,
        max_elements=MAX_ELEMENTS,
        max_namespaces=MAX_ELEMENTS,
        strict_ids=strict_ids,
        around_root=True,
    )


def _check_signature(entity: etree._Element, signers: Signers) -> None:
    """Of the entity, or of a list that it stands in: either covers all of the entity."""
    signed = [one for one in (entity, *entity.iterancestors()) if has_signature(one)]
    refused = XmlRefused("signature_missing", element=guard.local_name(entity))
    for element in signed:
        try:
            verify_enveloped(element, [*signers.certificates, *_pinned(element, signers)])
        except XmlRefused as found:
            refused = found
        else:
            return
    raise refused


def _pinned(element: etree._Element, signers: Signers) -> list[x509.Certificate]:
    """The certificates in its signature that have a fingerprint of ours: those are known here as
    if the registration held them, and no other is looked at.
    """
    if not signers.fingerprints:
        return []
    infos = element.findall(f"{ds('Signature')}/{ds('KeyInfo')}")
    found = [one for info in infos for one in certificates_in(info)]
    return [one for one in found if fingerprint(one) in signers.fingerprints]
