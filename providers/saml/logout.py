"""Logging out at a SAML makelaar (SAML Core §3.7, Profiles §4.4), with the name and the index that
it gave at the login.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from lxml import etree

from assurance.session_names import SessionName
from keys.keyring import KeyRing, PrivateKey
from keys.saml_keys import SIGNING, OwnRole, for_decrypting
from keys.xml.children import child, children
from keys.xml.encryption import decrypt_element
from keys.xml.guard import XmlRefused
from providers.interface import ProviderUnavailable
from providers.logout import NEVER, LogoutAsk, LogoutDeparture
from providers.own_key import own_key
from providers.registry import ProviderRecord
from providers.saml.client_certificate import calling
from providers.saml.metadata import MakelaarMetadata
from providers.saml.wire import carrying, logout_call
from providers.saml.wire.logout_asked import LONGEST_NAME, LogoutNotDone
from providers.saml.wire.logout_call import CalledParty
from providers.saml.wire.logout_messages import (
    MOST_INDEXES,
    REQUEST_UNSUPPORTED,
    LogoutRequestFacts,
    by_name,
    logout_request,
    name_of,
)
from providers.saml.wire.logout_services import BY_BROWSER, SOAP, first_of
from providers.saml.wire.names import saml
from state.outbox import DeliveryFailed
from state.outgoing import OutgoingClient


@dataclass(frozen=True)
class SamlLogout:
    """Implements ``providers.logout.MakelaarLogout``. ``signing_at``: whose signatures count."""

    record: ProviderRecord
    metadata: MakelaarMetadata
    keyring: KeyRing
    sp_entity_id: str
    signing_at: Callable[[datetime], tuple[x509.Certificate, ...]]

    @property
    def can_be_called(self) -> bool:
        return self._is_wanted and first_of(self.metadata.logouts, (SOAP,)) is not None

    @property
    def can_visit(self) -> bool:
        return self._is_wanted and first_of(self.metadata.logouts, BY_BROWSER) is not None

    @property
    def _is_wanted(self) -> bool:
        return self.record.logout != NEVER

    def names_in(self, assertion: etree._Element) -> tuple[SessionName, ...]:
        """What the makelaar calls the session that this login began; nothing where nobody is to log
        out there, or where it named nobody.
        """
        if not self._is_wanted or not self.metadata.logouts:
            return ()
        subject = child(assertion, saml("Subject"))
        name_id = child(subject, saml("NameID")) if subject is not None else None
        if name_id is None:
            return ()
        said = (one.get("SessionIndex") for one in children(assertion, saml("AuthnStatement")))
        indexes = list(dict.fromkeys(str(one) for one in said if one))[:MOST_INDEXES]
        found = tuple(name_of(name_id, one) for one in indexes) or (name_of(name_id),)
        return found if all(_fits(one) for one in found) else ()

    def departure(self, names: Sequence[SessionName], ask: LogoutAsk) -> LogoutDeparture | None:
        """A signed LogoutRequest by HTTP-Redirect or HTTP-POST. A browser carries one: of several
        names the last one that was given.
        """
        service = first_of(self.metadata.logouts, BY_BROWSER)
        if service is None or not names or not self._is_wanted or self.metadata.has_ended(ask.now):
            return None
        facts = LogoutRequestFacts(self.sp_entity_id, service.location, by_name(names)[-1], ask.now)
        carried = carrying.by_browser(
            logout_request(facts, ask.request_id),
            service.location,
            service.binding,
            "SAMLRequest",
            self.key(),
            ask.request_id,
        )
        return LogoutDeparture(carried.url, carried.fields)

    def call(self, outgoing: OutgoingClient, names: Sequence[SessionName], now: datetime) -> None:
        """The same by SOAP, for every name. Raises DeliveryFailed."""
        service = first_of(self.metadata.logouts, (SOAP,))
        if service is None or not self._is_wanted or self.metadata.has_ended(now):
            raise DeliveryFailed("makelaar_gone", permanent=True)
        to = CalledParty(
            self.metadata.entity_id,
            service.location,
            self.signing_at(now),
            f"makelaar {self.record.id}",
        )
        assert self.record.saml is not None
        try:
            key = self.key()
            client = calling(outgoing, self.record.saml, self.keyring)
        except ProviderUnavailable as unavailable:
            raise DeliveryFailed(unavailable.reason) from None
        logout_call.tell(client, to, names, issuer=self.sp_entity_id, key=key, now=now)

    def key(self) -> PrivateKey:
        """What our logout messages are signed with: no setting leaves that out. Raises
        ProviderUnavailable.
        """
        return own_key(self.keyring, SIGNING[OwnRole.SP], "RSA")

    def opened(self, sealed: etree._Element) -> etree._Element:
        """The NameID in an EncryptedID of a signed request. Raises LogoutNotDone."""
        keys = for_decrypting(self.keyring)
        try:
            found = decrypt_element(sealed, keys, recipient=self.sp_entity_id)
        except XmlRefused:
            found = None
        if found is None or found.tag != saml("NameID"):
            raise LogoutNotDone(REQUEST_UNSUPPORTED, "EncryptedID cannot be opened")
        return found


def _fits(name: SessionName) -> bool:
    """Short enough to be kept."""
    texts = (name.name, name.index or "", *name.about.values())
    return bool(name.name) and all(len(text) <= LONGEST_NAME for text in texts)
