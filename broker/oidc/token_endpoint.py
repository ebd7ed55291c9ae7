"""The token endpoint (RFC 6749 §3.2): one function per grant type, after client authentication.

A grant type that is added to ``GRANTS`` is answered here, named in discovery and counted by its
name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from broker.monitoring import metrics
from broker.oidc import authorization_code_grant
from broker.oidc.client_authentication import Authenticated
from broker.oidc.errors import TokenError
from broker.oidc.parameters import Parameters
from broker.runtime import Runtime

GrantHandler = Callable[[Runtime, Parameters, Authenticated, datetime], dict[str, Any]]
GRANTS: Final[Mapping[str, GrantHandler]] = MappingProxyType(
    {"authorization_code": authorization_code_grant.redeem}
)


def token_response(
    rt: Runtime, parameters: Parameters, who: Authenticated, now: datetime
) -> dict[str, Any]:
    """What the grant type that the request names gives. Raises TokenError."""
    said = parameters.one("grant_type")
    if said is None:
        raise TokenError("invalid_request", "grant_type is missing")
    grant = GRANTS.get(said)
    if grant is None:
        raise TokenError("unsupported_grant_type", f"only {', '.join(GRANTS)} is supported")
    return grant(rt, parameters, who, now)


def grant_label(said: str | None) -> str:
    """A grant type as a label of metrics: one of ours, whatever the portal wrote."""
    return said if said is not None and said in GRANTS else metrics.OTHER
