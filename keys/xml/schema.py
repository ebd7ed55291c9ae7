"""XML Schema of SAML 2.0: the shape that every message must have, checked by libxml2."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import PurePosixPath
from typing import Any

from lxml import etree

from keys.xml.guard import XmlRefused, local_name
from keys.xml.names import XENC11

_PROTOCOL = "saml-schema-protocol-2.0.xsd"
_METADATA = "saml-schema-metadata-2.0.xsd"
_ENCRYPTION_11 = "xenc-schema-11.xsd"  # OAEP with a mask of its own; SAML names only 1.0
_NAMESPACES = {
    _PROTOCOL: "urn:oasis:names:tc:SAML:2.0:protocol",
    _METADATA: "urn:oasis:names:tc:SAML:2.0:metadata",
    _ENCRYPTION_11: XENC11,
}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_XS = "http://www.w3.org/2001/XMLSchema"
_SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
_VALUE = f"{{{_SAML}}}AttributeValue"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_SPACE = " \t\r\n"
_IS_TYPED = etree.XPath(
    "boolean(descendant-or-self::s:AttributeValue/@x:type)",
    namespaces={"s": _SAML, "x": "http://www.w3.org/2001/XMLSchema-instance"},
)
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


def check_protocol(message: etree._Element, *, without: str | None = None) -> None:
    """A Response, an Assertion or a part of one. A value of an attribute may be of a type that
    other schemas have; who reads it sees that. ``without``: the tag of an element that is judged as
    if it were empty, because nobody reads what it holds. Raises XmlRefused(schema).
    """
    _check(_without_foreign_types(_emptied(message, without)), _PROTOCOL)


def is_foreign(value: etree._Element) -> bool:
    """Is this value of a type of another schema? To ask of what was verified: it costs as much as
    there are namespaces.
    """
    kind = value.get(_TYPE)
    return kind is not None and _names_foreign(kind, value.nsmap)


def check_metadata(document: etree._Element) -> None:
    """Metadata. Raises XmlRefused(schema)."""
    _check(document, _METADATA)


def _emptied(message: etree._Element, tag: str | None) -> etree._Element:
    """The message, or a copy of it in which these hold nothing. What is signed stays as it is."""
    if tag is None or next(message.iter(tag), None) is None:
        return message
    copied = _copied(message)
    for element in list(copied.iter(tag)):
        del element[:]
    return copied


def _copied(message: etree._Element) -> etree._Element:
    parser = etree.XMLParser(no_network=True, load_dtd=False, resolve_entities=False)
    return etree.fromstring(etree.tostring(message, with_tail=False), parser)


def _without_foreign_types(message: etree._Element) -> etree._Element:
    """The message, or a copy of it where libxml2 would not know a type: its values may be anything
    (Core §2.7.3.1.1). What is signed stays as it is.
    """
    if not _IS_TYPED(message) or next(_foreign_values(message), None) is None:
        return message
    copied = _copied(message)
    for value in list(_foreign_values(copied)):
        del value.attrib[_TYPE]
    return copied


def _foreign_values(message: etree._Element) -> Iterator[etree._Element]:
    """In one walk, which keeps what prefixes mean: an element's nsmap would be made anew for
    each.
    """
    known: dict[str | None, list[str]] = {p: [uri] for p, uri in message.nsmap.items()}
    open_ones: list[str | None] = []
    for event, item in etree.iterwalk(message, events=("start", "start-ns", "end-ns")):
        if event == "start-ns":
            prefix = item[0] or None
            known.setdefault(prefix, []).append(item[1])
            open_ones.append(prefix)
        elif event == "end-ns":
            known[open_ones.pop()].pop()
        elif item.tag == _VALUE and (kind := item.get(_TYPE)) is not None:
            prefix = _prefix(kind)
            if _names_foreign(kind, {prefix: known[prefix][-1]} if known.get(prefix) else {}):
                yield item


def _names_foreign(kind: str, names: Mapping[str | None, str]) -> bool:
    """A prefix that means nothing is no type of anybody: the schema refuses it."""
    space = names.get(_prefix(kind))
    return bool(space and kind.strip(_SPACE)) and space not in (_XS, _SAML)


def _prefix(kind: str) -> str | None:
    return kind.strip(_SPACE).rpartition(":")[0] or None


def _check(element: etree._Element, name: str) -> None:
    with _lock:  # an XMLSchema keeps its error log in itself
        found = _loaded(name)
        if not found.validate(element):
            raise XmlRefused("schema", element=_wrong_in(found, element), expected=name)


def _wrong_in(schema: etree.XMLSchema, element: etree._Element) -> str:
    """Which element is the first that is not as the schema has it; no word of what is in it."""
    path = next((entry.path or "" for entry in schema.error_log), "")
    steps = path.rpartition("/")[2].partition("[")[0].rpartition(":")[2]
    return steps if _NAME.fullmatch(steps) else local_name(element)


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
