"""What there is to trust in the metadata of one role: keys, addresses and the words beside them,
whoever reads them later. Two documents with the same facts are the same to every login.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final, TypeVar

from lxml import etree

from providers.saml.wire.entities import entity_id_of, moment, role_of, valid_until
from providers.saml.wire.metadata_document import Signers, entity_in
from providers.saml.wire.metadata_keys import certificates_of, fingerprint
from providers.saml.wire.metadata_refused import MetadataRefused
from providers.saml.wire.names import md
from providers.saml.wire.xml_values import collapsed

_RPI: Final = "{urn:oasis:names:tc:SAML:metadata:rpi}"
# xs:duration; a year counts as 365 days here, a month as 30.
_DURATION: Final = re.compile(
    r"P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,6})D)?"
    r"(?:T(?:(\d{1,8})H)?(?:(\d{1,9})M)?(?:(\d{1,10})(?:\.\d+)?S)?)?"
)
_SECONDS: Final = (365 * 86400, 30 * 86400, 86400, 3600, 60, 1)
_LONGEST: Final = timedelta(days=3650)
_SAID: Final = ("AuthnRequestsSigned", "WantAssertionsSigned", "WantAuthnRequestsSigned")
_TOLD: Final = ("Location", "Binding")
_MOST: Final = 2000  # keys, addresses or words of one role
_MARK: Final = "facts:"
T = TypeVar("T")


@dataclass(frozen=True, order=True)
class KeyFact:
    """A certificate for one use; an empty ``use`` serves both. ``fingerprint``: SHA-256 in hex."""

    use: str
    fingerprint: str
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, order=True)
class AddressFact:
    """An endpoint: which service, by which binding, where. ``more``: its index and the like."""

    service: str
    binding: str
    location: str
    more: str = ""


@dataclass(frozen=True)
class MetadataFacts:
    """Of one entity in one role. Addresses stand as they were written: the first of a binding is
    the one that is used. ``cache_for``: how long it asks to be kept; ``created``: when it was
    made, where that is said (SAML metadata for registration and publication information §2.2).
    """

    entity_id: str
    keys: tuple[KeyFact, ...]
    addresses: tuple[AddressFact, ...]
    words: tuple[tuple[str, str], ...]
    valid_until: datetime | None = None
    cache_for: timedelta | None = None
    created: datetime | None = None

    @property
    def ends_at(self) -> datetime | None:
        """When the first of it ends: the last signing certificate, or all of it."""
        signing = [key.not_after for key in self.keys if key.use in ("", "signing")]
        ends = (max(signing, default=None), self.valid_until)
        return min((end for end in ends if end is not None), default=None)

    @property
    def mark(self) -> str:
        """By which it is known again, once something else was taken in its place."""
        trusted = (self.entity_id, self.keys, self.addresses, self.words)
        return f"{_MARK}{hashlib.sha256(repr(trusted).encode()).hexdigest()}"

    def has_ended(self, now: datetime) -> bool:
        """Does it say itself that it holds no longer (SAML Metadata §2.3.2)?"""
        return self.valid_until is not None and self.valid_until <= now

    def says_the_same(self, other: MetadataFacts) -> bool:
        """Nothing that a login trusts differs."""
        mine = (self.entity_id, self.keys, self.addresses, self.words)
        return mine == (other.entity_id, other.keys, other.addresses, other.words)


def is_mark(remembered: str) -> bool:
    """Of all that a document said, and not the fingerprint of one key."""
    return remembered.startswith(_MARK)


def read_facts(
    document: bytes | str, entity_id: str, role_tag: str, signers: Signers | None = None
) -> MetadataFacts:
    """Raises MetadataRefused; with ``signers`` also where none of them signed it."""
    role = role_of(entity_in(document, entity_id, signers), role_tag)
    entity = role.getparent()
    assert entity is not None
    return MetadataFacts(
        entity_id=entity_id_of(entity),
        keys=tuple(sorted(set(_bounded(_keys(role))))),
        addresses=_bounded(_addresses(role)),
        words=_bounded(sorted(set(_words(role)))),
        valid_until=valid_until(role),
        cache_for=min(_durations(role), default=None),
        created=_created(role),
    )


def _keys(role: etree._Element) -> Iterator[KeyFact]:
    for descriptor in role.findall(md("KeyDescriptor")):
        use = collapsed(descriptor.get("use")) or ""
        for one in certificates_of(descriptor):
            yield KeyFact(use, fingerprint(one), one.not_valid_before_utc, one.not_valid_after_utc)


def _addresses(role: etree._Element) -> Iterator[AddressFact]:
    for element in role:
        location = element.get("Location")
        if location is None:
            continue
        more = {name: value for name, value in element.attrib.items() if name not in _TOLD}
        yield AddressFact(
            str(etree.QName(element).localname),
            collapsed(element.get("Binding")) or "",
            collapsed(location) or "",
            " ".join(
                f"{etree.QName(name).localname}={value}" for name, value in sorted(more.items())
            ),
        )


def _words(role: etree._Element) -> Iterator[tuple[str, str]]:
    for name in _SAID:
        if collapsed(role.get(name)) in ("true", "1"):
            yield name, "true"
    for element in role.findall(md("AttributeConsumingService")):
        index = collapsed(element.get("index")) or ""
        default = " default" if collapsed(element.get("isDefault")) in ("true", "1") else ""
        for attribute in element.findall(md("RequestedAttribute")):
            values = [collapsed("".join(value.itertext())) or "" for value in attribute]
            asked = " ".join([collapsed(attribute.get("Name")) or "", *values])
            yield f"AttributeConsumingService {index}{default}", asked
    for method in role.iterfind(f"{md('KeyDescriptor')}/{md('EncryptionMethod')}"):
        yield "EncryptionMethod", collapsed(method.get("Algorithm")) or ""


def _bounded(found: Iterable[T]) -> tuple[T, ...]:
    listed = tuple(islice(found, _MOST + 1))
    if len(listed) > _MOST:
        raise MetadataRefused(
            f"more than {_MOST} keys, addresses or words in one role",
            "get the metadata of this party alone",
            reason="too_large",
            expected=f"{_MOST} at most",
        )
    return listed


def _durations(role: etree._Element) -> Iterator[timedelta]:
    """One that cannot be read restricts nothing: it says only when to look again."""
    for element in (role, *role.iterancestors()):
        match = _DURATION.fullmatch(collapsed(element.get("cacheDuration")) or "")
        if match is not None and any(match.groups()):
            parts = zip(match.groups("0"), _SECONDS, strict=True)
            seconds = sum(int(number) * unit for number, unit in parts)
            yield min(timedelta(seconds=min(seconds, _LONGEST.total_seconds())), _LONGEST)


def _created(role: etree._Element) -> datetime | None:
    """Of the nearest that says it: the entity, or a list around it."""
    for element in role.iterancestors():
        told = _publication(element)
        if told is not None and "creationInstant" in told.attrib:
            return created_in(element)
    return None


def created_in(element: etree._Element) -> datetime | None:
    """When this entity or list was made, as it says itself; None where that cannot be read."""
    told = _publication(element)
    if told is None or "creationInstant" not in told.attrib:
        return None
    try:
        return moment(told.get("creationInstant") or "", "creationInstant")
    except MetadataRefused:
        return None


def _publication(element: etree._Element) -> etree._Element | None:
    return element.find(f"{md('Extensions')}/{_RPI}PublicationInfo")
