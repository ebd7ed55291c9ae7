"""ID tokens: the signature, then every claim, before anything in them is believed.

OpenID Connect Core §2, §3.1.3.6 to §3.1.3.8; RFC 8725: algorithm and type are ours to say.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError

from providers import received
from providers.interface import ProviderRefused
from providers.oidc.keys import PublicKey
from providers.registry import OidcSettings

MAX_TOKEN: Final = 16 * 1024
MAX_HEADER: Final = 512  # in base64url; more is certificates, which we never take from a token
MAX_KID: Final = 200
MAX_ALG: Final = 20  # signs of one that is shown
MAX_SUBJECT: Final = 255  # OpenID Connect Core §2
MAX_AUDIENCES: Final = 20
MAX_IAT_SECONDS: Final = 600
_NEVER_FOLLOWED: Final = ("jwk", "jku", "x5c", "x5u", "crit", "zip", "b64")
FindKey = Callable[[str | None], PublicKey]
Claims = Mapping[str, Any]


@dataclass(frozen=True)
class ExpectedToken:
    """What an ID token must fit. ``max_age`` in seconds; ``fresh_since``: no older login."""

    nonce: str
    code: str
    access_token: str | None
    now: datetime
    max_age: int | None = None
    fresh_since: datetime | None = None


def read_id_token(
    token: str, *, settings: OidcSettings, find_key: FindKey, expected: ExpectedToken
) -> Claims:
    """The claims of an ID token that is good in every respect. Raises ProviderRefused."""
    claims = verify(token, settings.id_token_signed_response_alg, find_key)
    skew, now = settings.skew_seconds, expected.now.timestamp()
    _check_parties(claims, settings)
    _check_azp(claims, settings)
    _check_times(claims, now, skew)
    _check_nonce(claims, expected.nonce)
    subject_of(claims)
    _check_hash(claims, "at_hash", expected.access_token)
    _check_hash(claims, "c_hash", expected.code)
    _check_authentication_time(claims, expected, now, skew)
    return claims


def verify(token: str, alg: str, find_key: FindKey, typ: str = "JWT") -> Claims:
    """The claims under a signature that holds, themselves unchecked. Raises ProviderRefused."""
    header = _header(token)
    if header.get("alg") != alg:
        raise ProviderRefused(
            "token_alg",
            "not the registered algorithm",
            setting="oidc.id_token_signed_response_alg",
            expected=alg,
            seen=received.quoted(header.get("alg"), MAX_ALG),
        )
    if header.get("typ") is not None and str(header["typ"]).upper() != typ:
        raise ProviderRefused("token_typ", "another kind of token")
    found = [name for name in _NEVER_FOLLOWED if name in header]
    if found:
        raise ProviderRefused("token_header", f"{found[0]} in the header")
    kid = header.get("kid")
    if kid is not None and not (isinstance(kid, str) and 0 < len(kid) <= MAX_KID):
        raise ProviderRefused("token_header", "kid malformed")
    registry = jws.JWSRegistry(algorithms=[alg], strict_check_header=False)
    try:
        signed = jws.deserialize_compact(token, find_key(kid), registry=registry)
    except (JoseError, ValueError):
        raise ProviderRefused("token_signature") from None
    return _json_object(signed.payload)


def subject_of(claims: Claims) -> str:
    """The ``sub``. White space around it is refused: nothing breaks lines within a text of JSON.
    Raises ProviderRefused.
    """
    sub = claims.get("sub")
    if not isinstance(sub, str) or not sub.isascii() or sub != received.subject(sub, MAX_SUBJECT):
        raise ProviderRefused("subject_malformed")
    return sub


def check_userinfo_token(claims: Claims, settings: OidcSettings) -> None:
    """A signed userinfo names its maker and us (§5.3.2). Raises ProviderRefused."""
    _check_parties(claims, settings)


def _header(token: str) -> Mapping[str, Any]:
    if len(token) > MAX_TOKEN or not token.isascii():
        raise ProviderRefused("token_malformed", "too long, or not ASCII")
    parts = token.split(".")
    if len(parts) == 5:
        raise ProviderRefused("token_encrypted", "no encryption was registered")
    if len(parts) != 3 or len(parts[0]) > MAX_HEADER:
        raise ProviderRefused("token_malformed")
    try:
        raw = base64.b64decode(parts[0] + "=" * (-len(parts[0]) % 4), b"-_", validate=True)
    except binascii.Error:
        raise ProviderRefused("token_malformed", "header") from None
    return _json_object(raw)


def _json_object(raw: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(raw, parse_constant=_no_constant, object_pairs_hook=_no_doubles)
    except (ValueError, RecursionError):
        raise ProviderRefused("token_malformed", "not JSON") from None
    if not isinstance(document, dict):
        raise ProviderRefused("token_malformed", "not an object")
    return document


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice")  # readers disagree about which one counts
    return found


def _check_parties(claims: Claims, settings: OidcSettings) -> None:
    if claims.get("iss") != settings.issuer:
        raise ProviderRefused(
            "token_issuer",
            setting="oidc.issuer",
            expected=settings.issuer,
            seen=received.quoted(claims.get("iss")),
        )
    audiences = _audiences(claims)
    if settings.client_id not in audiences:
        raise ProviderRefused(
            "token_audience",
            setting="oidc.client_id",
            expected=settings.client_id,
            seen=_told(audiences),
        )
    # Whoever else it is for could have asked for it: only those that the record trusts.
    if not set(audiences) <= {settings.client_id, *settings.trusted_audiences}:
        raise ProviderRefused(
            "audience_untrusted",
            "an audience beside us that is not trusted",
            setting="oidc.trusted_audiences",
            expected=_told((settings.client_id, *settings.trusted_audiences)),
            seen=_told(audiences),
        )
    if claims.get("azp", settings.client_id) != settings.client_id:
        raise ProviderRefused(
            "token_azp", expected=settings.client_id, seen=received.quoted(claims["azp"])
        )


def _audiences(claims: Claims) -> tuple[str, ...]:
    """One text, or a list of texts; none for anything else."""
    aud = claims.get("aud")
    values = aud if isinstance(aud, list) else [aud]
    if len(values) > MAX_AUDIENCES or not all(isinstance(value, str) for value in values):
        return ()
    return tuple(values)


def _told(audiences: tuple[str, ...]) -> str:
    return received.quoted(" ".join(audiences) or None)


def _check_azp(claims: Claims, settings: OidcSettings) -> None:
    """A token for several says for which of them it was made (§3.1.3.7, 4)."""
    if "azp" not in claims and set(_audiences(claims)) != {settings.client_id}:
        raise ProviderRefused(
            "token_azp", "none, with several audiences", expected=settings.client_id, seen="none"
        )


def _check_times(claims: Claims, now: float, skew: int) -> None:
    exp, iat = seconds_in(claims, "exp"), seconds_in(claims, "iat")
    if now >= exp + skew:
        raise ProviderRefused("token_expired", "", **_clock(exp, now, skew))
    begins = max(iat, seconds_in(claims, "nbf")) if "nbf" in claims else iat
    if begins > now + skew:
        raise ProviderRefused("token_not_yet_valid", "", **_clock(begins, now, skew))
    if now - iat > MAX_IAT_SECONDS:
        raise ProviderRefused("token_too_old", "", **_clock(iat, now, MAX_IAT_SECONDS))


def _clock(moment: float, now: float, allowed: int) -> dict[str, int]:
    """How far a time in the token lies from our clock, and how much is allowed."""
    return {"clock_seconds": int(moment - now), "allowed_seconds": allowed}


def seconds_in(claims: Claims, name: str) -> float:
    """A NumericDate (RFC 7519 §2). Raises ProviderRefused."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ProviderRefused("token_time", f"{name} is missing or no number")
    if not 0 <= value < 2**40 or not math.isfinite(value):
        raise ProviderRefused("token_time", f"{name} is out of range")
    return float(value)


