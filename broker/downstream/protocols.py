"""The protocols towards portals, by the name that a login request carries."""

from __future__ import annotations

from broker.downstream.console import ConsoleDownstream
from broker.downstream.interface import Downstream, DownstreamName
from broker.downstream.oidc.replies import OidcDownstream
from broker.runtime import Runtime


def downstream(rt: Runtime, name: DownstreamName) -> Downstream:
    """The module that speaks this protocol."""
    return ConsoleDownstream(rt) if name is DownstreamName.CONSOLE else OidcDownstream(rt)
