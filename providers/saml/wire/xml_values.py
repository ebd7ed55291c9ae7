"""Small readers for one element: times, texts and what must stand exactly once. All raise
WireRefused.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from lxml import etree

from keys.xml.children import children
from keys.xml.guard import local_name
from providers.received import MAX_WORD, XML_SPACE, told
from providers.saml.wire.refused import WireRefused

_INSTANT: Final = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d{1,9})?(?:Z|[+-]00:00)")
_BETWEEN: Final = re.compile(f"[{XML_SPACE}]+")


def only_child(element: etree._Element, tag: str, reason: str) -> etree._Element:
    """The one child with this tag."""
    found = children(element, tag)
    if len(found) != 1:
        name = str(etree.QName(tag).localname)
        raise WireRefused(
            reason, f"{len(found)} of {name}", element=name, seen=len(found), expected=1
        )
    return found[0]


def text_of(element: etree._Element, reason: str) -> str:
    """The whole text of an element without children, exactly as it was signed. Empty is refused."""
    if len(element) or not element.text:
        seen = "elements" if len(element) else "nothing"
        raise WireRefused(reason, element=local_name(element), seen=seen, expected="a text")
    return str(element.text)


def uri_of(element: etree._Element, reason: str) -> str:
    """The text of an element of the type anyURI."""
    found = collapsed(text_of(element, reason))
    if not found or len(found) > MAX_WORD:
        expected = f"a URI of at most {MAX_WORD} signs"
        raise WireRefused(
            reason, element=local_name(element), seen=f"{len(found or '')} signs", expected=expected
        )
    return found


def number(value: str) -> int | None:
    """A number of xs:unsignedShort, however many zeros stand before it; None for a larger one."""
    digits = value.removeprefix("+").lstrip("0") or "0"
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 5 else None


def collapsed(value: str | None) -> str | None:
    """A value whose type collapses white space (XML Schema 2 §4.3.6): anyURI and NCName. Texts,
    Issuer and NameID among them, are of the type string, which keeps it.
    """
    if value is None or _BETWEEN.search(value) is None:
        return value  # almost always
    return " ".join(_BETWEEN.split(value.strip(XML_SPACE)))


def instant(element: etree._Element, name: str, reason: str) -> datetime:
    """The moment in UTC in this attribute (Core §1.3.3), with ``Z`` or as an offset of nothing."""
    value = collapsed(element.get(name))
    match = _INSTANT.fullmatch(value or "")
    if match is None:
        raise _no_instant(element, name, reason)
    try:
        whole = datetime.fromisoformat(f"{match[1]}+00:00")
    except ValueError:
        raise _no_instant(element, name, reason) from None
    fraction = match[2]
    return whole.replace(microsecond=int(fraction[1:7].ljust(6, "0"))) if fraction else whole


def _no_instant(element: etree._Element, name: str, reason: str) -> WireRefused:
    return WireRefused(
        reason,
        "not a UTC instant",
        element=f"{local_name(element)} {name}",
        seen=told(element.get(name), 40),
        expected="2026-11-29T12:00:00Z",
    )
