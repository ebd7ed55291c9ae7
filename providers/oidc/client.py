"""Calls to a makelaar's token and userinfo endpoints, with our authentication as its client.

RFC 6749 §4.1.3, RFC 7523 (private_key_jwt), OpenID Connect Core §3.1.3 and §5.3.
"""

from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from joserfc import jwt

from keys.jwks import joserfc_key
from keys.keyring import KeyRing, KeyUse
from providers.interface import ProviderRefused, ProviderUnavailable
from providers.oidc.calls import unavailable
from providers.oidc.discovery import ProviderMetadata
from providers.registry import OidcSettings
from state.addresses import OutgoingRefused
from state.outgoing import HttpAnswer, OutgoingClient, OutgoingFailed

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LIFE: Final = timedelta(seconds=60)
MAX_BYTES: Final = 64 * 1024
_BEARER: Final = re.compile(r"[A-Za-z0-9\-._~+/]+=*")  # RFC 6750 §2.1
# The grant failed, which says something about this login; any other error is about the two of us.
_ABOUT_THE_GRANT: Final = frozenset({"invalid_grant", "invalid_request"})


@dataclass(frozen=True)
class Tokens:
    """Never logged, never handed on: neither leaves this package."""

    id_token: str = field(repr=False)
    access_token: str | None = field(repr=False)


def redeem(
    outgoing: OutgoingClient,
    *,
    settings: OidcSettings,
    metadata: ProviderMetadata,
    keyring: KeyRing,
    code: str,
    values: Mapping[str, str],
    now: datetime,
    party: str = "",
) -> Tokens:
    """Exchange the code, once. ``party``: the makelaar, as outgoing calls know it.

    Raises ProviderRefused, ProviderUnavailable.
    """
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": values["redirect_uri"],
        "code_verifier": values["code_verifier"],
    }
    headers = {}
    if settings.token_endpoint_auth_method == "private_key_jwt":
        fields |= {
            "client_id": settings.client_id,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": client_assertion(settings, keyring, now),
        }
    elif settings.token_endpoint_auth_method == "client_secret_post":
        fields |= {"client_id": settings.client_id, "client_secret": client_secret(settings)}
    else:
        headers["Authorization"] = basic(settings)
    try:
        answer = outgoing.post_form(
            metadata.token_endpoint, fields, headers=headers, max_bytes=MAX_BYTES, party=party
        )
    except (OutgoingRefused, OutgoingFailed) as error:
        raise unavailable("token endpoint", error) from None
    return _read_tokens(answer)


def client_assertion(settings: OidcSettings, keyring: KeyRing, now: datetime) -> str:
    """Our private_key_jwt. One audience, the issuer: of no use to anybody else."""
    key = keyring.active(KeyUse.CLIENT_SIGNING, "RS256")
    claims = {
        "iss": settings.client_id,
        "sub": settings.client_id,
        "aud": settings.issuer,
        "jti": secrets.token_urlsafe(24),
        "iat": int(now.timestamp()),
        "exp": int((now + ASSERTION_LIFE).timestamp()),
    }
    header = {"alg": "RS256", "kid": key.kid, "typ": "JWT"}
    return jwt.encode(header, claims, joserfc_key(key), algorithms=["RS256"])


def client_secret(settings: OidcSettings) -> str:
    """Our secret at this makelaar.

    The file is read each time: a new secret needs no restart. Raises ProviderUnavailable.
    """
    try:
        secret = Path(settings.client_secret_file or "").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        raise ProviderUnavailable("client secret: its file cannot be read") from None
    if not secret:
        raise ProviderUnavailable("client secret: its file is empty")
    return secret


def basic(settings: OidcSettings) -> str:
    """The header of client_secret_basic (RFC 6749 §2.3.1). Raises ProviderUnavailable."""
    pair = f"{quote(settings.client_id, safe='')}:{quote(client_secret(settings), safe='')}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def fetch_userinfo(
    outgoing: OutgoingClient, metadata: ProviderMetadata, tokens: Tokens, party: str = ""
) -> Mapping[str, Any] | str:
    """Claims, or a token that holds them. Raises ProviderRefused, ProviderUnavailable."""
    if metadata.userinfo_endpoint is None or tokens.access_token is None:
        raise ProviderRefused("no_userinfo", "no access token or endpoint")
    try:
        answer = outgoing.get(
            metadata.userinfo_endpoint,
            accept="application/json, application/jwt",
            headers={"Authorization": f"Bearer {tokens.access_token}"},
            max_bytes=MAX_BYTES,
            party=party,
        )
    except (OutgoingRefused, OutgoingFailed) as error:
        raise unavailable("userinfo endpoint", error) from None
    if answer.status != 200:
        raise ProviderUnavailable(f"userinfo endpoint: status {answer.status}")
    if media_type(answer) == "application/jwt":
        return answer.body.decode("ascii", "replace").strip()
    claims = _json_object(answer, "userinfo endpoint")
    _check_no_error(claims)
    return claims


def media_type(answer: HttpAnswer) -> str:
    return answer.headers.get("content-type", "").partition(";")[0].strip().lower()


def _read_tokens(answer: HttpAnswer) -> Tokens:
    if answer.status in (400, 401):
        error = _json_object(answer, "token endpoint").get("error")
        if error in _ABOUT_THE_GRANT:
            raise ProviderRefused("code_refused", str(error))
        raise ProviderUnavailable("token endpoint: does not accept us as a client")
    if answer.status != 200:
        raise ProviderUnavailable(f"token endpoint: status {answer.status}")
    document = _json_object(answer, "token endpoint")
    _check_no_error(document)
    token_type, id_token = document.get("token_type"), document.get("id_token")
    access_token = document.get("access_token")
    if not isinstance(token_type, str) or token_type.lower() != "bearer":
        raise ProviderRefused("token_type")
    if not isinstance(id_token, str) or not id_token:
        raise ProviderRefused("no_id_token")
    if access_token is not None and not _is_bearer(access_token):
        raise ProviderRefused("access_token_malformed")
    return Tokens(id_token, access_token)


def _check_no_error(document: Mapping[str, Any]) -> None:
    """Who says that something went wrong gives nothing beside it that can be believed."""
    if document.get("error") is not None:
        raise ProviderRefused("error_and_tokens", "an error beside what was asked")


def _is_bearer(token: object) -> bool:
    return isinstance(token, str) and _BEARER.fullmatch(token) is not None


def _json_object(answer: HttpAnswer, where: str) -> Mapping[str, Any]:
    if media_type(answer) != "application/json":
        raise ProviderUnavailable(f"{where}: not JSON")
    try:
        document = answer.json(unique_names=True)
    except OutgoingFailed:
        raise ProviderUnavailable(f"{where}: not JSON") from None
    if not isinstance(document, dict):
        raise ProviderUnavailable(f"{where}: not an object")
    return document
