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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, get_args

from joserfc import jws
from joserfc.errors import JoseError

from keys.jws_registry import verifying
from keys.public_jwks import algorithms_of
from providers import received, times
from providers.interface import ProviderRefused
from providers.oidc.keys import VerifyingKey
from providers.registry import OidcSettings

MAX_TOKEN: Final = 16 * 1024
MAX_HEADER: Final = 8192  # in base64url; some bring their certificates, which nobody reads
MAX_KID: Final = 200
MAX_ALG: Final = 20  # signs of one that is shown
MAX_SUBJECT: Final = 255  # OpenID Connect Core §2
MAX_AUDIENCES: Final = 20
MAX_IAT_SECONDS: Final = 600
SKEW: Final = "oidc.skew_seconds"
_MAY_BE_ABSENT: Final = frozenset({"azp", "nbf", "auth_time", "at_hash", "c_hash"})
# What they say changes how a token is read. Keys and addresses of keys (``jwk``, ``jku``, ``x5c``,
# ``x5u``) change nothing: a key is found by its name among those of discovery (RFC 7515 §4).
_OTHER_RULES: Final = ("crit", "zip", "b64")
FindKey = Callable[[str | None], VerifyingKey]
Claims = Mapping[str, Any]


@dataclass(frozen=True)
class ExpectedToken:
    """What an ID token must fit. ``max_age`` in seconds; ``fresh_since``: no older login."""

    nonce: str
    code: str
    access_token: str | None
    now: datetime
    requested_at: datetime | None = None
    max_age: int | None = None
    fresh_since: datetime | None = None


def read_id_token(
    token: str, *, settings: OidcSettings, find_key: FindKey, expected: ExpectedToken
) -> Claims:
    """The claims of an ID token that is good in every respect. Raises ProviderRefused."""
    claims = _without_nulls(verify(token, settings.id_token_signed_response_alg, find_key))
    skew, now = settings.skew_seconds, expected.now.timestamp()
    asked = expected.requested_at.timestamp() if expected.requested_at is not None else 0.0
    _check_parties(claims, settings)
    _check_azp(claims, settings)
    _check_times(claims, now, skew, asked)
    _check_nonce(claims, expected.nonce)
    subject_of(claims)
    _check_hash(claims, "at_hash", expected.access_token)
    _check_hash(claims, "c_hash", expected.code)
    _check_authentication_time(claims, expected, now, skew)
    return claims


def _without_nulls(claims: Claims) -> Claims:
    """Null is a claim that is not there (OpenID Connect Core §5.3.2), for those that may be absent.
    Of any other it stays: what limits a mandate is never passed over.
    """
    return {
        name: value
        for name, value in claims.items()
        if value is not None or name not in _MAY_BE_ABSENT
    }


def verify(token: str, alg: str, find_key: FindKey, types: Sequence[str] = ("JWT",)) -> Claims:
    """The claims under a signature that holds, themselves unchecked. ``types``: in capitals, what
    the token may say to be. Raises ProviderRefused.
    """
    header = _header(token)
    if header.get("alg") != alg:
        raise _other_algorithm(header.get("alg"), alg)
    if header.get("typ") is not None and _kind(header["typ"]) not in types:
        seen = received.masked(str(header["typ"]))
        raise ProviderRefused(
            "token_typ", "another kind of token", element="typ", seen=seen, expected=" ".join(types)
        )
    found = [name for name in _OTHER_RULES if name in header]
    if found:
        raise _not_as_agreed("token_header", f"{found[0]} in the header", found[0], "none")
    kid = header.get("kid")
    if kid is not None and not (isinstance(kid, str) and 0 < len(kid) <= MAX_KID):
        raise _not_as_agreed("token_header", "kid malformed", "kid", f"{MAX_KID} signs at most")
    key = find_key(kid)
    try:
        if alg not in algorithms_of(key):
            raise ValueError
        signed = jws.deserialize_compact(token, key, registry=verifying([alg], MAX_HEADER))
    except (JoseError, ValueError):
        raise ProviderRefused("token_signature", element="token", seen=alg) from None
    return json_object(signed.payload)


def _kind(typ: object) -> str:
    """In capitals; a media type may be written whole (RFC 7515 §4.1.9)."""
    return str(typ).upper().removeprefix("APPLICATION/")


def _not_as_agreed(reason: str, what: str, element: str, expected: str) -> ProviderRefused:
    """Never with what stands there: it may be of a person."""
    return ProviderRefused(reason, what, element=element, seen=what, expected=expected)


