"""A makelaar that speaks SAML 2.0: the request goes out signed, the answer comes back checked."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Final

import structlog
from cryptography import x509
from lxml import etree

from keys.keyring import KeyRing, PrivateKey
from keys.saml_keys import SIGNING, OwnRole
from providers import received
from providers.authority import AskedService
from providers.interface import (
    AuthenticationRequest,
    Callback,
    Departure,
    Identity,
    ProviderRefused,
    ProviderUnavailable,
    Remembered,
)
from providers.members import MemberRecord
from providers.own_key import own_key
from providers.received import person_name
from providers.registry import ProviderRecord
from providers.saml import assertion
from providers.saml.acting import acting_subject
from providers.saml.artifact_resolution import ArtifactResolution
from providers.saml.bindings import check_artifact, response_bytes
from providers.saml.catalogue import check_catalogue
from providers.saml.conditions import ExpectedResponse
from providers.saml.dialects.dialect import SamlDialect
from providers.saml.logout import SamlLogout
from providers.saml.mandate import asserted_authority
from providers.saml.metadata import MakelaarMetadata, MetadataRefused, read_metadata
from providers.saml.request import (
    AuthnRequestFacts,
    authn_request,
    new_id,
    requested_contexts,
    serialised,
    signed,
)
from providers.saml.response import AcceptedResponse, accept, accept_message
from providers.saml.wire.bindings import form_value, redirect_url
from providers.saml.wire.metadata_document import Signers
from providers.saml.wire.names import POST, REDIRECT
from providers.saml.wire.refused import WireRefused
from providers.trouble import Trouble
from state.copies import replace
from state.outgoing import OutgoingClient

_BINDINGS: Final = {"redirect": REDIRECT, "post": POST}
log = structlog.get_logger()


class SamlProvider:
    """Implements ``providers.interface.RedirectProvider``."""

    def __init__(
        self,
        *,
        record: ProviderRecord,
        metadata: bytes | str,
        keyring: KeyRing,
        outgoing: OutgoingClient,
        sp_entity_id: str,
        acs_url: str,
    ) -> None:
        """Raises ProviderUnavailable when the metadata cannot be used any more."""
        assert record.saml is not None
        self._record = record
        self._settings = record.saml
        self._keyring = keyring
        self._sp_entity_id = sp_entity_id
        self._acs_url = acs_url
        self._resolution = ArtifactResolution(record, keyring, outgoing)
        try:
            signers = Signers.of(record.saml)
        except ValueError:
            at = "saml.metadata_signing_certificate"
            raise _unusable(at, "no certificate that can be read") from None
        try:
            self._metadata = read_metadata(metadata, signers, record.saml.entity_id)
        except MetadataRefused as refused:
            at = _source(record)
            raise _unusable(at, str(refused), refused.expected) from None

    def begin(self, ask: AuthenticationRequest, now: datetime) -> Departure:
        """An AuthnRequest as the record says, by its binding. Raises ProviderUnavailable."""
        self._check_validity(now)
        check_catalogue(ask, self._settings)
        binding = _BINDINGS[self._settings.request_binding]
        location = self._metadata.location(binding)
        if location is None:
            raise self._no_address()
        # SAML has no word for max_age: ask for a new login, and judge the answer by its age.
        always = self._settings.force_authn == "always"
        fresh = ask.force_authn or ask.max_age is not None or always
        facts = AuthnRequestFacts(
            destination=location,
            issuer=self._sp_entity_id,
            acs_url=self._acs_url,
            contexts=requested_contexts(ask.level, self._record),
            force_authn=fresh,
            service_uuid=ask.service_uuid,
            now=now,
            settings=self._settings,
            service_index=ask.service_index,
        )
        identifier = new_id()
        request = authn_request(facts, identifier)
        key = self._signing_key()
        remembered = Remembered(
            provider_id=self._record.id,
            request_id=identifier,
            requested_at=now,
            level=ask.level,
            values=_remember(ask, always=always),
        )
        if binding == REDIRECT:
            url = redirect_url(location, serialised(request), ask.relay_state, key)
            return Departure(url, remembered)
        named = self._settings.sends_key_name
        message = serialised(request) if key is None else signed(request, key, names_key=named)
        fields = {"SAMLRequest": form_value(message), "RelayState": ask.relay_state}
        return Departure(location, remembered, fields)

    def _no_address(self) -> ProviderUnavailable:
        """The registered binding is none of those that the makelaar has."""
        offered = [word for word, binding in _BINDINGS.items() if self._metadata.location(binding)]
        return ProviderUnavailable(
            "the metadata has no address for this binding",
            Trouble.BINDING,
            measured={
                "setting": "saml.request_binding",
                "registered": self._settings.request_binding,
                "seen": ", ".join(offered),
            },
        )

    def finish(self, remembered: Remembered, callback: Callback) -> Identity:
        """Who logged in, after every check."""
        try:
            return self._identity(remembered, callback)
        except WireRefused as refused:
            raise ProviderRefused(refused.reason, refused.detail, **refused.measured) from None

    def _identity(self, remembered: Remembered, callback: Callback) -> Identity:
        now, skew = callback.received_at, timedelta(seconds=self._settings.skew_seconds)
        self._check_validity(now)
        accepted = self._accepted(callback, self._expected(remembered, now))
        attributes = assertion.attributes(accepted.assertion)
        facts = assertion.authentication(
            accepted.assertion,
            self._record,
            asked=remembered.level,
            not_before=_not_before(remembered, now),
            now=now,
            skew=skew,
            methods=self._methods(attributes),
        )
        dialect = self._settings.speaks
        return Identity(
            provider_id=self._record.id,
            subject=self._subject(accepted.assertion, attributes),
            proofing=facts.worth.proofing,
            authentication=facts.worth.authentication,
            authenticated_at=facts.authenticated_at,
            said=facts.said,
            session_until=facts.session_until,
            attributes=_about_person(attributes, dialect),
            authority=asserted_authority(
                attributes,
                self._record,
                source=self._metadata.entity_id,
                level=facts.worth.authentication,
                service=AskedService(
                    remembered.values["service_uuid"], remembered.values.get("service_id")
                ),
                dialect=dialect,
            ),
            replay_keys=tuple(
                self._seen(identifier)
                for identifier in (accepted.response_id, accepted.assertion_id)
            ),
            replay_until=accepted.valid_until,
            evidence=accepted.evidence,
            there=self.logout.names_in(accepted.assertion),
        )

    def _accepted(self, callback: Callback, expected: ExpectedResponse) -> AcceptedResponse:
        """The Response, however this makelaar sends it; one that comes otherwise is not read."""
        if self._settings.response_binding == "post":
            return accept(response_bytes(callback), expected)
        check_artifact(callback)
        return accept_message(*self._resolution.response(callback, expected))

    def _methods(self, attributes: assertion.Attributes) -> tuple[str, ...]:
        """How somebody logged in, where the registration reads that from an attribute."""
        name = self._settings.level_attribute
        if name is None:
            return ()
        found = (one.text or one.foreign or "" for one in attributes.written(name))
        return tuple(text.strip(received.XML_SPACE) for text in found)

    @property
    def logout(self) -> SamlLogout:
        """Logging out at this makelaar."""
        return SamlLogout(
            self._record, self._metadata, self._keyring, self._sp_entity_id, self._signing_at
        )

    def _subject(self, said: etree._Element, attributes: assertion.Attributes) -> str:
        """Who it is: in a scheme the acting subject, else the lasting name."""
        if self._settings.subject == "acting":
            acting = acting_subject(attributes, self._settings.speaks)
            if acting is not None:
                return acting
        return assertion.subject(said, self._settings, attributes, self._sp_entity_id)

    def _signing_key(self) -> PrivateKey | None:
        if not self._settings.sign_requests:
            return None
        return own_key(self._keyring, SIGNING[OwnRole.SP], "RSA")

    def _check_validity(self, now: datetime) -> None:
        """Metadata say themselves until when their keys and addresses hold (Metadata §2.3.2)."""
        if self._metadata.has_ended(now):
            until = f"validUntil {self._metadata.valid_until:%Y-%m-%d %H:%M} UTC has passed"
            raise _unusable(_source(self._record), until)

    def _expected(self, remembered: Remembered, now: datetime) -> ExpectedResponse:
        return ExpectedResponse(
            settings=self._settings,
            metadata=self._metadata_at(now),
            keyring=self._keyring,
            request_id=remembered.request_id,
            requested_at=remembered.requested_at,
            level=remembered.level,
            acs_url=self._acs_url,
            sp_entity_id=self._sp_entity_id,
            now=now,
            asked_as=" ".join(requested_contexts(remembered.level, self._record)),
        )

    def _metadata_at(self, now: datetime) -> MakelaarMetadata:
        """With the keys that count at this moment."""
        signing = self._signing_at(now)
        if signing == self._metadata.signing:
            return self._metadata
        return replace(self._metadata, signing=signing)

    def _signing_at(self, now: datetime) -> tuple[x509.Certificate, ...]:
        """A key that the operator registered is trusted itself, whatever the dates around it; one
        that was fetched from an address only while its certificate is valid.
        """
        every = self._metadata.signing
        valid = tuple(c for c in every if c.not_valid_before_utc <= now < c.not_valid_after_utc)
        if self._settings.follows_metadata:
            return valid
        if not valid:
            log.warning("makelaar.certificate_not_valid", provider=self._record.id)
        return every

    def _seen(self, identifier: str) -> str:
        """Ids are unique per issuer; hashed, because they may be long."""
        both = f"{self._metadata.entity_id} {identifier}"
        return "saml:" + hashlib.sha256(both.encode()).hexdigest()


def _source(record: ProviderRecord) -> str:
    """Where the metadata came from, as the registration has it."""
    settings = record.saml
    assert settings is not None
    if isinstance(record, MemberRecord):
        return "saml.aggregate_url"
    if settings.metadata_query is not None:
        return "saml.metadata_query"
    return "saml.metadata_url" if settings.metadata_url is not None else "saml.metadata"


def _unusable(setting: str, what: str, expected: str = "") -> ProviderUnavailable:
    told = {"expected": received.masked(expected)} if expected else {}
    return ProviderUnavailable(
        f"metadata: {what}",
        Trouble.METADATA,
        measured={"setting": setting, "seen": received.masked(what), **told},
    )


def _remember(ask: AuthenticationRequest, *, always: bool) -> dict[str, str]:
    """``always``: every login of this makelaar must be a new one."""
    values = {"service_uuid": ask.service_uuid}
    if ask.service_id is not None:
        values["service_id"] = ask.service_id
    if ask.force_authn or always:
        values["fresh"] = "true"
    if ask.max_age is not None:
        values["max_age"] = str(ask.max_age)
    return values


def _not_before(remembered: Remembered, now: datetime) -> datetime | None:
    """The earliest moment that a login may have: of this request, or within max_age."""
    if remembered.values.get("fresh"):
        return remembered.requested_at
    max_age = remembered.values.get("max_age")
    if max_age is None:
        return None
    return now - timedelta(seconds=min(int(max_age), 10**8))


def _about_person(
    attributes: assertion.Attributes, dialect: SamlDialect
) -> dict[str, tuple[str, ...]]:
    names = map(attributes.first_of, (dialect.first_names, dialect.family_names))
    display = person_name(" ".join(name for name in names if name))
    return {"display_name": (display,)} if display else {}
