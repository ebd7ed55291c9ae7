"""Where a makelaar resolves the artifacts that it gives out (SAML Metadata §2.4.3).

What cannot be used is left out: who never sends an artifact is not judged by it, and for who does,
the registration and the login say what is missing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

from directory.web_addresses import done_fault
from providers.saml.wire.names import SOAP, md
from providers.saml.wire.xml_values import collapsed

_INDEX: Final = re.compile(r"[0-9]{1,5}")
_HIGHEST: Final = 65535


@dataclass(frozen=True)
class ResolutionAddress:
    """An ArtifactResolutionService for SOAP, by the index that artifacts name."""

    index: int
    url: str


def resolution_addresses(role: etree._Element) -> tuple[ResolutionAddress, ...]:
    """Those that can be called. Two with one index say nothing."""
    found = list(_found(role))
    often = Counter(one.index for one in set(found))
    return tuple(dict.fromkeys(one for one in found if often[one.index] == 1))


def _found(role: etree._Element) -> Iterator[ResolutionAddress]:
    for element in role.findall(md("ArtifactResolutionService")):
        index = collapsed(element.get("index")) or ""
        url = collapsed(element.get("Location")) or ""
        is_whole = _INDEX.fullmatch(index) is not None and int(index) <= _HIGHEST
        if collapsed(element.get("Binding")) == SOAP and is_whole and _is_address(url):
            yield ResolutionAddress(int(index), url)


def _is_address(url: str) -> bool:
    return done_fault(url, native=False) is None
