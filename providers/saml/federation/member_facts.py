"""What is kept of one makelaar in the list of a federation: read by the rules that hold for every
makelaar, and nothing of it says more than its metadata do.
"""

from __future__ import annotations

import copy
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from lxml import etree

from keys.xml.names import DS
from providers import received
from providers.saml.metadata import read_metadata
from providers.saml.wire.entities import entity_id_of, role_of, valid_until
from providers.saml.wire.metadata_refused import MetadataRefused, named
from providers.saml.wire.names import MD, SAMLP, md, saml
from providers.saml.wire.xml_values import collapsed

LONGEST_ENTITY_ID: Final = 1024  # SAML Core §8.3.6
LONGEST_NAME: Final = 64  # as of every makelaar
LONGEST_SEARCH: Final = 1000
LONGEST_DOCUMENT: Final = 200_000
_MOST: Final = 50  # categories or scopes of one entity
_MDUI: Final = "{urn:oasis:names:tc:SAML:metadata:ui}"
_RPI: Final = "{urn:oasis:names:tc:SAML:metadata:rpi}"
_ATTRIBUTES: Final = "{urn:oasis:names:tc:SAML:metadata:attribute}EntityAttributes"
_SCOPE: Final = "{urn:mace:shibboleth:metadata:1.0}Scope"
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_CATEGORY: Final = "http://macedir.org/entity-category"
_BEGINNING: Final = "<md:EntityDescriptor"
HIDDEN: Final = "http://refeds.org/category/hide-from-discovery"
# What a login reads of the role; logos, texts and keys for encryption stay behind.
_READ: Final = frozenset(
    md(name)
    for name in (
        "KeyDescriptor",
        "ArtifactResolutionService",
        "SingleLogoutService",
        "SingleSignOnService",
    )
)


@dataclass(frozen=True)
class MemberFacts:
    """``document``: the metadata of its role alone; ``ends_at``: its own end, earlier than that of
    the list around it or not. ``name_nl`` and ``name_en``: what people call
    it; ``search``: by what they find it, as ``searchable`` writes texts. ``scopes``: the domains
    that it may speak of (shibmd:Scope). ``hidden``: it asks to be in no list.
    """

    entity_id: str
    name_nl: str
    name_en: str
    search: str
    registration_authority: str
    categories: tuple[str, ...]
    scopes: tuple[str, ...]
    hidden: bool
    ends_at: datetime | None
    document: str


def member_facts(entity: etree._Element) -> MemberFacts:
    """Raises MetadataRefused where no login there could be believed."""
    entity_id = entity_id_of(entity)
    if not received.is_word(entity_id, LONGEST_ENTITY_ID):
        raise MetadataRefused(
            "its entityID is no URI of 1024 signs at most", reason="entity", seen=named(entity_id)
        )
    role = role_of(entity)
    ends_at = valid_until(role, inside=entity.getroottree().getroot())
    document = _document(entity_id, role)
    read_metadata(document, entity_id=entity_id)
    categories = _bounded(_categories(entity))
    scopes = _bounded(_scopes(entity, role))
    names = list(_names(entity, role))
    return MemberFacts(
        entity_id=entity_id,
        name_nl=_named(names, entity_id, "nl", "en"),
        name_en=_named(names, entity_id, "en", "nl"),
        search=_search(entity_id, role, names, scopes),
        registration_authority=_registration_authority(entity),
        categories=categories,
        scopes=scopes,
        hidden=HIDDEN in categories,
        ends_at=ends_at,
        document=document,
    )


def searchable(text: str) -> str:
    """A text as it is looked for: without capitals, accents and signs that are not shown."""
    plain = unicodedata.normalize("NFKD", received.shown(text) or "")
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()


def ending(document: str, until: datetime | None) -> str:
    """The same metadata, which say until when they hold."""
    if until is None:
        return document
    said = f' validUntil="{until:%Y-%m-%dT%H:%M:%SZ}"'
    return document.replace(_BEGINNING, _BEGINNING + said, 1)


