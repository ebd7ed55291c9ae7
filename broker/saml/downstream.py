"""The answer to a portal that speaks SAML: a signed assertion or a signed status, at the address
that its request chose from its metadata.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from assurance.session_names import SessionName
from broker.configuration import Configuration
from broker.downstream import (
    LoginRefused,
    LoginRequest,
    LoginResult,
    NewGrant,
    Prepared,
    RefusalCode,
    Reply,
)
from broker.errors import PageError
from broker.runtime import runtime
from broker.saml.addresses import idp_entity_id
from broker.saml.carrying import CarriedAnswer, carried
from broker.saml.errors import status_of
from broker.saml.kept_answers import KeptLogin
from broker.saml.login_answer import LoginAnswers, Said, released
from broker.saml.logout import metadata_now, service_of
from broker.saml.portal_metadata import (
    PortalMetadata,
    PortalMetadataRefused,
    read_portal_metadata,
)
from broker.saml.reply_to import SamlReplyTo
from broker.saml.response import Envelope, failure
from broker.settings import Settings
from broker.sso.saml_notice import portal_message
from directory.saml_portals import SamlServiceProvider
from directory.sectors import pairwise_sub
from directory.services import RelyingParty
from keys.saml_keys import OwnRole, signing_key
from keys.sealing import Sealer
from providers.saml.wire import carrying
from providers.saml.wire.logout_messages import (
    LogoutRequestFacts,
    by_name,
    logout_request,
)
from providers.saml.wire.logout_services import BY_BROWSER, SOAP
from state.clock import Clock
from state.ephemeral import ExpiringStore
from state.outbox import Message
from state.trace import show_reference


def _of_this_request() -> Configuration:
    return runtime().configuration


def _now() -> datetime:
    return runtime().clock()


def _store() -> ExpiringStore:
    return runtime().store


class SamlDownstream:
    """Implements ``broker.downstream.Downstream``. ``registered``: the services and keys of now;
    ``store``: where answers wait that a portal fetches.
    """

    def __init__(
        self,
        settings: Settings,
        sealer: Sealer,
        registered: Callable[[], Configuration] = _of_this_request,
        clock: Clock = _now,
        store: Callable[[], ExpiringStore] = _store,
    ) -> None:
        self._issuer = idp_entity_id(settings.base_url)
        self._session = timedelta(hours=settings.sessions.hours)
        self._sealer = sealer
        self._registered = registered
        self._clock = clock
        self._store = store

    def prepare(
        self, relying_party: RelyingParty | None, result: LoginResult, now: datetime
    ) -> Prepared:
        """A signed Response; the browser gets it once the login is committed. Raises LoginRefused
        when somebody else logged in than the request named, and where the assertion must be
        encrypted and cannot be.
        """
        to = SamlReplyTo.of(result.request)
        portal, metadata = still_registered(relying_party, to, now)
        persistent = pairwise_sub(self._sealer, portal, result.person_id)
        if to.subject is not None and to.subject != persistent:
            raise LoginRefused(RefusalCode.LOGIN_REQUIRED, "other_user", "Subject")
        answers = LoginAnswers(self._issuer, self._session, self._sealer, self._registered())
        subject = persistent if to.name_id == "persistent" else _transient()
        keys = answers.keys(portal, metadata, now)
        said = Said(subject, now, released(portal, answers.service(result)), keys)
        answer = answers.written(portal, metadata, result, said)
        kept = self._carried(
            answer.response, to, portal.client_id, result.reference, KeptLogin(result, said)
        )
        return Prepared(
            reply=kept.reply,
            operations=kept.operations,
            grant=NewGrant(
                id=result.grant_id,
                client_id=portal.client_id,
                person_id=result.person_id,
                service_uuid=result.request.service_uuid,
                expires_at=answers.session_until(result, now),
                session_id=result.session_id,
            ),
            names=(answer.name,),
        )

    def refuse(
        self,
        relying_party: RelyingParty | None,
        request: LoginRequest,
        why: LoginRefused,
        reference: str,
    ) -> Reply:
        """The status that the protocol knows, with a reference that the help desk can look up."""
        to = SamlReplyTo.of(request)
        portal, _ = still_registered(relying_party, to, self._clock())
        status = status_of(why.code, why.public_key, passive=request.passive)
        message = f"{status.message} (reference {show_reference(reference)})"
        keyring, named = self._registered().keyring, portal.saml.sends_key_name
        envelope = Envelope(self._issuer, to, keyring, self._clock(), named)
        response = failure(envelope, status, message)
        answer = self._carried(response, to, portal.client_id, reference)
        if answer.operations:
            self._store().batch(answer.operations)
        return answer.reply

    def _carried(
        self,
        message: bytes,
        to: SamlReplyTo,
        client_id: str,
        reference: str | None,
        login: KeptLogin | None = None,
    ) -> CarriedAnswer:
        return carried(
            message,
            to,
            issuer=self._issuer,
            client_id=client_id,
            reference=reference,
            sealer=self._sealer,
            login=login,
        )

    def session_id(self, relying_party: RelyingParty, session_id: str) -> str | None:
        """The ``SessionIndex`` of this session at this portal."""
        answers = LoginAnswers(self._issuer, self._session, self._sealer, self._registered())
        return answers.session_index(relying_party, session_id)

    def logout_message(
        self,
        relying_party: RelyingParty,
        *,
        person_id: str,  # noqa: ARG002
        session_id: str,  # noqa: ARG002
        reference: str | None,
        now: datetime,
        names: Sequence[SessionName] = (),
    ) -> Message | None:
        """For portals whose metadata have an address for SOAP."""
        if not names or service_of(relying_party, (SOAP,), now) is None:
            return None
        return portal_message(relying_party.client_id, names, reference)

    def can_be_visited(self, relying_party: RelyingParty, names: Sequence[SessionName]) -> bool:
        """Those whose metadata have one for a browser."""
        return bool(names) and service_of(relying_party, BY_BROWSER, self._clock()) is not None

    def logout_visit(
        self, relying_party: RelyingParty, names: Sequence[SessionName], request_id: str
    ) -> Reply | None:
        """A signed LogoutRequest, by HTTP-Redirect or HTTP-POST."""
        now = self._clock()
        service = service_of(relying_party, BY_BROWSER, now)
        if service is None or not names:
            return None
        key = signing_key(self._registered().keyring, OwnRole.IDP)
        facts = LogoutRequestFacts(self._issuer, service.location, by_name(names)[-1], now)
        message = logout_request(facts, request_id)
        carried = carrying.by_browser(
            message, service.location, service.binding, "SAMLRequest", key, request_id
        )
        return Reply(carried.url, carried.fields)

    def hears_answers_at(self, relying_party: RelyingParty, url: str) -> bool:
        """At an address of its metadata for a browser."""
        if not isinstance(relying_party, SamlServiceProvider):
            return False
        metadata = metadata_now(relying_party, self._clock())
        services = metadata.logouts if metadata is not None else ()
        return any(one.answers == url for one in services if one.binding in BY_BROWSER)

    def held_in(
        self,
        cookies: Mapping[str, str],  # noqa: ARG002
        store: ExpiringStore,  # noqa: ARG002
    ) -> Mapping[str, str]:
        """Portals keep it, each with itself."""
        return {}


def _transient() -> str:
    return f"_{secrets.token_hex(20)}"


def still_registered(
    relying_party: RelyingParty | None, to: SamlReplyTo, now: datetime
) -> tuple[SamlServiceProvider, PortalMetadata]:
    """The portal, with the address that was chosen. Raises PageError when either left during the
    login: nothing is sent to an address that is no longer anybody's.
    """
    if not isinstance(relying_party, SamlServiceProvider):
        raise PageError(410, "portal_gone", "portal no longer registered")
    try:
        metadata = read_portal_metadata(relying_party.saml.metadata or "", relying_party.entity_id)
    except PortalMetadataRefused:
        raise PageError(410, "portal_address_gone", "metadata no longer usable") from None
    is_there = any((one.url, one.binding) == (to.acs_url, to.binding) for one in metadata.answers)
    may_be_unasked = to.request_id is not None or relying_party.saml.idp_initiated
    if is_there and may_be_unasked and not metadata.has_ended(now):
        return relying_party, metadata
    raise PageError(410, "portal_address_gone", "its address is no longer registered")
