"""Which entity of a document of metadata is meant, and which of its roles counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from lxml import etree

from providers.saml.wire.names import SAMLP, md
from providers.saml.wire.xml_values import collapsed

_LISTED: Final = 10  # names that an error tells
_LONGEST: Final = 120  # characters of a value that is shown
# xs:dateTime; without a zone it is UTC (SAML Metadata §1.2, Core §1.3.3).
_MOMENT: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})?"
)


class MetadataRefused(Exception):
    """The metadata cannot be used; the message says what is wrong with it."""


def chosen(root: etree._Element, entity_id: str | None) -> etree._Element:
    """The only EntityDescriptor, or the one with this entityID. Raises MetadataRefused."""
    if root.tag not in (md("EntityDescriptor"), md("EntitiesDescriptor")):
        raise MetadataRefused(
            "the metadata cannot be read: their root is "
            f"{named(etree.QName(root).localname)}; the schema of metadata has EntityDescriptor "
            "and EntitiesDescriptor"
        )
    found = list(_entities(root))
    if not found:
        raise MetadataRefused("there is no EntityDescriptor in it")
    if len(found) == 1:
        return found[0]
    meant = [one for one in found if entity_id_of(one) == entity_id]
    if len(meant) > 1:
        raise MetadataRefused(f"{len(meant)} entities have the entityID {named(entity_id or '')}")
    if not meant:
        asked = "write saml.entity_id" if entity_id is None else f"none is {named(entity_id)}"
        raise MetadataRefused(f"{len(found)} entities are in it and {asked}: {_names(found)}")
    return meant[0]


def entity_id_of(entity: etree._Element) -> str:
    """Its name. Raises MetadataRefused where it has none."""
    name = collapsed(entity.get("entityID"))
    if not name:
        raise MetadataRefused("an EntityDescriptor has no entityID, which the schema demands")
    return name


def role_of(entity: etree._Element) -> etree._Element:
    """The identity provider that speaks SAML 2.0: other roles and other protocols are not judged.
    Raises MetadataRefused.
    """
    roles = entity.findall(md("IDPSSODescriptor"))
    spoken = [(role.get("protocolSupportEnumeration") or "").split() for role in roles]
    found = [role for role, words in zip(roles, spoken, strict=True) if SAMLP in words]
    if len(found) == 1:
        return found[0]
    if found:
        raise MetadataRefused(
            f"the metadata must have one IDPSSODescriptor for {SAMLP}, and have {len(found)}; "
            "which one holds is not said"
        )
    others = ", ".join(named(" ".join(words)) for words in spoken[:_LISTED])
    seen = f"it has them for {others}" if roles else "it has none"
    raise MetadataRefused(f"the metadata must have one IDPSSODescriptor for {SAMLP}: {seen}")


def valid_until(role: etree._Element) -> datetime | None:
    """When the first of role, entity and lists around them stops to hold. Raises
    MetadataRefused.
    """
    written = [one.get("validUntil") for one in (role, *role.iterancestors())]
    return min((_moment(text) for text in written if text is not None), default=None)


def named(text: str) -> str:
    """What somebody wrote, as a message may hold it: quoted, on one line, cut."""
    return repr(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")


def _entities(root: etree._Element) -> Iterator[etree._Element]:
    """In lists of lists too; what stands in extensions is nobody's entity."""
    if root.tag == md("EntityDescriptor"):
        yield root
    elif root.tag == md("EntitiesDescriptor"):
        for child in root:
            yield from _entities(child)


def _names(entities: list[etree._Element]) -> str:
    shown = ", ".join(named(collapsed(one.get("entityID")) or "") for one in entities[:_LISTED])
    return f"{shown}, …" if len(entities) > _LISTED else shown


def _moment(text: str) -> datetime:
    match = _MOMENT.fullmatch(collapsed(text) or "")
    try:
        if match is None:
            raise ValueError
        whole = datetime.fromisoformat(match[1] + (match[3] or "Z").replace("Z", "+00:00"))
        return whole.astimezone(UTC)
    except (ValueError, OverflowError):
        raise MetadataRefused(f"validUntil cannot be read: {named(text)}") from None
