"""Client authentication at the token endpoint: exactly the method that was registered (Core §9, RFC
7523).

A ``private_key_jwt`` is checked here but counted as seen by the caller, in the batch that it sends
to the store anyway.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard
from urllib.parse import unquote_plus

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from broker.oidc.client_keys import ClientKeys
from broker.oidc.errors import Refused, TokenError
from broker.oidc.parameters import Parameters, Repeated
from broker.settings import Settings
from directory.services import OidcClient
from keys.jose_algorithms import VERIFIED
from keys.jws_registry import verifying
from keys.public_jwks import VerifyingKey, algorithms_of
from state.ephemeral import AddOnce
from state.stores.store_generation import LARGEST_SKEW

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MAX_HEADER = 4096  # of an assertion, in base64url; some bring a certificate, which nobody reads
SKEW_SECONDS = 60
# An emptied store distrusts what a clock that runs LARGEST_SKEW ahead may have issued before. Here
# no clock may run that far ahead, so portals are served again that much earlier.
_AHEAD_AT_MOST = LARGEST_SKEW - timedelta(seconds=SKEW_SECONDS)
NO_SECRET = (hashlib.sha256(b"").hexdigest(),)
UNPROVEN = (
    "client authentication failed: an unknown client_id, another method than was registered, a "
    "wrong secret or key, or no keys at the jwks_uri that was registered"
)
_Verified = tuple[dict[str, Any], str]  # claims, and the thumbprint of the key (RFC 7638)
_HEADERS = verifying(VERIFIED, MAX_HEADER)
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True)
class AssertionRules:
    """What an assertion must be. ``audiences``: each a string, or the members of a list.
    ``longest``: of its life, in seconds.
    """

    audiences: tuple[str | frozenset[str], ...]
    longest: int

    @classmethod
    def of(cls, settings: Settings, endpoint: str = "token") -> AssertionRules:
        """Those of this installation. Another endpoint may be named where the token endpoint may be
        (RFC 9126 §2).
        """
        issuer = settings.base_url
        named = {"issuer": issuer, "token_endpoint": f"{issuer}/token"}
        both = frozenset(named.values())
        chosen = settings.oidc.assertion_audiences
        itself = (f"{issuer}/{endpoint}",) if "token_endpoint" in chosen else ()
        audiences = (*(named.get(each, both) for each in chosen), *itself)
        return cls(tuple(dict.fromkeys(audiences)), settings.oidc.assertion_seconds)

    def is_for_us(self, audience: Any) -> bool:
        """A list is one of exactly these, in any order: another member is another reader."""
        if isinstance(audience, str):
            return audience in self.audiences
        if not isinstance(audience, list) or not all(isinstance(one, str) for one in audience):
            return False
        return len(set(audience)) == len(audience) and frozenset(audience) in self.audiences


@dataclass(frozen=True)
class Authenticated:
    """Who asks. ``once``: the assertion must be new; None for other methods. ``proof``: which
    method, secret or key it was, for ``proves_still``.
    """

    client: OidcClient
    once: AddOnce | None = None
    proof: str = ""

    @property
    def proved_nothing(self) -> bool:
        """An app, which keeps no secret: anybody can ask in its name."""
        return self.client.token_endpoint_auth_method == "none"


@dataclass(frozen=True)
class Presented:
    """What the request offers as proof. ``as_sent``: the secret of a header before it was decoded,
    which is what portals mean that encode nothing.
    """

    method: str
    client_id: str | None
    proof: str
    as_sent: str | None = None


def authenticate(
    parameters: Parameters,
    authorization: str | None,
    *,
    clients: Mapping[str, OidcClient],
    keys: ClientKeys,
    rules: AssertionRules,
    now: datetime,
    presented: Presented | None = None,
) -> Authenticated:
    """The client behind this request. Raises TokenError: ``invalid_request`` for more than one
    proof, else ``invalid_client``; an unknown client, another method and a wrong proof are told in
    one sentence, and apart in ``reason``. ``presented``: what was found of these before.
    """
    presented = presented or _presented(parameters, authorization)
    client = clients.get(presented.client_id or "")
    if client is None:
        _is_one_of(NO_SECRET, presented.proof)  # takes as long as for a client that is known
        raise _unproven(Refused.CLIENT_UNKNOWN, used=presented.method)
    registered = client.token_endpoint_auth_method
    if registered != presented.method:
        _is_one_of(NO_SECRET, presented.proof)
        raise _unproven(Refused.CLIENT_METHOD, used=presented.method, registered=registered)
    once, mark = None, ""
    if presented.method == "private_key_jwt":
        once, mark = _check_assertion(presented, client, keys, rules, now)
    elif presented.method != "none":
        mark = _digest_of(client.secret_sha256, presented)
        if not mark:
            raise _unproven(Refused.CLIENT_SECRET, used=presented.method)
    if parameters.one("client_id") not in (None, client.client_id):
        raise _refused("client_id differs from the authenticated client")
    return Authenticated(client, once, f"{registered} {mark}")


def proves_still(proof: str, client: OidcClient, keys: ClientKeys) -> bool:
    """Would this proof of before (``Authenticated.proof``) prove the client by what is registered
    now?
    """
    method, _, mark = proof.partition(" ")
    if method != client.token_endpoint_auth_method:
        return False
    if method == "private_key_jwt":
        return any(
            key.thumbprint() == mark for known in keys.candidates(client) for key in known.keys
        )
    return method == "none" or mark in client.secret_sha256


def offered_proof(parameters: Parameters, authorization: str | None) -> Presented | None:
    """What this request offers, of the client that it says it is of: nothing of that is believed
    yet. None where it says none clearly.
    """
    try:
        return _presented(parameters, authorization)
    except (TokenError, Repeated, ValueError):
        return None


def _presented(parameters: Parameters, authorization: str | None) -> Presented:
    client_id = parameters.one("client_id")
    offers: list[Presented] = []
    if authorization is not None:
        offers.append(_basic(authorization))
    secret = parameters.one("client_secret")
    if secret is not None:
        offers.append(Presented("client_secret_post", client_id, secret))
    assertion = parameters.one("client_assertion")
    if assertion is not None or parameters.one("client_assertion_type") is not None:
        if parameters.one("client_assertion_type") != ASSERTION_TYPE or assertion is None:
            raise _refused(f"client_assertion_type must be {ASSERTION_TYPE}")
        offers.append(Presented("private_key_jwt", _claimed_client(assertion), assertion))
    if len(offers) > 1:
        # RFC 6749 §5.2: not a failed authentication, a request that is wrong whoever sent it.
        raise TokenError(
            "invalid_request", "use one authentication method", reason=Refused.CLIENT_PROOF
        )
    return offers[0] if offers else Presented("none", client_id, "")


def _basic(authorization: str) -> Presented:
    """RFC 6749 §2.3.1: both parts are form-encoded before they are joined. Authlib and others leave
    that out, which changes a secret with ``+`` or ``%``: such a secret counts as it was sent.
    """
    scheme, _, encoded = authorization.partition(" ")
    try:
        if scheme.lower() != "basic":
            raise ValueError
        client_id, colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        if not colon or not secret or _BAD_PERCENT.search(client_id):
            raise ValueError
    except (ValueError, binascii.Error):
        raise _refused("the Authorization header is not valid Basic") from None
    name, decoded = unquote_plus(client_id), unquote_plus(secret)
    return Presented("client_secret_basic", name, decoded, secret)


def not_fresh() -> TokenError:
    """What is answered to an assertion that the store does not take for a new one."""
    what = "this assertion was used before, or made before our store restarted"
    return _refused(f"{what}; make a new one")


def _refused(reason: str) -> TokenError:
    return TokenError("invalid_client", reason, 401, reason=Refused.CLIENT_PROOF)


def _unproven(reason: Refused, **found: str) -> TokenError:
    """Nothing was proven, so nothing is told of which clients there are and how they prove it."""
    return TokenError("invalid_client", UNPROVEN, 401, reason=reason, found=found)


def _digest_of(digests: Sequence[str], presented: Presented) -> str:
    """Which secret it is; empty for none that is registered. Both readings are compared, always."""
    as_sent = presented.proof if presented.as_sent is None else presented.as_sent
    readings = [presented.proof, as_sent]
    found = [_is_one_of(digests, one) for one in readings]
    return _sha256(readings[found.index(True)]) if any(found) else ""


def _is_one_of(digests: Sequence[str], secret: str) -> bool:
    """Compare with every registered digest, always all of them: two during a change of secret."""
    digest = _sha256(secret).encode()
    equal = [hmac.compare_digest(digest, known.encode()) for known in digests]
    return any(equal)


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _claimed_client(assertion: str) -> str | None:
    """The ``sub`` that the assertion claims, not believed before its signature is checked with that
    client's keys.
    """
    sub = _part(assertion, 1).get("sub")
    return sub if isinstance(sub, str) else None


def _part(assertion: str, number: int) -> dict[str, Any]:
    """What the header (0) or the payload (1) says, not believed; empty where it says nothing."""
    try:
        part = assertion.split(".")[number]
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _check_assertion(
    presented: Presented,
    client: OidcClient,
    keys: ClientKeys,
    rules: AssertionRules,
    now: datetime,
) -> tuple[AddOnce, str]:
    """What is counted as seen, and the thumbprint of the key."""
    claims, thumbprint = _verified(presented, client, keys)
    seconds = now.timestamp()
    expires, issued, jti = claims.get("exp"), claims.get("iat"), claims.get("jti")
    longest = rules.longest
    if claims.get("iss") != client.client_id or claims.get("sub") != client.client_id:
        raise _refused("iss and sub must be the client_id")
    if not rules.is_for_us(claims.get("aud")):
        raise _refused("aud must be the issuer or the token endpoint, as one string")
    if not _is_number(expires) or not (
        seconds - SKEW_SECONDS < expires <= seconds + longest + SKEW_SECONDS
    ):
        raise _refused(f"exp must lie ahead, at most {longest} seconds")
    if issued is not None and not (
        _is_number(issued) and seconds - longest - SKEW_SECONDS <= issued <= seconds + SKEW_SECONDS
    ):
        raise _refused(f"iat must lie behind, at most {longest} seconds")
    not_before = claims.get("nbf")
    if not_before is not None and (
        not _is_number(not_before) or not_before > seconds + SKEW_SECONDS
    ):
        raise _refused("nbf lies in the future")
    if not isinstance(jti, str) or not 8 <= len(jti) <= 200:
        raise _refused("jti must be unique, 8 to 200 characters")
    name = hashlib.sha256(json.dumps([client.client_id, jti]).encode()).hexdigest()
    # Without iat the assertion may be as old as its longest life allows.
    earliest = issued if issued is not None else expires - longest
    once = AddOnce(
        f"jti:{name}",
        int(expires - seconds) + 2 * SKEW_SECONDS,
        datetime.fromtimestamp(earliest, UTC) + _AHEAD_AT_MOST,
    )
    return once, thumbprint


def _verified(presented: Presented, client: OidcClient, keys: ClientKeys) -> _Verified:
    for key_set in keys.candidates(client):
        found = _decode(presented.proof, key_set)
        if found is not None:
            return found
    trouble = keys.trouble(client)
    if trouble is not None:
        raise _unproven(
            Refused.CLIENT_KEYS, used=presented.method, setting="jwks_uri", seen=trouble
        )
    raise _unproven(Refused.CLIENT_SIGNATURE, used=presented.method)


def _decode(assertion: str, key_set: KeySet) -> _Verified | None:
    for key in _fitting(assertion, key_set):
        try:
            parsed = jwt.decode(assertion, key, registry=_HEADERS)
        except (JoseError, ValueError, TypeError, KeyError, RecursionError):
            continue
        return dict(parsed.claims), key.thumbprint()
    return None


def _fitting(assertion: str, key_set: KeySet) -> list[VerifyingKey]:
    """The keys that may have signed: those of the name in the header; without one all, as Authlib
    sends it; and those that were registered without a name, for whatever name the portal gives.
    """
    header = _part(assertion, 0)
    kid, alg = header.get("kid"), header.get("alg")
    keys = [
        key
        for key in key_set.keys
        if isinstance(key, VerifyingKey) and alg in algorithms_of(key) and key.alg in (None, alg)
    ]
    if kid is None:
        return keys
    named = [key for key in keys if key.kid == kid]
    return named or [key for key in keys if key.kid == key.thumbprint()]


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
