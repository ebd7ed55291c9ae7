"""Where portals that speak SAML hear of logouts, and how one that asks for a logout is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from broker.saml.portal_metadata import (
    PortalMetadata,
    PortalMetadataRefused,
    read_portal_metadata,
)
from directory.saml_portals import SamlServiceProvider
from directory.services import RelyingParty
from providers.saml.wire.logout_services import LogoutService, first_of


def metadata_now(portal: SamlServiceProvider, now: datetime) -> PortalMetadata | None:
    """Its metadata, as registered; None where they hold no longer."""
    try:
        metadata = read_portal_metadata(portal.saml.metadata or "", portal.entity_id)
    except PortalMetadataRefused:
        return None
    return None if metadata.has_ended(now) else metadata


def service_of(
    relying_party: RelyingParty, bindings: Sequence[str], now: datetime
) -> LogoutService | None:
    """Where this portal hears of logouts, by the first of these bindings that it offers."""
    if not isinstance(relying_party, SamlServiceProvider):
        return None
    metadata = metadata_now(relying_party, now)
    return None if metadata is None else first_of(metadata.logouts, bindings)