def _check_nonce(claims: Claims, nonce: str) -> None:
    given = claims.get("nonce")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
        raise ProviderRefused("token_nonce")


def _check_hash(claims: Claims, name: str, value: str | None) -> None:
    """``at_hash`` and ``c_hash``: half of SHA-256, as for each algorithm we register."""
    if name not in claims:
        return
    given = claims[name]
    if value is None or not isinstance(given, str):
        raise ProviderRefused("token_hash", name)
    half = hashlib.sha256(value.encode()).digest()[:16]
    wanted = base64.urlsafe_b64encode(half).rstrip(b"=")
    if not hmac.compare_digest(given.encode(), wanted):
        raise ProviderRefused("token_hash", name)


def _check_authentication_time(
    claims: Claims, expected: ExpectedToken, now: float, skew: int
) -> None:
    """Where a fresh login was asked for, the makelaar must say when it was (§3.1.3.7, 13)."""
    if "auth_time" in claims and seconds_in(claims, "auth_time") > now + skew:
        raise ProviderRefused("authentication_time", "in the future")
    if expected.max_age is not None and (
        now - seconds_in(claims, "auth_time") > expected.max_age + skew
    ):
        raise ProviderRefused("authentication_too_old", "older than max_age")
    if expected.fresh_since is not None and (
        seconds_in(claims, "auth_time") < expected.fresh_since.timestamp() - skew
    ):
        raise ProviderRefused("authentication_too_old", "before it was asked for")