def _document(entity_id: str, role: etree._Element) -> str:
    root = etree.Element(md("EntityDescriptor"), entityID=entity_id, nsmap={"md": MD, "ds": DS})
    kept = etree.SubElement(root, md("IDPSSODescriptor"), protocolSupportEnumeration=SAMLP)
    wants = role.get("WantAuthnRequestsSigned")
    if wants is not None:
        kept.set("WantAuthnRequestsSigned", wants)
    for child in role:
        if child.tag in _READ and collapsed(child.get("use")) != "encryption":
            one = copy.deepcopy(child)
            one.tail = None
            kept.append(one)
    etree.cleanup_namespaces(root, keep_ns_prefixes=["md", "ds"])
    text = str(etree.tostring(root, encoding="unicode"))
    if len(text) > LONGEST_DOCUMENT:
        raise MetadataRefused("its role is too large", reason="too_large", seen=str(len(text)))
    return text


def _names(entity: etree._Element, role: etree._Element) -> Iterator[tuple[str, str]]:
    """Language and name, those that people are shown first."""
    found = role.findall(f"{md('Extensions')}/{_MDUI}UIInfo/{_MDUI}DisplayName")
    for word in ("OrganizationDisplayName", "OrganizationName"):
        found += entity.findall(f"{md('Organization')}/{md(word)}")
    for element in found:
        text = received.shown(element.text or "")
        if text is not None:
            yield (element.get(_LANGUAGE) or "").lower()[:2], text


def _named(names: list[tuple[str, str]], entity_id: str, *languages: str) -> str:
    """In the first of these languages, else in any; without a name the host of its entityID."""
    wanted = [text for language in languages for known, text in names if known == language]
    found = [*wanted, *(text for _, text in names), _host(entity_id)][0]
    return found if len(found) <= LONGEST_NAME else f"{found[: LONGEST_NAME - 1].rstrip()}…"


def _search(
    entity_id: str, role: etree._Element, names: list[tuple[str, str]], scopes: tuple[str, ...]
) -> str:
    told = role.findall(f"{md('Extensions')}/{_MDUI}UIInfo/{_MDUI}Keywords")
    told += role.findall(f"{md('Extensions')}/{_MDUI}DiscoHints/{_MDUI}DomainHint")
    words = [text for _, text in names] + [one.text or "" for one in told]
    words += [*scopes, _host(entity_id)]
    parts = dict.fromkeys(searchable(word.replace("+", " ")) for word in words)
    return "\n".join(part for part in parts if part)[:LONGEST_SEARCH]


def _host(entity_id: str) -> str:
    """The host in it; all of it where it has none, or one that cannot be read: an entityID is a
    name and need be no address.
    """
    try:
        return urlsplit(entity_id).hostname or entity_id
    except ValueError:
        return entity_id


def _registration_authority(entity: etree._Element) -> str:
    """Who registered it: of the nearest that says so; empty where nobody does (SAML metadata for
    registration and publication information §2.1).
    """
    for element in (entity, *entity.iterancestors()):
        told = element.find(f"{md('Extensions')}/{_RPI}RegistrationInfo")
        if told is not None:
            said = collapsed(told.get("registrationAuthority")) or ""
            return said if received.is_word(said) else ""
    return ""


def _categories(entity: etree._Element) -> Iterator[str]:
    path = f"{md('Extensions')}/{_ATTRIBUTES}/{saml('Attribute')}"
    for attribute in entity.findall(path):
        if attribute.get("Name") == _CATEGORY:
            for value in attribute.findall(saml("AttributeValue")):
                yield collapsed(value.text) or ""


def _scopes(entity: etree._Element, role: etree._Element) -> Iterator[str]:
    """Those that are written out. An expression is not read, so it allows nothing."""
    for element in (role, entity):
        for scope in element.findall(f"{md('Extensions')}/{_SCOPE}"):
            if collapsed(scope.get("regexp")) in (None, "false", "0"):
                yield (collapsed(scope.text) or "").lower()


def _bounded(found: Iterator[str]) -> tuple[str, ...]:
    """Words of machines, each once."""
    words = tuple(dict.fromkeys(word for word in found if received.is_word(word)))
    if len(words) > _MOST:
        raise MetadataRefused(
            f"more than {_MOST} categories or scopes", reason="too_large", seen=str(len(words))
        )
    return words
