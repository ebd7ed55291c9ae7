"""How a portal is told that a session ended: a logout token (OpenID Connect Back-Channel Logout
1.0), made anew at each delivery.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import structlog

from broker.oidc import jwt
from directory.sectors import pairwise_sub
from directory.services import OidcClient
from keys.keyring import KeyRing
from keys.sealing import Sealer
from state.addresses import OutgoingRefused
from state.clock import Clock
from state.outbox import DeliveryFailed, Message
from state.outgoing import OutgoingClient, OutgoingFailed

log = structlog.get_logger()
_REFUSED = frozenset(range(400, 500)) - {408, 425, 429}


def logout_message(
    sealer: Sealer, client: OidcClient, *, person_id: str, session_id: str, reference: str | None
) -> Message:
    """What the outbox keeps until the portal is told; the token itself is made at delivery."""
    facts = {
        "sub": pairwise_sub(sealer, client, person_id),
        "sid": jwt.session_id(sealer, client.client_id, session_id),
    }
    return Message("logout", client.client_id, "", json.dumps(facts), reference)


class LogoutAdapter:
    """Tells portals, each time with a token of this moment: it lives two minutes."""

    def __init__(
        self,
        *,
        clients: Callable[[], Mapping[str, OidcClient]],
        keyring: Callable[[], KeyRing],
        issuer: str,
        outgoing: OutgoingClient,
        clock: Clock,
    ) -> None:
        self._clients, self._keyring, self._issuer = clients, keyring, issuer
        self._outgoing, self._clock = outgoing, clock

    def send(self, message_id: str, message: Message) -> None:
        """Raises DeliveryFailed. A portal that answers 400 could not do it, and never will."""
        client = self._clients().get(message.recipient)
        if client is None or client.backchannel_logout_uri is None:
            raise DeliveryFailed("portal_gone", permanent=True)
        facts = json.loads(message.text)
        token = jwt.logout_token(
            keyring=self._keyring(),
            issuer=self._issuer,
            client=client,
            sub=facts["sub"],
            sid=facts["sid"],
            jti=message_id,
            now=self._clock(),
        )
        try:
            answer = self._outgoing.post_form(
                client.backchannel_logout_uri,
                {"logout_token": token},
                party=f"client {client.client_id}",
            )
        except OutgoingRefused as refused:
            log.warning("logout.not_called", client=client.client_id, detail=str(refused))
            raise DeliveryFailed(f"outgoing_{refused.reason}", permanent=True) from None
        except OutgoingFailed as failed:
            log.warning("logout.not_called", client=client.client_id, detail=failed.explained)
            whose = "outgoing" if failed.setting else "portal"
            raise DeliveryFailed(f"{whose}_{failed.reason}") from None
        if not 200 <= answer.status < 300:
            raise DeliveryFailed(f"portal_{answer.status}", permanent=answer.status in _REFUSED)
