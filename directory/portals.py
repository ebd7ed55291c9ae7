"""Kinds of portals: which one a document is of follows from its sections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from directory.saml_portals import SamlServiceProvider
from directory.services import OidcClient, RelyingParty

PORTALS: Final = (OidcClient, SamlServiceProvider)


def portal_model(document: Mapping[str, Any]) -> type[RelyingParty]:
    """With the section ``saml`` it speaks SAML, else OpenID Connect."""
    return SamlServiceProvider if "saml" in document else OidcClient


def where_it_begins(portals: Iterable[RelyingParty], service_uuid: str) -> str | None:
    """Where somebody goes for this service: the address of the first portal, by name, that offers
    it and says where it begins.
    """
    offering = (one for one in portals if service_uuid in one.services and one.start_url)
    found = sorted(offering, key=lambda one: (one.name.nl.casefold(), one.client_id))
    return found[0].start_url if found else None
