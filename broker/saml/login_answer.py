"""What a finished login says to one portal in SAML: the same again where it is written anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree

from assurance.authn_context import class_of
from assurance.session_names import SessionName
from broker.configuration import Configuration
from broker.downstream import LoginRefused, LoginResult, RefusalCode
from broker.saml import etd
from broker.saml.addresses import idp_entity_id
from broker.saml.assertion import AssertionFacts, assertion
from broker.saml.attributes import attributes
from broker.saml.portal_metadata import (
    PortalMetadata,
    sealing_certificate,
    sealing_certificates,
)
from broker.saml.reply_to import SamlReplyTo
from broker.saml.response import Envelope, success
from broker.settings import Settings
from consent.release import may_leave
from directory.saml_portals import SamlServiceProvider
from directory.sectors import pairwise_sub
from directory.services import RelyingParty, Service
from keys.saml_keys import OwnRole, signing_key
from keys.sealing import Sealer
from keys.xml.sealing_beside import CBC256, GCM256, SealFor
from providers.saml.wire.logout_messages import name_of
from providers.saml.wire.names import saml


@dataclass(frozen=True)
class Said:
    """``subject``: the NameID in the answer; ``made_at``: when; ``released``: the claims in it;
    ``keys``: how and for whose key it is encrypted, and with which of ours it is signed.
    """

    subject: str
    made_at: datetime
    released: tuple[str, ...]
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class LoginAnswer:
    """The signed Response, and the name that is in it."""

    response: bytes
    name: SessionName


@dataclass(frozen=True)
class LoginAnswers:
    """Writes answers about logins, by the registrations and keys of ``known``. ``session``: how
    long one lasts at most.
    """

    issuer: str
    session: timedelta
    sealer: Sealer
    known: Configuration

    @classmethod
    def of(cls, settings: Settings, sealer: Sealer, known: Configuration) -> LoginAnswers:
        session = timedelta(hours=settings.sessions.hours)
        return cls(idp_entity_id(settings.base_url), session, sealer, known)

    def service(self, result: LoginResult) -> Service:
        """Raises LoginRefused where it left."""
        service = self.known.services.get(result.request.service_uuid)
        if service is None:
            raise LoginRefused(RefusalCode.NOT_ALLOWED, "service_gone", "left during login")
        return service

    def written(
        self, portal: SamlServiceProvider, metadata: PortalMetadata, result: LoginResult, said: Said
    ) -> LoginAnswer:
        """The answer, that says of claims no other than ``said`` has. Raises LoginRefused where the
        level has no class for this portal, and where the assertion must be encrypted and cannot be.
        """
        to, service, now = SamlReplyTo.of(result.request), self.service(result), said.made_at
        claims = tuple(one for one in portal.claims if one.name in said.released)
        if claims != tuple(portal.claims):
            portal = portal.model_copy(update={"claims": claims})
        context = class_of(
            result.level, portal.acr, classes=(to.classes or "").split(), most=to.highest_said
        )
        if context is None:
            raise LoginRefused(RefusalCode.LEVEL_UNREACHABLE, "level_unreachable", "exact class")
        names_makelaar = "idp" in released(portal, service)
        index = self.session_index(portal, result.session_id or result.grant_id)
        message = assertion(
            AssertionFacts(
                issuer=self.issuer,
                audience=portal.entity_id,
                acs_url=to.acs_url,
                request_id=to.request_id,
                name_id=to.name_id,
                subject=said.subject,
                context=context,
                authority=result.provider_entity if names_makelaar else None,
                session_index=index,
                authenticated_at=result.authenticated_at,
                session_until=self.session_until(result, now),
                attributes=attributes(result, portal, service),
                now=now,
                statement=self._dialect(result, portal, service, metadata, now),
            )
        )
        wish, seal_for = portal.saml.encrypt_assertion, sealing_certificate(metadata, now)
        if wish == "always" and seal_for is None:
            raise _no_key()
        envelope = Envelope(self.issuer, to, self.known.keyring, now, portal.saml.sends_key_name)
        name_id = message.find(f"{saml('Subject')}/{saml('NameID')}")
        assert name_id is not None
        name = name_of(name_id, index)  # read first: encryption takes the assertion along
        response = success(envelope, message, None if wish == "never" else seal_for)
        return LoginAnswer(response, name)

    def _dialect(
        self,
        result: LoginResult,
        portal: SamlServiceProvider,
        service: Service,
        metadata: PortalMetadata,
        now: datetime,
    ) -> etree._Element | None:
        """What is said in the words of eHerkenning, where the portal speaks them. Raises
        LoginRefused where the portal has no key to encrypt for.
        """
        if portal.saml.dialect != "etd":
            return None
        certificates = sealing_certificates(metadata, now)
        if not certificates:
            raise _no_key()
        cipher = CBC256 if portal.saml.identifier_encryption == "aes256-cbc" else GCM256
        to = SealFor(portal.entity_id, certificates, cipher)
        persistent = pairwise_sub(self.sealer, portal, result.person_id)
        acting = etd.acting_pseudonym(self.sealer, persistent)
        return etd.statement(result, portal, service, acting, to)

    def keys(
        self, portal: SamlServiceProvider, metadata: PortalMetadata, now: datetime
    ) -> tuple[str, ...]:
        """What ``Said.keys`` of an answer that is written by what is registered is."""
        wanted = (portal.saml.encrypt_assertion, portal.saml.identifier_encryption)
        theirs = sealing_certificates(metadata, now)
        ours = signing_key(self.known.keyring, OwnRole.IDP)
        return (*wanted, ours.kid, *(one.fingerprint(SHA256()).hex() for one in theirs))

    def session_index(self, portal: RelyingParty, session_id: str) -> str:
        """Another one at each portal, so that they cannot compare."""
        return "_" + self.sealer.fingerprint("saml-session", portal.client_id, session_id)

    def session_until(self, result: LoginResult, now: datetime) -> datetime:
        """No longer than a session lives here, nor than the makelaar wants."""
        end, wanted = now + self.session, result.facts.identity.session_until
        return end if wanted is None else min(end, wanted)


def released(portal: SamlServiceProvider, service: Service) -> tuple[str, ...]:
    """The claims that may leave for this portal now."""
    return tuple(one.name for one in portal.claims if may_leave(one.name, service.consent))


def _no_key() -> LoginRefused:
    return LoginRefused(
        RefusalCode.SERVER_ERROR, "encryption_key_missing", "no valid key in the metadata"
    )
