"""The answer to a portal: a code or an error at its redirect URI, always with ``state`` and ``iss``
(RFC 9207).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode

from broker.downstream import (
    GrantFacts,
    LoginRefused,
    LoginRequest,
    LoginResult,
    PageError,
    Prepared,
    RefusalCode,
    Reply,
)
from broker.oidc import authorization_code
from broker.oidc.authorization_code import CodeFacts
from broker.oidc.claims import pairwise_sub
from broker.oidc.errors import DESCRIPTIONS, OF_REFUSAL
from broker.oidc.redirect_uris import is_registered
from broker.runtime import Runtime
from directory.services import OidcClient
from state.trace import show_reference


class OidcDownstream:
    """Implements ``broker.downstream.Downstream``."""

    def __init__(self, rt: Runtime) -> None:
        self._rt = rt

    def prepare(self, result: LoginResult, now: datetime) -> Prepared:
        """A code for this result; it works once the grant is committed. Raises LoginRefused when
        somebody else logged in than the portal named.
        """
        client = self._still_registered(result.request)
        named = result.request.reply_to.get("sub")
        if named not in (None, pairwise_sub(self._rt.sealer, client, result.person_id)):
            raise LoginRefused(RefusalCode.LOGIN_REQUIRED, "other_user", "id_token_hint")
        code = authorization_code.new_code()
        facts = CodeFacts(result=result, issued_at=int(now.timestamp()))
        lifetime = timedelta(seconds=authorization_code.CODE_SECONDS + client.access_token_seconds)
        return Prepared(
            reply=self._reply(result.request.reply_to, {"code": code}),
            operations=(authorization_code.put(code, facts, self._rt.sealer),),
            grant=GrantFacts(
                id=result.grant_id,
                client_id=client.client_id,
                person_id=result.person_id,
                service_uuid=result.request.service_uuid,
                expires_at=now + lifetime,
                session_id=result.session_id,
            ),
        )

    def refuse(self, request: LoginRequest, why: LoginRefused, reference: str) -> Reply:
        """The error that the protocol knows, with a reference that the help desk can look up."""
        self._still_registered(request)
        description = f"{DESCRIPTIONS[why.code]} (reference {show_reference(reference)})"
        values = {"error": OF_REFUSAL[why.code], "error_description": description}
        return self._reply(request.reply_to, values)

    def _still_registered(self, request: LoginRequest) -> OidcClient:
        """The portal, with the address that it named. Raises PageError when either left during the
        login: nothing is sent to an address that is no longer anybody's.
        """
        client = self._rt.configuration.clients.get(request.client_id)
        if client is None or not is_registered(client, request.reply_to["redirect_uri"] or ""):
            raise PageError(410, "service_gone", "portal or its address no longer registered")
        return client

    def _reply(self, reply_to: Mapping[str, str | None], values: Mapping[str, str]) -> Reply:
        url = redirect_with(
            reply_to["redirect_uri"] or "", values, reply_to.get("state"), self._rt.base_url
        )
        return Reply(url=url)


def redirect_with(
    redirect_uri: str, values: Mapping[str, str], state: str | None, issuer: str
) -> str:
    """The redirect URI with the answer behind whatever query it was registered with."""
    answer = {**values, **({"state": state} if state is not None else {}), "iss": issuer}
    return redirect_uri + ("&" if "?" in redirect_uri else "?") + urlencode(answer)
