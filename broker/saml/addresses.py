"""Where portals find the identity provider, and what it is called."""

from __future__ import annotations

from typing import Final

METADATA_PATH: Final = "/saml/idp/metadata"
SSO_PATH: Final = "/saml/idp/sso"
START_PATH: Final = "/saml/idp/start"
SLO_PATH: Final = "/saml/idp/slo"
ARTIFACT_PATH: Final = "/saml/idp/artifact"
RESOLUTION_INDEX: Final = 0  # of the one ArtifactResolutionService in our metadata


def idp_entity_id(base_url: str) -> str:
    """The entityID, which is also the address of the metadata."""
    return f"{base_url}{METADATA_PATH}"


def slo_url(base_url: str) -> str:
    """Where logouts arrive, and answers to ours; calls without a browser below it."""
    return f"{base_url}{SLO_PATH}"


def sso_url(base_url: str) -> str:
    """Where requests arrive, by either binding."""
    return f"{base_url}{SSO_PATH}"


def artifact_url(base_url: str) -> str:
    """Where portals resolve artifacts."""
    return f"{base_url}{ARTIFACT_PATH}"
