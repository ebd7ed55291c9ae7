"""Kinds of portals: which one a document is of follows from its sections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from directory.saml_portals import SamlServiceProvider
from directory.services import OidcClient, RelyingParty

PORTALS: Final = (OidcClient, SamlServiceProvider)


def portal_model(document: Mapping[str, Any]) -> type[RelyingParty]:
    """With the section ``saml`` it speaks SAML, else OpenID Connect."""
    return SamlServiceProvider if "saml" in document else OidcClient
