"""The protocols towards portals, by the name that a login request carries."""

from __future__ import annotations

from broker.console.downstream import ConsoleDownstream
from broker.downstream import Downstream, DownstreamName
from broker.oidc.authorization_response import OidcDownstream
from broker.runtime import Runtime


def downstream(rt: Runtime, name: DownstreamName) -> Downstream:
    """The module that speaks this protocol."""
    return ConsoleDownstream(rt) if name is DownstreamName.CONSOLE else OidcDownstream(rt)
