"""Advice: assertions of others on which a makelaar's own rests (SAML Core §2.6.1; eTD: those of the
authenticatiedienst and the machtigingenregister). Evidence to keep, and nothing that is read.
"""

from __future__ import annotations

import base64
import zlib
from typing import Final

from lxml import etree

from keys.xml.children import children
from providers.saml.wire.names import saml

ADVICE: Final = saml("Advice")


def is_evidence(element: etree._Element, assertion: etree._Element) -> bool:
    """Does this element stand in the Advice that is a child of this very assertion?"""
    above = (parent for parent in element.iterancestors(ADVICE))
    return any(one.getparent() is assertion for one in above)


def evidence_taken(assertion: etree._Element) -> str | None:
    """What stood in Advice, as it was written, packed as text; out of the tree, so that nobody
    finds it there. None where there was none.
    """
    found = children(assertion, ADVICE)
    written = b"".join(etree.tostring(one, with_tail=False) for one in found if len(one))
    for one in found:
        assertion.remove(one)
    return base64.b64encode(zlib.compress(written)).decode() if written else None


def unpacked(evidence: str) -> bytes:
    """What was kept, as it was written."""
    return zlib.decompress(base64.b64decode(evidence))
