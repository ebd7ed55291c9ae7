"""Guard: what may be read as XML at all. Bounded before, strict after; everything that looks at XML
gets it from here.

One parser, one tree. Comments are removed while parsing, so that text around one is read whole; a
document type or a processing instruction is refused.
"""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

MAX_BYTES: Final = 256 * 1024
MAX_ELEMENTS: Final = 2500  # with 2,000 groups as values of an attribute there is room
MAX_DEPTH: Final = 64
MAX_ATTRIBUTES: Final = 64  # of one element
MAX_NAMESPACES: Final = 1000  # declarations in all
_NCNAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,255}")
_NAMESPACE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+")
_DECLARED_VERSION: Final = re.compile(rb"""<\?xml\s+version\s*=\s*["']([^"'>]*)["']""")
_DECLARED_ENCODING: Final = re.compile(rb"""<\?xml\b[^>]*\sencoding\s*=\s*["']([^"'>]*)["']""")

_ENDS_OF_IDS: Final = ("ID", "Id", "iD", "id")
# What is asked of a whole tree without an object for each element of it.
_COUNT: Final = etree.XPath("count(//*)")
_IS_DEEPER: Final = etree.XPath("boolean(/*" + "/*" * MAX_DEPTH + ")")
_UTF8: Final = "UTF-8"


class XmlRefused(Exception):
    """The document or its protection is not acceptable. ``reason`` is a stable machine word;
    ``measured`` what was seen, where, and what was expected: names and algorithms of the protocol,
    as they were sent.
    """

    def __init__(self, reason: str, **measured: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.measured = measured
        self.position: tuple[int, int] | None = None  # line and column, of what is not_well_formed


def parse(
    raw: bytes,
    *,
    max_bytes: int = MAX_BYTES,
    max_elements: int = MAX_ELEMENTS,
    max_namespaces: int = MAX_NAMESPACES,
    strict_ids: bool = True,
    around_root: bool = False,
) -> etree._Element:
    """The root of a document that may be read. ``strict_ids`` off only where no signature refers to
    them; ``around_root``: processing instructions may stand there, a style sheet's for example,
    and nobody reads them. Raises XmlRefused: too_large, encoding, xml_version, dtd,
    not_well_formed, too_many_elements, too_many_attributes, too_many_namespaces, too_deep,
    processing_instruction, namespace, id.
    """
    if len(raw) > max_bytes:
        raise XmlRefused("too_large", seen=len(raw), expected=max_bytes)
    _check_bytes(raw)
    try:
        root = etree.fromstring(raw, parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        refused = XmlRefused("not_well_formed", expected="XML")
        refused.position = getattr(error, "position", None)
        raise refused from None
    if root.getroottree().docinfo.doctype:
        raise XmlRefused("dtd", element="DOCTYPE", seen="a document type", expected="none")
    if not around_root and (root.getprevious() is not None or root.getnext() is not None):
        raise _instruction()
    check_tree(root, max_elements, max_namespaces, strict_ids=strict_ids)
    return root


def parser() -> etree.XMLParser:
    """One parser for one document: it looks nothing up and expands nothing."""
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        strip_cdata=True,
        encoding="utf-8",  # whatever the document says of itself
    )


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _check_bytes(raw: bytes) -> None:
    """XML 1.0 in UTF-8 without a byte order mark, and no document type; said before a parser sees
    it.
    """
    if b"\x00" in raw:
        raise XmlRefused("encoding", seen="a byte order mark or zero", expected=_UTF8)
    check_beginning(raw)
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        raise XmlRefused("encoding", seen="another encoding", expected=_UTF8) from None
    upper = raw.upper() if b"<!" in raw else b""
    if b"<!DOCTYPE" in upper or b"<!ENTITY" in upper:
        raise XmlRefused("dtd", element="DOCTYPE", seen="a document type", expected="none")


def check_beginning(raw: bytes) -> None:
    """What its first bytes say: no mark, XML 1.0, UTF-8. Raises XmlRefused."""
    if raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise XmlRefused("encoding", seen="a byte order mark or zero", expected=_UTF8)
    version = _DECLARED_VERSION.match(raw)
    if version is not None and version[1] != b"1.0":
        named = version[1].decode("ascii", "replace")
        raise XmlRefused("xml_version", element="XML declaration", seen=named, expected="1.0")
    declared = _DECLARED_ENCODING.match(raw)
    if declared is not None and declared[1].lower() not in (b"utf-8", b"us-ascii"):
        named = declared[1].decode("ascii", "replace")
        raise XmlRefused("encoding", seen=named, expected=_UTF8)


def check_tree(
    root: etree._Element, max_elements: int, max_namespaces: int, *, strict_ids: bool
) -> None:
    """What stands in it is bounded. Raises XmlRefused as ``parse`` does."""
    if next(root.iter(etree.PI, etree.Comment), None) is not None:
        raise _instruction()
    if _COUNT(root) > max_elements:
        raise XmlRefused("too_many_elements", expected=max_elements)
    if _IS_DEEPER(root):
        raise XmlRefused("too_deep", expected=MAX_DEPTH)
    # Declarations come as events: an element's nsmap would be made anew for each.
    for number, (_, declared) in enumerate(etree.iterwalk(root, events=("start-ns",)), 1):
        if number > max_namespaces:
            raise XmlRefused("too_many_namespaces", expected=max_namespaces)
        _check_namespace(declared[1])
    _check_attributes(root, strict_ids=strict_ids)


def _instruction() -> XmlRefused:
    return XmlRefused(
        "processing_instruction", seen="a processing instruction", expected="elements"
    )


def _check_namespace(uri: str) -> None:
    """Namespaces are absolute URIs in ASCII: others canonicalise differently from library to
    library. Empty takes the default away.
    """
    if uri and not _NAMESPACE.fullmatch(uri):
        raise XmlRefused("namespace", element="xmlns", seen=uri, expected="an absolute URI")


def _check_attributes(root: etree._Element, *, strict_ids: bool) -> None:
    """Not too many of one element; and every ID stands once, under its plain name."""
    seen: set[str] = set()
    for element in root.iter(etree.Element):
        names = element.keys()  # not attrib, which is an object more for each element
        if not names:
            continue
        if len(names) > MAX_ATTRIBUTES:
            raise XmlRefused(
                "too_many_attributes",
                element=local_name(element),
                seen=len(names),
                expected=MAX_ATTRIBUTES,
            )
        for name in names:
            if strict_ids and name.endswith(_ENDS_OF_IDS):
                _check_id(element, name, seen)


def _check_id(element: etree._Element, name: str, seen: set[str]) -> None:
    if etree.QName(name).localname.lower() != "id":
        return
    value = str(element.get(name))
    if len(name) != 2 or not _NCNAME.fullmatch(value) or value in seen:
        raise XmlRefused(
            "id",
            element=local_name(element),
            seen="empty, doubled or no name",
            expected="an ID",
        )
    seen.add(value)
