"""The answer to a portal: a code or an error at its redirect URI, always with ``state`` and ``iss``
(RFC 9207), in the address or in a form (OAuth 2.0 Form Post Response Mode).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from assurance import acr
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
from broker.oidc import authorization_code, jwt, userinfo
from broker.oidc.backchannel_logout import logout_message
from broker.oidc.claims import for_userinfo, identity_claims
from broker.oidc.errors import DESCRIPTIONS, OF_REFUSAL
from broker.oidc.redirect_uris import is_registered
from broker.oidc.reply_to import FORM_POST, OidcReplyTo
from broker.oidc.userinfo import KeptClaims
from broker.runtime import runtime
from broker.settings import Settings
from directory.sectors import pairwise_sub
from directory.services import OidcClient, RelyingParty
from keys.sealing import Sealer
from state.ephemeral import ExpiringStore
from state.outbox import Message
from state.query_strings import query_string
from state.trace import show_reference


def _of_this_request() -> Configuration:
    return runtime().configuration


class OidcDownstream:
    """Implements ``broker.downstream.Downstream``. ``registered``: the services of now."""

    def __init__(
        self,
        settings: Settings,
        sealer: Sealer,
        registered: Callable[[], Configuration] = _of_this_request,
    ) -> None:
        self._issuer = settings.base_url
        self._sealer = sealer
        self._registered = registered

    def prepare(
        self, relying_party: RelyingParty | None, result: LoginResult, now: datetime
    ) -> Prepared:
        """A code for this result; it works once the grant is committed. Raises LoginRefused when
        somebody else logged in than the portal named, or no essential ``acr`` was reached.
        """
        to = OidcReplyTo.of(result.request)
        client = _still_registered(relying_party, to)
        sub = pairwise_sub(self._sealer, client, result.person_id)
        if to.sub is not None and sub not in to.sub.split():
            raise LoginRefused(RefusalCode.LOGIN_REQUIRED, "other_user", "id_token_hint or claims")
        if to.acr is not None and acr.answer(to.acr, result.level) is None:
            raise LoginRefused(RefusalCode.LEVEL_UNREACHABLE, "level_unreachable", "essential acr")
        service = self._registered().services.get(result.request.service_uuid)
        if service is None:
            raise LoginRefused(RefusalCode.NOT_ALLOWED, "service_gone", "left during login")
        code = authorization_code.new_code(result.grant_id)
        fit = authorization_code.fit(
            self._sealer,
            code,
            client_id=client.client_id,
            redirect_uri=to.redirect_uri,
            challenge=to.challenge,
        )
        said = for_userinfo(identity_claims(result, client, service, self._sealer), to)
        kept = KeptClaims(said, result, issued_at=int(now.timestamp()))
        lifetime = timedelta(seconds=authorization_code.CODE_SECONDS + client.access_token_seconds)
        seconds = int(lifetime.total_seconds())
        return Prepared(
            reply=self._reply(to, {"code": code}),
            operations=(
                authorization_code.put(code, fit),
                userinfo.keep(self._sealer, kept, seconds),
            ),
            grant=NewGrant(
                id=result.grant_id,
                client_id=client.client_id,
                person_id=result.person_id,
                service_uuid=result.request.service_uuid,
                expires_at=now + lifetime,
                session_id=result.session_id,
            ),
        )

    def refuse(
        self,
        relying_party: RelyingParty | None,
        request: LoginRequest,
        why: LoginRefused,
        reference: str,
    ) -> Reply:
        """The error that the protocol knows, with a reference that the help desk can look up."""
        to = OidcReplyTo.of(request)
        _still_registered(relying_party, to)
        description = f"{DESCRIPTIONS[why.code]} (reference {show_reference(reference)})"
        return self._reply(to, {"error": OF_REFUSAL[why.code], "error_description": description})

    def session_id(self, relying_party: RelyingParty, session_id: str) -> str | None:
        """The ``sid`` of this session at this portal."""
        return jwt.session_id(self._sealer, relying_party.client_id, session_id)

    def logout_message(
        self,
        relying_party: RelyingParty,
        *,
        person_id: str,
        session_id: str,
        reference: str | None,
        now: datetime,  # noqa: ARG002
        names: Sequence[SessionName] = (),  # noqa: ARG002
    ) -> Message | None:
        """For portals that registered a ``backchannel_logout_uri``."""
        if (
            not isinstance(relying_party, OidcClient)
            or relying_party.backchannel_logout_uri is None
        ):
            return None
        return logout_message(
            self._sealer,
            relying_party,
            person_id=person_id,
            session_id=session_id,
            reference=reference,
        )

    def held_in(
        self,
        cookies: Mapping[str, str],  # noqa: ARG002
        store: ExpiringStore,  # noqa: ARG002
    ) -> Mapping[str, str]:
        """Portals keep it, each with itself."""
        return {}

    def _reply(self, to: OidcReplyTo, values: Mapping[str, str]) -> Reply:
        return answer_to(to, values, self._issuer)


def _still_registered(relying_party: RelyingParty | None, to: OidcReplyTo) -> OidcClient:
    """The portal, with the address that it named. Raises PageError when either left during the
    login: nothing is sent to an address that is no longer anybody's.
    """
    if not isinstance(relying_party, OidcClient):
        raise PageError(410, "portal_gone", "portal no longer registered")
    if not is_registered(relying_party, to.redirect_uri):
        raise PageError(410, "portal_address_gone", "its address is no longer registered")
    return relying_party


def answer_to(to: OidcReplyTo, values: Mapping[str, str], issuer: str) -> Reply:
    """What the browser carries: these values behind whatever query the address was registered with,
    or in a form where the request asked for that.
    """
    state = {"state": to.state} if to.state is not None else {}
    answer = {**values, **state, "iss": issuer}
    if to.mode == FORM_POST:
        return Reply(to.redirect_uri, answer)
    joint = "&" if "?" in to.redirect_uri else "?"
    return Reply(f"{to.redirect_uri}{joint}{query_string(answer)}")
