"""A makelaar as OpenID provider: requests checked, codes redeemed once, ID tokens signed (Core §2,
§3.1).
"""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus, urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError

from sandbox.keys import as_jwk, new_pair, public_jwks
from sandbox.makelaar.broker import Broker
from sandbox.makelaar.catalogue import CLIENT_ID, Makelaar
from sandbox.makelaar.faults import Fault
from sandbox.makelaar.saml_request import RequestRefused
from sandbox.makelaar.state import Answer, CodeGrant, Desk, OidcReply, Question
from sandbox.people import EIDAS, LEVELS, level_of

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


ASSERTED_WITH = ["RS256", "PS256", "ES256"]
PUSHED = "urn:ietf:params:oauth:request_uri:"


class TokenRefused(Exception):
    """The token endpoint refuses; the text is the OAuth error."""


def discovery(makelaar: Makelaar) -> dict[str, Any]:
    """The discovery document."""
    base = makelaar.base_url
    return {
        "issuer": makelaar.issuer,
        "authorization_endpoint": f"{base}/authorize",
        "token_endpoint": f"{base}/token",
        "pushed_authorization_request_endpoint": f"{base}/par",
        "jwks_uri": f"{base}/jwks",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [makelaar.profile.algorithm],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": [makelaar.profile.client_auth],
        "token_endpoint_auth_signing_alg_values_supported": ASSERTED_WITH,
        "authorization_response_iss_parameter_supported": True,
        "acr_values_supported": list(EIDAS.values()),
        "scopes_supported": ["openid"],
        "end_session_endpoint": f"{base}/end-session",
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "frontchannel_logout_supported": True,
        "frontchannel_logout_session_supported": True,
    }


def jwks(makelaar: Makelaar) -> dict[str, Any]:
    return public_jwks(as_jwk(makelaar.pair, makelaar.profile.algorithm))


def question(makelaar: Makelaar, query: Mapping[str, str], identifier: str) -> Question:
    """The request, checked. Raises RequestRefused."""
    if query.get("client_id") != CLIENT_ID:
        raise RequestRefused("client_id is niet bekend")
    if query.get("redirect_uri") != makelaar.redirect_uri:
        raise RequestRefused("redirect_uri is niet het afgesproken adres")
    if query.get("response_type") != "code" or "openid" not in query.get("scope", "").split():
        raise RequestRefused("alleen response_type=code met scope openid")
    if query.get("code_challenge_method") != "S256" or not query.get("code_challenge"):
        raise RequestRefused("PKCE met S256 ontbreekt")
    if not query.get("nonce"):
        raise RequestRefused("nonce ontbreekt")
    levels = [level for level in map(level_of, query.get("acr_values", "").split()) if level]
    max_age = query.get("max_age")
    return Question(
        id=identifier,
        asked_by="Sluis",
        level=min(levels, key=LEVELS.index) if levels else None,
        service=None,
        fresh=query.get("prompt") == "login" or max_age == "0",
        reply=OidcReply(
            client_id=query["client_id"],
            redirect_uri=query["redirect_uri"],
            state=query.get("state"),
            nonce=query["nonce"],
            code_challenge=query["code_challenge"],
            max_age=int(max_age) if max_age and max_age.isdigit() else None,
            by_form=query.get("response_mode") == "form_post",
        ),
    )


def answer(
    makelaar: Makelaar, desk: Desk, reply: OidcReply, answered: Answer
) -> tuple[str, dict[str, str]]:
    """Where the browser goes with its code, and the form that it posts there, if it is one."""
    code = desk.codes.put(CodeGrant(reply, answered))
    if answered.fault is Fault.REPLAY and desk.last_code is not None:
        code = desk.last_code
    desk.last_code = code
    values = {"code": code, "state": reply.state or "", "iss": makelaar.issuer}
    if answered.fault is Fault.NO_ISS:
        del values["iss"]
    if answered.fault is Fault.WRONG_ISSUER:
        values["iss"] = "https://elders.voorbeeld.example"
    return _carried(reply, values)


def refusal(makelaar: Makelaar, reply: OidcReply, error: str) -> tuple[str, dict[str, str]]:
    """The same with an error."""
    return _carried(reply, {"error": error, "state": reply.state or "", "iss": makelaar.issuer})


def _carried(reply: OidcReply, values: dict[str, str]) -> tuple[str, dict[str, str]]:
    if reply.by_form:
        return reply.redirect_uri, values
    return f"{reply.redirect_uri}?{urlencode(values)}", {}


def pushed(
    makelaar: Makelaar,
    desk: Desk,
    broker: Broker,
    form: Mapping[str, str],
    authorization: str | None,
) -> dict[str, Any]:
    """A request that comes before its browser (RFC 9126). Raises TokenRefused."""
    _authenticate(makelaar, desk, broker, form, authorization)
    try:
        question(makelaar, form, "")
    except RequestRefused:
        raise TokenRefused("invalid_request") from None
    return {"request_uri": f"{PUSHED}{desk.pushed.put(dict(form))}", "expires_in": 60}