def _other_algorithm(named: object, expected: str) -> ProviderRefused:
    """With the setting, where that has a word for it."""
    seen = received.masked(named if isinstance(named, str) else None)
    may_be = get_args(OidcSettings.model_fields["id_token_signed_response_alg"].annotation)
    setting = {"setting": "oidc.id_token_signed_response_alg"} if named in may_be else {}
    what = "not the registered algorithm"
    return ProviderRefused(
        "token_alg", what, element="alg", seen=seen, expected=expected, **setting
    )


def subject_of(claims: Claims) -> str:
    """The ``sub``. White space around it is refused: nothing breaks lines within a text of JSON.
    Raises ProviderRefused.
    """
    sub = claims.get("sub")
    if not isinstance(sub, str) or not sub.isascii() or sub != received.subject(sub, MAX_SUBJECT):
        expected = f"at most {MAX_SUBJECT} plain signs"
        raise _not_as_agreed("subject_malformed", "no such text", "sub", expected)
    return sub


def check_parties(claims: Claims, settings: OidcSettings) -> None:
    """Any signed token names its maker and us (a userinfo: §5.3.2). Raises ProviderRefused."""
    _check_parties(claims, settings)


def _header(token: str) -> Mapping[str, Any]:
    if len(token) > MAX_TOKEN or not token.isascii():
        expected = f"at most {MAX_TOKEN} signs of ASCII"
        raise _not_as_agreed("token_malformed", "too long, or not ASCII", "token", expected)
    parts = token.split(".")
    if len(parts) == 5:
        raise ProviderRefused(
            "token_encrypted",
            "no encryption was registered",
            element="token",
            seen="encrypted",
            expected="signed alone",
        )
    if len(parts) != 3 or len(parts[0]) > MAX_HEADER:
        seen = f"{len(parts)} parts, a header of {len(parts[0])} signs"
        raise _not_as_agreed("token_malformed", seen, "token", f"3 parts, {MAX_HEADER} signs")
    try:
        raw = base64.b64decode(parts[0] + "=" * (-len(parts[0]) % 4), b"-_", validate=True)
    except binascii.Error:
        raise _not_as_agreed("token_malformed", "no base64url", "header", "base64url") from None
    return json_object(raw)


def json_object(raw: bytes) -> Mapping[str, Any]:
    """One object, in which each name stands once. Raises ProviderRefused."""
    try:
        document = json.loads(raw, parse_constant=_no_constant, object_pairs_hook=_no_doubles)
    except (ValueError, RecursionError):
        raise _not_as_agreed("token_malformed", "not JSON", "token", "JSON") from None
    if not isinstance(document, dict):
        raise _not_as_agreed("token_malformed", "not an object", "token", "an object")
    return document


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _bytes(text: str) -> bytes:
    """JSON may hold half of a character, which UTF-8 does not: it fits nothing."""
    return text.encode(errors="surrogatepass")


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice")  # readers disagree about which one counts
    return found


def _check_parties(claims: Claims, settings: OidcSettings) -> None:
    if claims.get("iss") != settings.issuer:
        raise ProviderRefused(
            "token_issuer",
            element="iss",
            seen=_seen(claims.get("iss")),
            expected=settings.issuer,
            setting="oidc.issuer",
        )
    audiences = _audiences(claims)
    if settings.client_id not in audiences:
        raise ProviderRefused(
            "token_audience",
            element="aud",
            seen=_seen(claims.get("aud")),
            expected=settings.client_id,
        )
    # Whoever else it is for could have asked for it: only those that the record trusts.
    if not set(audiences) <= {settings.client_id, *settings.trusted_audiences}:
        raise ProviderRefused(
            "audience_untrusted",
            "an audience that is not trusted",
            element="aud",
            seen=_seen(claims.get("aud")),
            expected=", ".join((settings.client_id, *settings.trusted_audiences)),
            setting="oidc.trusted_audiences",
        )
    if claims.get("azp", settings.client_id) != settings.client_id:
        raise ProviderRefused(
            "token_azp", element="azp", seen=_seen(claims["azp"]), expected=settings.client_id
        )


def _audiences(claims: Claims) -> tuple[str, ...]:
    """One text, or a list of texts; none for anything else."""
    aud = claims.get("aud")
    values = aud if isinstance(aud, list) else [aud]
    if len(values) > MAX_AUDIENCES or not all(isinstance(value, str) for value in values):
        return ()
    return tuple(values)


def _check_azp(claims: Claims, settings: OidcSettings) -> None:
    """A token for several says for which of them it was made (§3.1.3.7, 4)."""
    if "azp" not in claims and set(_audiences(claims)) != {settings.client_id}:
        raise ProviderRefused(
            "token_azp",
            "none, with several audiences",
            element="azp",
            seen=received.NONE,
            expected=settings.client_id,
        )


