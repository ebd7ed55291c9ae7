"""Where a party hears of logouts (SingleLogoutService, SAML Metadata §2.4.2): as its metadata have
it, and as ours say it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree

from directory.web_addresses import done_fault
from providers.saml.wire.names import POST, REDIRECT, md
from providers.saml.wire.xml_values import collapsed

SOAP: Final = "urn:oasis:names:tc:SAML:2.0:bindings:SOAP"
BY_BROWSER: Final = (REDIRECT, POST)
SOAP_BELOW: Final = "/soap"  # where calls arrive, below the address for browsers


@dataclass(frozen=True)
class LogoutService:
    """``answers``: where a LogoutResponse goes, ``location`` unless the metadata say another."""

    binding: str
    location: str
    answers: str


def logout_services(role: etree._Element) -> tuple[LogoutService, ...]:
    """Those of this role that we speak. One whose address nobody can follow is passed over: a login
    needs none of them, and nobody is sent there.
    """
    return tuple(
        found
        for element in role.findall(md("SingleLogoutService"))
        if (found := _service(element)) is not None
    )


def _service(element: etree._Element) -> LogoutService | None:
    binding = collapsed(element.get("Binding"))
    location = collapsed(element.get("Location")) or ""
    answers = collapsed(element.get("ResponseLocation")) or location
    if binding not in (*BY_BROWSER, SOAP):
        return None
    if any(done_fault(address, native=False) is not None for address in (location, answers)):
        return None
    return LogoutService(binding, location, answers)


def first_of(services: Sequence[LogoutService], bindings: Sequence[str]) -> LogoutService | None:
    """The service for the first of these bindings that the party offers."""
    offered = (one for binding in bindings for one in services if one.binding == binding)
    return next(offered, None)


def add_logout_services(role: etree._Element, url: str) -> None:
    """Our own; they stand behind the keys and before the NameIDFormats."""
    for binding, location in ((REDIRECT, url), (POST, url), (SOAP, f"{url}{SOAP_BELOW}")):
        etree.SubElement(
            role, md("SingleLogoutService"), {"Binding": binding, "Location": location}
        )
