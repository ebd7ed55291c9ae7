"""How portals and makelaars that speak SAML are told of a logout without a browser: a request made
and signed anew at each delivery.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from broker.configuration import Configuration
from broker.saml.addresses import idp_entity_id
from broker.saml.logout import metadata_now, service_of
from broker.sso.saml_notice import TO_PORTAL, names_in
from broker.sso.telling import logout_of
from directory.saml_portals import SamlServiceProvider
from keys.keyring import KeyMissing
from keys.saml_keys import OwnRole, signing_key
from providers.interface import ProviderUnavailable
from providers.saml.client_certificate import by_keys
from providers.saml.logout import SamlLogout
from providers.saml.wire import logout_call
from providers.saml.wire.logout_call import CalledParty
from providers.saml.wire.logout_services import SOAP
from state.clock import Clock
from state.outbox import DeliveryFailed, Message
from state.outgoing import OutgoingClient


class SamlLogoutAdapter:
    """Implements ``state.outbox.Adapter`` for the messages of ``broker.sso.saml_notice``."""

    def __init__(
        self,
        *,
        registered: Callable[[], Configuration],
        base_url: str,
        outgoing: OutgoingClient,
        clock: Clock,
    ) -> None:
        self._registered, self._issuer = registered, idp_entity_id(base_url)
        self._outgoing, self._clock = outgoing, clock

    def send(self, message_id: str, message: Message) -> None:  # noqa: ARG002
        """Raises DeliveryFailed."""
        known, now = self._registered(), self._clock()
        if message.subject == TO_PORTAL:
            self._to_portal(known, message, now)
            return
        makelaar = logout_of(known.adapters, message.recipient)
        if not isinstance(makelaar, SamlLogout):
            raise DeliveryFailed("makelaar_gone", permanent=True)
        makelaar.call(self._outgoing, names_in(message), now)

    def _to_portal(self, known: Configuration, message: Message, now: datetime) -> None:
        portal = known.relying_parties.get(message.recipient)
        service = service_of(portal, (SOAP,), now) if portal is not None else None
        if not isinstance(portal, SamlServiceProvider) or service is None:
            raise DeliveryFailed("portal_gone", permanent=True)
        metadata = metadata_now(portal, now)
        assert metadata is not None
        to = CalledParty(
            portal.entity_id, service.location, metadata.signing, f"client {portal.client_id}"
        )
        try:
            key = signing_key(known.keyring, OwnRole.IDP)
            client = by_keys(self._outgoing, known.keyring)
        except KeyMissing:
            raise DeliveryFailed("no_key") from None
        except ProviderUnavailable as unavailable:
            raise DeliveryFailed(unavailable.reason) from None
        logout_call.tell(client, to, names_in(message), issuer=self._issuer, key=key, now=now)
