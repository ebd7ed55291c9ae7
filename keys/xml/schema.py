"""XML Schema of SAML 2.0: the shape that every message must have, checked by libxml2."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from copy import deepcopy
from importlib import resources
from pathlib import PurePosixPath
from typing import Any

from lxml import etree

from keys.xml.guard import XmlRefused
from keys.xml.names import XENC11

_PROTOCOL = "saml-schema-protocol-2.0.xsd"
_METADATA = "saml-schema-metadata-2.0.xsd"
_ENCRYPTION_11 = "xenc-schema-11.xsd"  # OAEP with a mask of its own; SAML names only 1.0
_NAMESPACES = {
    _PROTOCOL: "urn:oasis:names:tc:SAML:2.0:protocol",
    _METADATA: "urn:oasis:names:tc:SAML:2.0:metadata",
    _ENCRYPTION_11: XENC11,
}
_XS = "http://www.w3.org/2001/XMLSchema"
_SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
_VALUE = f"{{{_SAML}}}AttributeValue"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_SPACE = " \t\r\n"
_lock = threading.Lock()
_schemas: dict[str, etree.XMLSchema] = {}


class _Local(etree.Resolver):  # type: ignore[misc]
    """Schemas that one names for another come from the package, never from the network. They are
    read beforehand: libxml2 passes over what cannot be resolved, and what was wrong is lost.
    """

    def __init__(self, texts: Mapping[str, bytes]) -> None:
        self._texts = texts

    def resolve(self, url: str | None, _public_id: str | None, context: Any) -> Any:
        name = PurePosixPath(url or "").name
        return self.resolve_string(self._texts[name], context, base_url=name)


def prepare() -> None:
    """Load the schemas. A server does so while it starts, before it has threads."""
    with _lock:
        for name in (_PROTOCOL, _METADATA):
            _loaded(name)


def check_protocol(message: etree._Element) -> None:
    """A Response or an Assertion. A value of an attribute may be of a type that other schemas have;
    who reads it sees that. Raises XmlRefused(schema).
    """
    _check(_without_foreign_types(message), _PROTOCOL)


def is_foreign(value: etree._Element) -> bool:
    """Is this of a type of another schema than XML Schema itself?"""
    prefix, _, name = (value.get(_TYPE) or "").strip(_SPACE).rpartition(":")
    space = value.nsmap.get(prefix or None)
    return bool(name) and space is not None and space not in (_XS, _SAML)


def check_metadata(document: etree._Element) -> None:
    """Metadata. Raises XmlRefused(schema)."""
    _check(document, _METADATA)


def _without_foreign_types(message: etree._Element) -> etree._Element:
    """The message, or a copy of it where libxml2 would not know a type: its values may be anything
    (Core §2.7.3.1.1). What is signed stays as it is.
    """
    if not any(is_foreign(value) for value in message.iter(_VALUE)):
        return message
    copied = deepcopy(message)
    for value in copied.iter(_VALUE):
        if is_foreign(value):
            del value.attrib[_TYPE]
    return copied


def _check(element: etree._Element, name: str) -> None:
    with _lock:  # an XMLSchema keeps its error log in itself
        if not _loaded(name).validate(element):
            raise XmlRefused("schema")


def _loaded(name: str) -> etree.XMLSchema:
    if name not in _schemas:
        _schemas[name] = _load(name)
    return _schemas[name]


def _load(name: str) -> etree.XMLSchema:
    folder = resources.files("saml2.data.schemas")
    texts = {one.name: one.read_bytes() for one in folder.iterdir() if one.name.endswith(".xsd")}
    parser = etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=False)
    parser.resolvers.add(_Local(texts))
    imports = "".join(
        f'<xs:import namespace="{_NAMESPACES[one]}" schemaLocation="{one}"/>'
        for one in (name, _ENCRYPTION_11)
    )
    whole = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
    return etree.XMLSchema(etree.fromstring(whole, parser))
