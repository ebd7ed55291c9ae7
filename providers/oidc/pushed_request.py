"""A request that is brought to the makelaar before the browser goes there (RFC 9126)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from keys.keyring import KeyRing
from providers.calls import MakelaarEndpoint, not_ok, unavailable, unreadable
from providers.oidc import client
from providers.oidc.client_proof import proof
from providers.oidc.discovery import ProviderMetadata
from providers.registry import OidcSettings
from state.addresses import OutgoingRefused
from state.outgoing import OutgoingClient, OutgoingFailed

_REQUEST_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]{1,1000}")


def push(
    outgoing: OutgoingClient,
    query: Mapping[str, str],
    *,
    endpoint: str,
    settings: OidcSettings,
    metadata: ProviderMetadata,
    keyring: KeyRing,
    now: datetime,
    party: str = "",
) -> dict[str, str]:
    """What the browser carries in place of ``query``. Raises ProviderUnavailable."""
    ours = proof(settings, metadata, keyring, now)
    at = MakelaarEndpoint.PUSH
    try:
        answer = outgoing.post_form(
            endpoint,
            {**query, **ours.fields},
            headers=ours.headers,
            max_bytes=client.MAX_BYTES,
            party=party,
        )
    except (OutgoingRefused, OutgoingFailed) as error:
        raise unavailable(at, endpoint, error) from None
    if answer.status in (400, 401, 403):
        raise client.refusal_of_us(answer, settings, at, endpoint)
    if answer.status not in (200, 201):  # §2.2 says 201; some servers know one status of success
        raise not_ok(at, endpoint, answer)
    request_uri = client.json_object(answer, at, endpoint).get("request_uri")
    if not isinstance(request_uri, str) or not _REQUEST_URI.fullmatch(request_uri):
        raise unreadable(at, endpoint, "no request_uri in it")
    return {"client_id": settings.client_id, "request_uri": request_uri}
