"""Endpoints over http that stand beside others over https: they are never used, and whoever
registers the metadata is told which.
"""

from __future__ import annotations

from typing import Final

from lxml import etree

from directory.web_addresses import is_http_alone
from providers.saml.wire.names import md
from providers.saml.wire.xml_values import collapsed

_SERVICES: Final = (
    "SingleSignOnService",
    "AssertionConsumerService",
    "SingleLogoutService",
    "ArtifactResolutionService",
)


def over_https(elements: list[etree._Element]) -> list[etree._Element]:
    """Without those over http, where others are left; else all, to be judged as they are."""
    return [one for one in elements if not is_http_alone(_location(one))] or elements


def endpoints_over_http(role: etree._Element) -> tuple[str, ...]:
    """The name of each service with its address, once."""
    found = (
        f"{service} {address}"
        for service in _SERVICES
        for element in role.findall(md(service))
        for address in (_location(element), collapsed(element.get("ResponseLocation")) or "")
        if is_http_alone(address)
    )
    return tuple(dict.fromkeys(found))


def _location(element: etree._Element) -> str:
    return collapsed(element.get("Location")) or ""
