"""Children of an element by their tag. What a message is read with runs some forty times for each,
and lxml's own ``find`` reads a path each time.
"""

from __future__ import annotations

from lxml import etree


def children(element: etree._Element, tag: str) -> list[etree._Element]:
    """Those with this tag, in order."""
    return list(element.iterchildren(tag))


def child(element: etree._Element, tag: str) -> etree._Element | None:
    """The first with this tag; None where there is none."""
    found: etree._Element | None = next(element.iterchildren(tag), None)
    return found
