"""The grant type authorization_code (RFC 6749 §4.1.3): a code, once, by its own client, for an ID
token and an access token.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from broker.downstream import LoginRequest, LoginResult
from broker.monitoring.telemetry import span
from broker.oidc import authorization_code, jwt, userinfo
from broker.oidc.authorization_request import must_prove_code
from broker.oidc.claims import for_id_token, identity_claims
from broker.oidc.client_authentication import Authenticated, not_fresh
from broker.oidc.errors import Refused, TokenError
from broker.oidc.parameters import Parameters
from broker.oidc.redirect_uris import is_registered
from broker.oidc.reply_to import OidcReplyTo
from broker.oidc.scopes import OPENID
from broker.oidc.userinfo import KeptClaims
from broker.runtime import Runtime
from broker.sso import grants, standing
from broker.web.responses import remember_reference
from directory.services import OidcClient
from state import audit
from state.audit import AuditEvent, EventTag
from state.db import writing
from state.ephemeral import Operation, Result

_GONE, _OLD = "unknown, or too old", "too old"
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


@dataclass(frozen=True)
class Asked:
    """One request, after client authentication."""

    parameters: Parameters
    client: OidcClient


@dataclass(frozen=True)
class CodeState:
    """What lies under a code, and what was kept beside it."""

    held: Result
    kept: KeptClaims | None


def redeem(
    rt: Runtime, parameters: Parameters, who: Authenticated, now: datetime
) -> dict[str, Any]:
    """The token response. Raises TokenError. One SQL read, and those of ``standing`` for a branch,
    an account or a factor of ours; no write, one round trip to the store.
    """
    code = parameters.one("code")
    if code is None:
        raise TokenError("invalid_request", "code is missing")
    grant_id = authorization_code.grant_of(code)
    fit = _fit(rt, code, parameters, who.client) if grant_id is not None else None
    asked = Asked(parameters, who.client)
    if grant_id is None or fit is None:
        raise _refusal(rt, asked, _look(rt, code, grant_id, who), now)
    taken, sealed = rt.store.batch(
        [authorization_code.redeem(code, grant_id, fit, who.once), userinfo.get(grant_id)]
    )
    if taken is False:
        raise not_fresh()
    found = _found(rt, taken, sealed)
    if taken != fit:
        raise _refusal(rt, asked, found, now)
    try:
        return _answer(rt, who.client, found.kept, now)
    except BaseException:  # also of a database that is away: the code must not look stolen
        rt.store.batch([authorization_code.give_back(code, grant_id, fit)])
        raise


def _fit(rt: Runtime, code: str, parameters: Parameters, client: OidcClient) -> bytes | None:
    """What lies under the code if it is this client's, at this redirect URI, with the verifier of
    its challenge (RFC 7636 §4.6); None where nothing would fit.
    """
    redirect_uri, verifier = parameters.one("redirect_uri"), parameters.one("code_verifier")
    if redirect_uri is None or not (verifier is None or _VERIFIER.fullmatch(verifier)):
        return None
    return authorization_code.fit(
        rt.sealer,
        code,
        client_id=client.client_id,
        redirect_uri=redirect_uri,
        challenge=create_s256_code_challenge(verifier) if verifier is not None else None,
    )


def _look(rt: Runtime, code: str, grant_id: str | None, who: Authenticated) -> CodeState:
    """What can redeem nothing is looked at: the assertion was used now, and the code may have been
    used before. Raises TokenError.
    """
    once: list[Operation] = [who.once] if who.once else []
    beside = userinfo.get(grant_id or "")
    held, sealed, *fresh = rt.store.batch([authorization_code.get(code), beside, *once])
    if not all(fresh):
        raise not_fresh()
    return _found(rt, held, sealed)


def _found(rt: Runtime, held: Result, sealed: Result) -> CodeState:
    """Of a code that is there what was kept with it; its login is remembered."""
    if not isinstance(held, bytes) or not isinstance(sealed, bytes):
        return CodeState(held, None)
    kept = userinfo.opened(rt.sealer, sealed)
    if kept is not None:
        remember_reference(kept.result.reference)
    return CodeState(held, kept)


def _refusal(rt: Runtime, asked: Asked, found: CodeState, now: datetime) -> TokenError:
    """Why this code was not redeemed. One that was redeemed before may be stolen, and then what the
    first one gave ends (RFC 6749 §4.1.2).
    """
    grant_id = authorization_code.used(found.held)
    if grant_id is not None:
        _revoke(rt, grant_id, now)
        return _invalid_grant(seen="used before")
    if found.kept is None:
        return _invalid_grant(seen=_GONE)
    if authorization_code.is_over(found.kept.issued_at, now):
        return _invalid_grant(seen=_OLD)
    return _invalid_grant(seen=_misfit(found.kept.result.request, asked) or _GONE)


def _misfit(of: LoginRequest, asked: Asked) -> str | None:
    """What does not fit (see ``_fit``), for the trace."""
    to, verifier = OidcReplyTo.of(of), asked.parameters.one("code_verifier")
    if of.client_id != asked.client.client_id:
        return "of another portal"
    if asked.parameters.one("redirect_uri") != to.redirect_uri:
        return "another redirect_uri than at /authorize"
    if to.challenge is None or verifier is None:
        is_plain = to.challenge is None and verifier is None
        return None if is_plain else "code_challenge or code_verifier alone"
    is_right = _VERIFIER.fullmatch(verifier) and (
        create_s256_code_challenge(verifier) == to.challenge
    )
    return None if is_right else "another code_verifier"


def _answer(
    rt: Runtime, client: OidcClient, kept: KeptClaims | None, now: datetime
) -> dict[str, Any]:
    if kept is None:
        raise _invalid_grant(seen=_GONE)
    if authorization_code.is_over(kept.issued_at, now):
        raise _invalid_grant(seen=_OLD)
    result = kept.result
    if not is_registered(client, OidcReplyTo.of(result.request).redirect_uri):
        raise _invalid_grant(Refused.ADDRESS, seen="taken away since")
    if must_prove_code(client) and OidcReplyTo.of(result.request).challenge is None:
        raise _invalid_grant(seen="without code_challenge, which the portal must send since")
    fault = standing.fault_of_code(rt, rt.session, result, now)
    if fault is not None:
        also = standing.also(rt, rt.session, result, now, fault)
        raise _invalid_grant(standing.explained(fault), also=also)
    service = rt.configuration.services[result.request.service_uuid]
    to = OidcReplyTo.of(result.request)
    identity = identity_claims(result, client, service, rt.sealer)
    with span("token.issue", result.reference):
        access, signed = _sign(rt, client, result, identity, now)
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


def _invalid_grant(
    reason: str = Refused.TOKEN_REQUEST, *, seen: str | None = None, also: str | None = None
) -> TokenError:
    """``reason``: why the login is worth nothing any more, and ``also`` what else stands in the
    way; ``seen``: what is wrong with the request. All for the trace: the portal hears one text,
    whichever it is.
    """
    found = {"seen": seen, "also": also}
    return TokenError(
        "invalid_grant",
        "the code is unknown, used, over, or not for this client and address",
        reason=reason,
        found={name: value for name, value in found.items() if value is not None},
    )


def _revoke(rt: Runtime, grant_id: str, now: datetime) -> None:
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
