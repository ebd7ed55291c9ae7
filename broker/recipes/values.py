"""What a recipe fills in: the addresses of this server, and what is agreed with the other side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

from assurance.levels import AssuranceLevel
from broker.recipes.catalogue import Counterpart, Recipe
from broker.saml import addresses as idp
from consent.release import CLAIMS
from keys.jose_algorithms import ALGORITHMS
from providers import factory as sp

SECRET: Final = "<the secret>"
# Refused by apply, so that nobody registers a secret that stands in a manual.
DIGEST: Final = "<what sluis client secret prints>"


@dataclass(frozen=True)
class Agreed:
    """``address``: of their software, without a final slash; ``name``: its client_id, or the id of
    its makelaar. ``service``: the UUID of ours. ``secret`` and ``digest`` (SHA-256 in hex) belong
    together. ``command``: how ``sluis`` is told which installation is meant.
    """

    address: str
    name: str
    service: str
    secret: str = SECRET
    digest: str = DIGEST
    command: str = "sluis"

    @property
    def port(self) -> int | None:
        """The port that their software listens at, where the address names one."""
        return urlsplit(self.address).port


_SERVICE: Final = "7f1e6c1a-90b4-4d0e-9b52-3c1f0a77d2e4"


def example(recipe: Recipe) -> Agreed:
    """What stands in the manual."""
    if recipe.counterpart is Counterpart.PORTAL:
        return Agreed("https://portaal.example.nl", "mijnportaal", _SERVICE)
    return Agreed("https://idp.example.nl", recipe.makelaar_id, _SERVICE)


def known(recipe: Recipe, own_portal: str | None) -> Agreed:
    """What is known of the other side before it is asked. ``own_portal``: ``host:port`` where a
    portal of the reader's own may run; None where there is none.
    """
    agreed = example(recipe)
    if recipe.counterpart is not Counterpart.PORTAL or own_portal is None:
        return agreed
    return replace(agreed, address=f"http://{own_portal}")


def of_this_server(base_url: str, makelaar: str) -> dict[str, object]:
    """Addresses and words by the names that recipes use. ``makelaar``: the id of its record."""
    return {
        "base": base_url,
        "discovery": f"{base_url}/.well-known/openid-configuration",
        "authorize": f"{base_url}/authorize",
        "token": f"{base_url}/token",
        "userinfo": f"{base_url}/userinfo",
        "jwks": f"{base_url}/jwks",
        "end_session": f"{base_url}/logout",
        "idp_metadata": idp.idp_entity_id(base_url),
        "idp_sso": idp.sso_url(base_url),
        "idp_slo": idp.slo_url(base_url),
        "sp_metadata": sp.sp_entity_id(base_url),
        "acs": sp.acs_url(base_url),
        "sp_slo": sp.slo_url(base_url),
        "client_jwks": f"{base_url}/oidc/client-jwks",
        "callback": sp.oidc_callback_url(base_url, makelaar),
        "logged_out": sp.logged_out_url(base_url, makelaar),
        "front_channel": f"{base_url}/oidc/frontchannel-logout/{makelaar}",
        "levels": [level for level in AssuranceLevel if level.eidas is not None],
        "algorithms": list(ALGORITHMS),
        "claims": sorted(CLAIMS),
    }
