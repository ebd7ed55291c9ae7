"""XML Schema of SAML 2.0: the shape that every message must have, checked by libxml2."""

from __future__ import annotations

import threading
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
_lock = threading.Lock()
_schemas: dict[str, etree.XMLSchema] = {}


class _Local(etree.Resolver):  # type: ignore[misc]
    """Schemas that one names for another come from the package, never from the network."""

    def resolve(self, url: str | None, _public_id: str | None, context: Any) -> Any:
        name = PurePosixPath(url or "").name
        return self.resolve_string(_read(name), context, base_url=name)


def check_protocol(message: etree._Element) -> None:
    """A Response or an Assertion. Raises XmlRefused(schema)."""
    _check(message, _PROTOCOL)


def check_metadata(document: etree._Element) -> None:
    """Metadata. Raises XmlRefused(schema)."""
    _check(document, _METADATA)


def _check(element: etree._Element, name: str) -> None:
    with _lock:  # an XMLSchema keeps its error log in itself
        schema = _schemas.get(name)
        if schema is None:
            schema = _schemas[name] = _load(name)
        if not schema.validate(element):
            raise XmlRefused("schema")


def _load(name: str) -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=False)
    parser.resolvers.add(_Local())
    imports = "".join(
        f'<xs:import namespace="{_NAMESPACES[one]}" schemaLocation="{one}"/>'
        for one in (name, _ENCRYPTION_11)
    )
    whole = f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{imports}</xs:schema>'
    return etree.XMLSchema(etree.fromstring(whole, parser))


def _read(name: str) -> bytes:
    return (resources.files("saml2.data.schemas") / name).read_bytes()