def _seen(value: object) -> str:
    """A name of a party as a trace holds it; of several all."""
    names = value if isinstance(value, list) else [value]
    return received.masked(", ".join(name for name in names if isinstance(name, str)) or None)


def _check_times(claims: Claims, now: float, skew: int, asked: float) -> None:
    """A token is made when we fetch it: one from before we asked, or that is over already, tells of
    a clock that is behind. ``asked``: when the login was asked for.
    """
    exp, iat = seconds_in(claims, "exp"), seconds_in(claims, "iat")
    allowed = timedelta(seconds=skew)
    is_behind = iat < asked - skew
    behind = times.clock("iat", timedelta(seconds=iat - asked), allowed, SKEW)
    if now >= exp + skew:
        over = times.late("exp", timedelta(seconds=now - exp), allowed, SKEW)
        raise ProviderRefused("token_expired", "", **(behind if is_behind else over))
    begins = max(iat, seconds_in(claims, "nbf")) if "nbf" in claims else iat
    if begins > now + skew:
        at = "iat" if begins == iat else "nbf"
        ahead = times.clock(at, timedelta(seconds=begins - now), allowed, SKEW)
        raise ProviderRefused("token_not_yet_valid", "", **ahead)
    if now - iat > MAX_IAT_SECONDS:
        longest = timedelta(seconds=MAX_IAT_SECONDS)
        old = times.waited("iat", timedelta(seconds=now - iat), longest)
        raise ProviderRefused("token_too_old", "", **(behind if is_behind else old))


def seconds_in(claims: Claims, name: str) -> float:
    """A NumericDate (RFC 7519 §2). Raises ProviderRefused."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ProviderRefused(
            "token_time",
            f"{name} is missing or no number",
            element=name,
            seen=received.NONE if value is None else "no number",
            expected="seconds since 1970",
        )
    if not 0 <= value < 2**40 or not math.isfinite(value):
        raise ProviderRefused(
            "token_time",
            f"{name} is out of range",
            element=name,
            seen="out of range",
            expected="seconds since 1970",
        )
    return float(value)


def _check_nonce(claims: Claims, nonce: str) -> None:
    given = claims.get("nonce")
    if not isinstance(given, str) or not hmac.compare_digest(_bytes(given), nonce.encode()):
        seen = received.NONE if given is None else "another one"
        raise ProviderRefused("token_nonce", element="nonce", seen=seen, expected="our nonce")


def _check_hash(claims: Claims, name: str, value: str | None) -> None:
    """``at_hash`` and ``c_hash``: half of SHA-256, as for each algorithm we register."""
    if name not in claims:
        return
    given = claims[name]
    if value is None or not isinstance(given, str):
        raise _not_as_agreed("token_hash", name, name, "a hash of what came with it")
    half = hashlib.sha256(value.encode()).digest()[:16]
    wanted = base64.urlsafe_b64encode(half).rstrip(b"=")
    if not hmac.compare_digest(_bytes(given), wanted):
        raise _not_as_agreed("token_hash", name, name, "half of its SHA-256")


def _check_authentication_time(
    claims: Claims, expected: ExpectedToken, now: float, skew: int
) -> None:
    """Where a fresh login was asked for, the makelaar must say when it was (§3.1.3.7, 13)."""
    if "auth_time" in claims and seconds_in(claims, "auth_time") > now + skew:
        ahead = timedelta(seconds=seconds_in(claims, "auth_time") - now)
        found = times.clock("auth_time", ahead, timedelta(seconds=skew), SKEW)
        raise ProviderRefused("authentication_time", "in the future", **found)
    asked = expected.max_age is not None or expected.fresh_since is not None
    if asked and claims.get("auth_time") is None:
        raise ProviderRefused(
            "auth_time_missing",
            "a new login was asked",
            element="auth_time",
            seen=received.NONE,
            expected="when somebody logged in",
        )
    if expected.max_age is not None and (
        now - seconds_in(claims, "auth_time") > expected.max_age + skew
    ):
        found = _too_old(claims, now, expected.max_age + skew)
        raise ProviderRefused("authentication_too_old", "older than max_age", **found)
    if expected.fresh_since is not None and (
        seconds_in(claims, "auth_time") < expected.fresh_since.timestamp() - skew
    ):
        found = _too_old(claims, now, now - expected.fresh_since.timestamp() + skew)
        raise ProviderRefused("authentication_too_old", "before it was asked for", **found)


def _too_old(claims: Claims, now: float, allowed: float) -> dict[str, Any]:
    age = timedelta(seconds=now - seconds_in(claims, "auth_time"))
    return times.too_old("auth_time", age, timedelta(seconds=allowed))
