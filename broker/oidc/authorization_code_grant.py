"""The grant type authorization_code (RFC 6749 §4.1.3): a code, once, by its own client, for an ID
token and an access token.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from broker.downstream import LoginResult
from broker.monitoring.telemetry import span
from broker.oidc import authorization_code, jwt
from broker.oidc.authorization_code import CodeFacts, StoredCode, Used
from broker.oidc.claims import for_id_token, for_userinfo, identity_claims
from broker.oidc.client_authentication import Authenticated
from broker.oidc.errors import Refused, TokenError
from broker.oidc.parameters import Parameters
from broker.oidc.redirect_uris import is_registered
from broker.oidc.reply_to import OidcReplyTo
from broker.oidc.scopes import OPENID
from broker.oidc.userinfo import keep_userinfo
from broker.runtime import Runtime
from broker.sso import grants, standing
from broker.web.responses import remember_reference
from directory.services import OidcClient
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing
from state.ephemeral import Operation

_NOT_FRESH = "this assertion was used before, or made before our store restarted; make a new one"
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(frozen=True)
class Redemption:
    """One request, after client authentication."""

    client: OidcClient
    code: str
    kept: StoredCode


def redeem(
    rt: Runtime, parameters: Parameters, who: Authenticated, now: datetime
) -> dict[str, Any]:
    """The token response. Raises TokenError. Two round trips to the store, one SQL read, no
    write.
    """
    code = parameters.one("code")
    if code is None:
        raise TokenError("invalid_request", "code is missing")
    once: list[Operation] = [who.once] if who.once else []
    raw, *fresh = rt.store.batch([authorization_code.get(code), *once])
    if not all(fresh):
        raise TokenError("invalid_client", _NOT_FRESH, 401, reason=Refused.CLIENT_PROOF)
    found = authorization_code.parse(raw if isinstance(raw, bytes) else None, rt.sealer)
    if isinstance(found, StoredCode):
        remember_reference(found.facts.result.reference)
    if isinstance(found, Used):
        _revoke(rt, found.grant_id, now)
        raise _invalid_grant(seen="used before")
    if found is None:
        raise _invalid_grant(seen="unknown, or too old")
    if authorization_code.is_over(found.facts, now):
        raise _invalid_grant(seen="too old")
    misfit = _misfit(found.facts, parameters, who.client)
    if misfit is not None:
        raise _invalid_grant(seen=misfit)
    if not is_registered(who.client, OidcReplyTo.of(found.facts.result.request).redirect_uri):
        raise _invalid_grant(Refused.ADDRESS, seen="taken away since")
    return _answer(rt, Redemption(who.client, code, found), now)


def _misfit(facts: CodeFacts, parameters: Parameters, client: OidcClient) -> str | None:
    """None where the code is this client's, at this redirect URI, with the verifier of its
    challenge (RFC 7636 §4.6); else what is not, for the trace.
    """
    asked, to = facts.result.request, OidcReplyTo.of(facts.result.request)
    verifier, challenge = parameters.one("code_verifier"), to.challenge
    if asked.client_id != client.client_id:
        return "of another portal"
    if parameters.one("redirect_uri") != to.redirect_uri:
        return "another redirect_uri than at /authorize"
    if challenge is None or verifier is None:
        is_plain = challenge is None and verifier is None
        return None if is_plain else "code_challenge or code_verifier alone"
    is_right = _VERIFIER.fullmatch(verifier) and create_s256_code_challenge(verifier) == challenge
    return None if is_right else "another code_verifier"


def _answer(rt: Runtime, redemption: Redemption, now: datetime) -> dict[str, Any]:
    client, result = redemption.client, redemption.kept.facts.result
    if grants.live(rt.session, result.grant_id, now) is None:
        raise _invalid_grant(standing.LOGIN_ENDED)
    fault = standing.fault_by_registrations(rt.configuration, result)
    if fault is not None:
        raise _invalid_grant(standing.explained(fault))
    service = rt.configuration.services[result.request.service_uuid]
    to = OidcReplyTo.of(result.request)
    identity = identity_claims(result, client, service, rt.sealer)
    with span("token.issue", result.reference):
        access, signed = _sign(rt, client, result, identity, now)
    claim = authorization_code.redeem(redemption.code, redemption.kept)
    said = for_userinfo(identity, to)
    keep = keep_userinfo(rt.sealer, result, said, client.access_token_seconds)
    won, _ = rt.store.batch([claim, keep])
    if not won:
        _revoke(rt, result.grant_id, now)
        raise _invalid_grant(seen="used before")
    response = {
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": client.access_token_seconds,
        "scope": to.scope or OPENID,
        "id_token": signed,
    }
    if "authorization_details" in identity:  # RFC 9396 §7
        response["authorization_details"] = identity["authorization_details"]
    return response


def _sign(
    rt: Runtime, client: OidcClient, result: LoginResult, identity: dict[str, Any], now: datetime
) -> tuple[str, str]:
    """The access token and the ID token that is bound to it."""
    keyring, to = rt.configuration.keyring, OidcReplyTo.of(result.request)
    access = jwt.access_token(
        keyring=keyring,
        issuer=rt.base_url,
        client=client,
        sub=identity["sub"],
        grant_id=result.grant_id,
        scope=to.scope or OPENID,
        now=now,
    )
    signed = jwt.id_token(
        keyring=keyring,
        issuer=rt.base_url,
        client=client,
        identity=for_id_token(identity, client, to),
        nonce=to.nonce,
        access=access,
        sid=jwt.session_id(rt.sealer, client.client_id, result.session_id or result.grant_id),
        now=now,
    )
    return access, signed


def _invalid_grant(reason: str = Refused.TOKEN_REQUEST, *, seen: str | None = None) -> TokenError:
    """``reason``: why the login is worth nothing any more; ``seen``: what is wrong with the
    request. Both for the trace: the portal hears one text, whichever it is.
    """
    return TokenError(
        "invalid_grant",
        "the code is unknown, used, over, or not for this client and address",
        reason=reason,
        found={"seen": seen} if seen is not None else {},
    )


def _revoke(rt: Runtime, grant_id: str, now: datetime) -> None:
    """A code that comes twice may be stolen: whatever the first one gave ends (RFC 6749 §4.1.2)."""
    with writing(rt.session) as session:
        if grants.revoke(session, grant_id, now):
            audit.record(
                session,
                AuditEvent(
                    tag=EventTag.CODE_REUSED,
                    at=now,
                    outcome="revoked",
                    reason="code_reused",
                    details={"grant": grant_id},
                ),
            )
