"""Small readers for one element: times, texts and what must stand exactly once. All raise
ProviderRefused.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from lxml import etree

from providers.interface import ProviderRefused
from providers.received import MAX_WORD, XML_SPACE

_INSTANT: Final = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d{1,9})?(?:Z|[+-]00:00)")
_BETWEEN: Final = re.compile(f"[{XML_SPACE}]+")


def only_child(element: etree._Element, tag: str, reason: str) -> etree._Element:
    """The one child with this tag."""
    found = element.findall(tag)
    if len(found) != 1:
        raise ProviderRefused(reason, f"{len(found)} of {etree.QName(tag).localname}")
    return found[0]


def text_of(element: etree._Element, reason: str) -> str:
    """The whole text of an element without children, exactly as it was signed. Empty is refused."""
    if len(element) or not element.text:
        raise ProviderRefused(reason)
    return str(element.text)


def uri_of(element: etree._Element, reason: str) -> str:
    """The text of an element of the type anyURI."""
    found = collapsed(text_of(element, reason))
    if not found or len(found) > MAX_WORD:
        raise ProviderRefused(reason)
    return found


def collapsed(value: str | None) -> str | None:
    """A value whose type collapses white space (XML Schema 2 §4.3.6): anyURI and NCName. Texts,
    Issuer and NameID among them, are of the type string, which keeps it.
    """
    return None if value is None else " ".join(_BETWEEN.split(value.strip(XML_SPACE)))


def instant(value: str | None, reason: str) -> datetime:
    """A moment in UTC (Core §1.3.3), with ``Z`` or as an offset of nothing."""
    match = _INSTANT.fullmatch(value or "")
    if match is None:
        raise ProviderRefused(reason, "not a UTC instant")
    try:
        whole = datetime.fromisoformat(match[1]).replace(tzinfo=UTC)
    except ValueError:
        raise ProviderRefused(reason, "not a UTC instant") from None
    fraction = match[2]
    return whole.replace(microsecond=int(fraction[1:7].ljust(6, "0"))) if fraction else whole
