"""Encrypted identifiers and attributes of a verified assertion (SAML Core §2.2.4, §2.7.3.2): opened
where they stand, so that whoever reads attributes reads them like any other.

Under AES-CBC too, where the record allows it: what is opened was signed by the makelaar, after
every condition of the message held. Whatever is wrong with what comes out reads the same, also that
it is no identifier that the dialect knows, so that nobody learns from trying
([decision 37](../../docs/decisions/0037-a-makelaar-speaks-one-dialect.md)).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from lxml import etree

from keys.xml import schema
from keys.xml.children import children
from keys.xml.guard import XmlRefused
from keys.xml.names import xenc
from providers.interface import ProviderRefused
from providers.received import told
from providers.saml.conditions import ExpectedResponse
from providers.saml.dialects.dialect import PARTY_SHAPES, SamlDialect
from providers.saml.sealed import opened
from providers.saml.wire.names import saml

MAX_SEALED: Final = 30  # of one assertion; each costs operations with a private key
_SEALED: Final = (saml("EncryptedID"), saml("EncryptedAttribute"), xenc("EncryptedData"))
_UNREAD: Final = "identifier_unread"


def open_identifiers(assertion: etree._Element, expected: ExpectedResponse) -> None:
    """Put the plain element in the place of each encrypted one. Raises ProviderRefused:
    identifier_unread, identifier_clear, attribute_values; XmlRefused(encryption_algorithm) before
    anything is opened.
    """
    statements = children(assertion, saml("AttributeStatement"))
    if not _sealed_in(statements) and not _wants_sealed(expected):
        return
    _check_many(statements)
    for statement in statements:
        for sealed in children(statement, saml("EncryptedAttribute")):
            statement.replace(sealed, _attribute(sealed, expected))
    _check_many(statements)  # what was sealed may hold what is sealed
    for statement in statements:
        for attribute in children(statement, saml("Attribute")):
            _open_values(attribute, expected)


def _sealed_in(statements: Sequence[etree._Element]) -> bool:
    """Is anything in them encrypted, wherever it stands?"""
    return any(next(one.iter(*_SEALED), None) is not None for one in statements)


def _wants_sealed(expected: ExpectedResponse) -> bool:
    """Are there attributes that may not come in the clear?"""
    return expected.settings.speaks.sealed and not expected.settings.allow_clear_identifiers


def _check_many(statements: Sequence[etree._Element]) -> None:
    several = sum(1 for one in statements for _ in one.iter(xenc("EncryptedData")))
    if several > MAX_SEALED:
        raise ProviderRefused(
            "attribute_values",
            "encrypted values without end",
            element="EncryptedID, EncryptedAttribute",
            seen=several,
            expected=MAX_SEALED,
        )


def _attribute(sealed: etree._Element, expected: ExpectedResponse) -> etree._Element:
    at = "EncryptedAttribute"
    found = _opened(sealed, at, "Attribute", expected, "Attribute")
    try:
        schema.check_protocol(found)
    except XmlRefused:
        raise _unread(at, "Attribute") from None
    return found


def _open_values(attribute: etree._Element, expected: ExpectedResponse) -> None:
    """Every EncryptedID of its values, several in one as several values."""
    name, dialect = str(attribute.get("Name")), expected.settings.speaks
    for value in children(attribute, saml("AttributeValue")):
        sealed = children(value, saml("EncryptedID"))
        if not sealed and _wants_sealed(expected) and name in (*dialect.acting, *dialect.legal):
            raise _clear(name)
        for place, one in enumerate(sealed):
            plain = _opened(one, name, "NameID", expected, _expected(name, dialect))
            if not _is_known(plain, name, dialect):
                raise _unread(name, _expected(name, dialect))
            if place == 0:
                value.replace(one, plain)
                continue
            value.remove(one)
            beside = etree.Element(saml("AttributeValue"))
            beside.append(plain)
            attribute.append(beside)


def _opened(
    sealed: etree._Element, at: str, tag: str, expected: ExpectedResponse, kinds: str
) -> etree._Element:
    try:
        return opened(sealed, tag, expected, covered=True)
    except XmlRefused as refused:
        if refused.reason == "encryption_algorithm":  # said before anything was opened
            raise
        raise _unread(at, kinds) from None


def _is_known(name_id: etree._Element, name: str, dialect: SamlDialect) -> bool:
    """Is it an identifier that this attribute may hold? Of others any text will do."""
    text, kind = str(name_id.text or "").strip(), name_id.get("NameQualifier") or ""
    if not text or len(name_id):
        return False
    if name in dialect.acting:
        person = dialect.acting_kinds.get(kind)
        return person is not None and person.fits(text)
    if name in dialect.legal:
        party = dialect.legal_kinds.get(kind)
        return party is not None and PARTY_SHAPES[party].fullmatch(text) is not None
    if name in dialect.intermediary:
        return kind.rpartition(":")[2] in dialect.intermediary_kinds and text.isdigit()
    return True


def _kinds(name: str, dialect: SamlDialect) -> Iterator[str]:
    if name in dialect.acting:
        yield from dialect.acting_kinds
    elif name in dialect.legal:
        yield from dialect.legal_kinds
    elif name in dialect.intermediary:
        yield from dialect.intermediary_kinds
    else:
        yield "NameID"


def _expected(name: str, dialect: SamlDialect) -> str:
    return ", ".join(_kinds(name, dialect))


def _unread(at: str, kinds: str) -> ProviderRefused:
    """One refusal for whatever was wrong inside."""
    seen = "encrypted, and not to be read here"
    return ProviderRefused(_UNREAD, element=told(at), seen=seen, expected=kinds)


def _clear(name: str) -> ProviderRefused:
    return ProviderRefused(
        "identifier_clear",
        element=name,
        seen="in the clear",
        expected="EncryptedID",
        setting="saml.allow_clear_identifiers",
    )
