"""The dienstencatalogus of eTD: what a makelaar may be asked about a service."""

from __future__ import annotations

from assurance.levels import suffices
from providers.interface import AuthenticationRequest, ProviderUnavailable
from providers.saml_settings import SamlSettings
from providers.trouble import Trouble


def check_catalogue(ask: AuthenticationRequest, settings: SamlSettings) -> None:
    """No makelaar of a scheme is asked for a level above the one that the service stands at in its
    catalogue ("interpretation of LoAs"). Raises ProviderUnavailable.
    """
    if not settings.speaks.asks_by_index or ask.most is None or suffices(ask.most, ask.level):
        return
    raise ProviderUnavailable(
        "more than the catalogue has the service at",
        Trouble.CATALOGUE,
        measured={
            "setting": "catalogue_level",
            "seen": ask.level.label,
            "registered": ask.most.label,
        },
    )
