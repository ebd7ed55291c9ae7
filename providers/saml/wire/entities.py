"""Which entity of a document of metadata is meant, and which of its roles counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from lxml import etree

from providers.saml.wire.metadata_refused import MENDED_THERE, MetadataRefused, named
from providers.saml.wire.names import MD, SAMLP, md
from providers.saml.wire.xml_values import collapsed

IDP: Final = md("IDPSSODescriptor")
SP: Final = md("SPSSODescriptor")

_HTML: Final = named("html")
_LISTED: Final = 10  # names that an error tells
# xs:dateTime; without a zone it is UTC (SAML Metadata §1.2, Core §1.3.3).
_MOMENT: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})?"
)


def chosen(root: etree._Element, entity_id: str | None) -> etree._Element:
    """The only EntityDescriptor, or the one with this entityID. Raises MetadataRefused."""
    if root.tag not in (md("EntityDescriptor"), md("EntitiesDescriptor")):
        raise _other_root(root)
    found = list(_entities(root))
    if not found:
        raise MetadataRefused(
            "there is no EntityDescriptor in it",
            "get the metadata of the party that you mean",
            reason="entity",
            seen="none",
            expected="EntityDescriptor",
        )
    if len(found) == 1:
        return found[0]
    meant = [one for one in found if entity_id_of(one) == entity_id]
    if len(meant) > 1:
        raise MetadataRefused(
            f"{len(meant)} entities have the entityID {named(entity_id or '')}",
            MENDED_THERE,
            reason="entity",
            seen=str(len(meant)),
            expected="one",
        )
    if not meant:
        asked = "write saml.entity_id" if entity_id is None else f"none is {named(entity_id)}"
        raise MetadataRefused(
            f"{len(found)} entities are in it and {asked}: {_names(found)}",
            "" if entity_id is None else "write the one that you mean as saml.entity_id",
            reason="entity",
            seen=_names(found),
            expected=named(entity_id) if entity_id is not None else "saml.entity_id",
        )
    return meant[0]


def entity_id_of(entity: etree._Element) -> str:
    """Its name. Raises MetadataRefused where it has none."""
    name = collapsed(entity.get("entityID"))
    if not name:
        raise MetadataRefused(
            "an EntityDescriptor has no entityID, which the schema demands",
            MENDED_THERE,
            reason="entity",
            seen="none",
            expected="entityID",
        )
    return name


def role_of(entity: etree._Element, tag: str = IDP) -> etree._Element:
    """The role of this kind that speaks SAML 2.0: other roles and other protocols are not judged.
    Raises MetadataRefused.
    """
    name = str(etree.QName(tag).localname)
    roles = entity.findall(tag)
    spoken = [(role.get("protocolSupportEnumeration") or "").split() for role in roles]
    found = [role for role, words in zip(roles, spoken, strict=True) if SAMLP in words]
    if len(found) == 1:
        return found[0]
    expected = f"one {name} for {SAMLP}"
    if found:
        raise MetadataRefused(
            f"the metadata must have {expected}, and have {len(found)}; which one holds is not "
            "said",
            MENDED_THERE,
            reason="role",
            seen=str(len(found)),
            expected=expected,
        )
    others = ", ".join(named(" ".join(words)) for words in spoken[:_LISTED])
    seen = f"it has them for {others}" if roles else "it has none"
    raise MetadataRefused(
        f"the metadata must have {expected}: {seen}",
        _of_something_else(entity, tag),
        reason="role",
        seen=others or "none",
        expected=expected,
    )


def _other_root(root: etree._Element) -> MetadataRefused:
    name = etree.QName(root)
    seen, wanted = named(name.localname), ("EntityDescriptor", "EntitiesDescriptor")
    told = (
        f"their root is {seen}; the schema of metadata has EntityDescriptor and EntitiesDescriptor"
    )
    instead = "get the metadata of the party that you mean"
    if seen.lower() == _HTML:
        instead = "a web page, not metadata: take the address of the XML itself"
    elif name.localname in wanted:
        seen = named(name.namespace) if name.namespace else "none"
        told = f"the namespace of their root is {seen}, and that of SAML 2.0 is {named(MD)}"
        instead = "get them anew as the product writes them, and change nothing in them"
    return MetadataRefused(
        f"the metadata cannot be read: {told}",
        instead,
        reason="root",
        seen=seen,
        expected=named(MD) if name.localname in wanted else " or ".join(wanted),
    )


def _of_something_else(entity: etree._Element, tag: str) -> str:
    """People export the metadata of their own side, of the wrong role of a product, or of another
    protocol.
    """
    other = SP if tag == IDP else IDP
    if entity.find(other) is not None:
        whose = "a portal (service provider)" if other == SP else "a makelaar (identity provider)"
        return f"these are of {whose}: ask the other side for its own"
    if entity.find(md("RoleDescriptor")) is not None and entity.find(tag) is None:
        return (
            "these are of WS-Federation alone: let the party switch on SAML 2.0, and get them anew"
        )
    return "ask the party for its metadata of SAML 2.0"


def valid_until(role: etree._Element, inside: etree._Element | None = None) -> datetime | None:
    """When the first of role, entity and lists around them stops to hold; of those ``inside`` this
    list alone, where it is given. Raises MetadataRefused.
    """
    around = (role, *role.iterancestors())
    written = [one.get("validUntil") for one in around if one is not inside]
    said = (moment(text, "validUntil") for text in written if text is not None)
    return min(said, default=None)


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


def moment(text: str, attribute: str) -> datetime:
    """A time in UTC that stands in this attribute. Raises MetadataRefused."""
    match = _MOMENT.fullmatch(collapsed(text) or "")
    try:
        if match is None:
            raise ValueError
        whole = datetime.fromisoformat(match[1] + (match[3] or "Z").replace("Z", "+00:00"))
        return whole.astimezone(UTC)
    except (ValueError, OverflowError):
        raise MetadataRefused(
            f"{attribute} cannot be read: {named(text)}",
            f"it should be as 2026-11-29T12:00:00Z: {MENDED_THERE}",
            reason="time",
            seen=named(text),
            expected="2026-11-29T12:00:00Z",
        ) from None
