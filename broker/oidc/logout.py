"""Logout between a portal and us: the request that it makes (OpenID Connect RP-Initiated Logout
1.0) and the token with which it is told (OpenID Connect Back-Channel Logout 1.0).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from broker.downstream import PageError
from broker.oidc import jwt
from broker.oidc.claims import pairwise_sub
from broker.oidc.jwt import Hint
from broker.oidc.parameters import Parameters, Repeated
from broker.runtime import Runtime
from directory.services import OidcClient
from keys.keyring import KeyRing
from keys.sealing import Sealer
from state.addresses import OutgoingRefused
from state.clock import Clock
from state.outbox import DeliveryFailed, Message
from state.outgoing import OutgoingClient, OutgoingFailed

_REFUSED = frozenset(range(400, 500)) - {408, 425, 429}


@dataclass(frozen=True)
class LogoutRequest:
    """What a portal asks. ``sid``: of the session that its ID token names, None without one.

    ``return_to``: a registered address, or None; then the user stays here.
    """

    client_id: str | None = None
    sid: str | None = None
    return_to: str | None = None
    state: str | None = None


def parse_logout(parameters: Parameters, rt: Runtime) -> LogoutRequest:
    """The request in our words. Raises PageError: nobody is redirected to where no registration
    leads.
    """
    try:
        hint_text, state = parameters.one("id_token_hint"), parameters.one("state")
        client_id, wanted = parameters.one("client_id"), parameters.one("post_logout_redirect_uri")
    except (Repeated, ValueError) as error:
        raise PageError(400, "invalid_request", str(error)) from None
    hint = _hint(hint_text, rt)
    if hint_text is not None and hint is None:
        raise PageError(400, "invalid_request", "id_token_hint is not ours")
    if hint is not None and client_id not in (None, hint.client_id):
        raise PageError(400, "invalid_request", "client_id is not that of id_token_hint")
    named = hint.client_id if hint is not None else client_id
    if wanted is not None:
        client = rt.configuration.clients.get(named or "")
        if client is None or wanted not in client.post_logout_redirect_uris:
            raise PageError(400, "redirect_uri_mismatch", "post_logout_redirect_uri")
    return LogoutRequest(named, hint.sid if hint is not None else None, wanted, state)


def _hint(text: str | None, rt: Runtime) -> Hint | None:
    """An ID token of ours, for a client that is registered; it may be over by now."""
    if text is None:
        return None
    hint = jwt.read_any_hint(text, keyring=rt.configuration.keyring, issuer=rt.base_url)
    return hint if hint is not None and hint.client_id in rt.configuration.clients else None


def sid_of(rt: Runtime, client_id: str | None, session_id: str) -> str | None:
    """What a session is called at this client; None for a client that is not registered."""
    client = rt.configuration.clients.get(client_id or "")
    return jwt.session_id(rt.sealer, client, session_id) if client is not None else None


def logout_message(
    sealer: Sealer, client: OidcClient, *, person_id: str, session_id: str, reference: str | None
) -> Message:
    """What the outbox keeps until the portal is told; the token itself is made at delivery."""
    facts = {
        "sub": pairwise_sub(sealer, client, person_id),
        "sid": jwt.session_id(sealer, client, session_id),
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
                client.backchannel_logout_uri, {"logout_token": token}
            )
        except OutgoingRefused as refused:
            raise DeliveryFailed(f"portal_{refused.reason}", permanent=True) from None
        except OutgoingFailed as failed:
            raise DeliveryFailed(f"portal_{failed.reason}") from None
        if not 200 <= answer.status < 300:
            raise DeliveryFailed(f"portal_{answer.status}", permanent=answer.status in _REFUSED)
