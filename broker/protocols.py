"""The protocols towards portals, by the name that a login request carries. Another one is a line
here, and a room of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from broker.console.downstream import ConsoleDownstream
from broker.downstream import Downstream, DownstreamName
from broker.oidc.authorization_response import OidcDownstream
from broker.saml.downstream import SamlDownstream
from broker.settings import Settings
from keys.sealing import Sealer

PROTOCOLS: Final[Mapping[DownstreamName, Callable[[Settings, Sealer], Downstream]]] = (
    MappingProxyType(
        {
            DownstreamName.OIDC: OidcDownstream,
            DownstreamName.SAML: SamlDownstream,
            DownstreamName.CONSOLE: ConsoleDownstream,
        }
    )
)


def downstreams(settings: Settings, sealer: Sealer) -> Mapping[DownstreamName, Downstream]:
    """Each protocol of this installation."""
    return MappingProxyType({name: make(settings, sealer) for name, make in PROTOCOLS.items()})