def asked_with(desk: Desk, query: Mapping[str, str]) -> Mapping[str, str]:
    """The parameters of a request: those of its address, or those that were pushed."""
    name = query.get("request_uri", "").removeprefix(PUSHED)
    return query if "request_uri" not in query else desk.pushed.take(name) or {}


def redeem(
    makelaar: Makelaar,
    desk: Desk,
    broker: Broker,
    form: Mapping[str, str],
    authorization: str | None,
) -> dict[str, Any]:
    """The token response. Raises TokenRefused."""
    _authenticate(makelaar, desk, broker, form, authorization)
    grant = desk.codes.take(form.get("code", ""))
    if grant is None or form.get("redirect_uri") != grant.reply.redirect_uri:
        raise TokenRefused("invalid_grant")
    challenge = create_s256_code_challenge(form.get("code_verifier", ""))
    if not hmac.compare_digest(challenge, grant.reply.code_challenge):
        raise TokenRefused("invalid_grant")
    return {
        "access_token": desk.codes.put(grant),
        "token_type": "Bearer",
        "expires_in": 60,
        "id_token": _id_token(makelaar, grant, desk.sessions.put(grant.answer.subject)),
    }


def _authenticate(
    makelaar: Makelaar,
    desk: Desk,
    broker: Broker,
    form: Mapping[str, str],
    authorization: str | None,
) -> None:
    if makelaar.profile.client_auth == "client_secret_basic":
        scheme, _, value = (authorization or "").partition(" ")
        user, _, secret = base64.b64decode(value).decode().partition(":")
        right = hmac.compare_digest(unquote_plus(secret), makelaar.client_secret or "")
        if scheme != "Basic" or unquote_plus(user) != CLIENT_ID or not right:
            raise TokenRefused("invalid_client")
        return
    if form.get("client_assertion_type") != ASSERTION:
        raise TokenRefused("invalid_client")
    try:
        claims = jwt.decode(
            form.get("client_assertion", ""), broker.client_keys(), algorithms=ASSERTED_WITH
        ).claims
    except (JoseError, ValueError):
        raise TokenRefused("invalid_client") from None
    audiences = (makelaar.issuer, f"{makelaar.base_url}/token")
    if (
        claims.get("iss") != CLIENT_ID
        or claims.get("sub") != CLIENT_ID
        or claims.get("aud") not in audiences
        or claims.get("exp", 0) < time.time()
        or not desk.seen.add_once(str(claims.get("jti")), True)
    ):
        raise TokenRefused("invalid_client")


def _id_token(makelaar: Makelaar, grant: CodeGrant, sid: str) -> str:
    answer, reply, now = grant.answer, grant.reply, int(time.time())
    shift = {Fault.CLOCK_AHEAD: 600, Fault.EXPIRED: -3600}.get(answer.fault, 0)
    claims: dict[str, Any] = {
        "iss": makelaar.issuer,
        "aud": CLIENT_ID,
        "sub": answer.subject,
        "name": answer.name,
        "nonce": reply.nonce,
        "iat": now + shift,
        "nbf": now + shift,
        "exp": now + shift + 120,
        "auth_time": _seconds(answer.at),
        "acr": answer.level,
        "sid": sid,
    }
    if answer.fault is Fault.WRONG_ISSUER:
        claims["iss"] = "https://elders.voorbeeld.example"
    if answer.fault is Fault.WRONG_AUDIENCE:
        claims["aud"] = "een-ander"
    if answer.fault is Fault.WRONG_REQUEST:
        claims["nonce"] = "een-ander-verzoek"
    return _signed(makelaar, answer.fault, claims)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _signed(makelaar: Makelaar, fault: Fault, claims: dict[str, Any]) -> str:
    algorithm = makelaar.profile.algorithm
    if fault is Fault.UNSIGNED:
        header, body = ({"alg": "none", "typ": "JWT"}, claims)
        parts = [
            base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in (header, body)
        ]
        return b".".join([*parts, b""]).decode()
    signer = makelaar
    if fault is Fault.WRONG_KEY:
        signer = replace(makelaar, pair=new_pair("Onbekend", algorithm))
    key = as_jwk(signer.pair, algorithm)
    token = jwt.encode({"alg": algorithm, "kid": key.kid}, claims, key, algorithms=[algorithm])
    if fault is Fault.BAD_SIGNATURE:
        head, _, signature = token.rsplit(".", 2)
        spoilt = base64.urlsafe_b64encode(json.dumps({**claims, "sub": "iemand-anders"}).encode())
        return f"{head}.{spoilt.rstrip(b'=').decode()}.{signature}"
    return token
