"""Authorization requests that a portal brings before the browser comes (RFC 9126): judged at once,
kept sealed, found by their own client alone, and once, while what proved that client still does.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any, Final

from broker.errors import PageError
from broker.oidc.authorization_request import HintReader, parse, response_target
from broker.oidc.client_authentication import Authenticated, not_fresh, proves_still
from broker.oidc.client_keys import ClientKeys
from broker.oidc.errors import AuthorizationError, Refused, TokenError, UnknownTarget
from broker.oidc.parameters import Parameters
from broker.runtime import Runtime
from broker.web.refusals import LONGEST, shown_address
from directory.services import OidcClient, Service
from keys.opening import open_or_log
from keys.sealing import Sealer
from state.ephemeral import Operation, Put

PREFIX: Final = "urn:ietf:params:oauth:request_uri:"
SECONDS: Final = 90  # the browser follows at once
LONGEST_REQUEST: Final = 32 * 1024  # bytes as it is kept
# What proves the client is no part of its request.
_PROOF: Final = frozenset({"client_secret", "client_assertion", "client_assertion_type"})


def keep(
    rt: Runtime, parameters: Parameters, who: Authenticated, read_hint: HintReader
) -> Mapping[str, Any]:
    """The answer to a request that is in order, which waits from now on. Raises TokenError."""
    asked = _asked(parameters, who.client)
    packed = json.dumps([who.proof, asked.pairs], ensure_ascii=False).encode()
    if len(packed) > LONGEST_REQUEST:
        raise TokenError("invalid_request", f"send {LONGEST_REQUEST} bytes at most", 413)
    _judge(asked, who.client, rt.configuration.services, read_hint)
    name = secrets.token_urlsafe(32)
    once: list[Operation] = [who.once] if who.once else []
    *fresh, _ = rt.store.batch([*once, _put(rt.sealer, who.client.client_id, name, packed)])
    if not all(fresh):
        # Nobody was told the name under which it waits.
        raise not_fresh()
    return {"request_uri": PREFIX + name, "expires_in": SECONDS}


def _asked(parameters: Parameters, client: OidcClient) -> Parameters:
    """The request alone. Raises TokenError."""
    if parameters.one("request_uri") is not None:
        raise TokenError("invalid_request", "send the request itself, without request_uri")
    asked = parameters.without(_PROOF)
    if asked.one("client_id") is None:  # it stands in the header
        asked = asked.adding("client_id", client.client_id)
    return asked


def _judge(
    asked: Parameters, client: OidcClient, services: Mapping[str, Service], read_hint: HintReader
) -> None:
    """As it will be judged once more when the browser comes. Raises TokenError."""
    try:
        to = response_target(asked, {client.client_id: client})
        parse(asked, to, services, read_hint)
    except UnknownTarget as unknown:
        sent = shown_address(unknown.sent, unknown.registered) if unknown.sent else "none"
        raise TokenError(
            "invalid_request",
            "redirect_uri is missing or not registered",
            reason=Refused.ADDRESS,
            found={"sent": sent, "registered": " ".join(unknown.registered)[:LONGEST]},
        ) from None
    except PageError as wrong:
        raise TokenError("invalid_request", f"wrong parameter: {wrong.detail}") from None
    except AuthorizationError as wrong:
        raise TokenError(wrong.error, wrong.description, reason=Refused.REQUEST) from None


def name_in(parameters: Parameters) -> str | None:
    """The name of a request that was brought here; None where this one stands by itself, or names
    something of others, which is refused as a parameter that is not supported. Raises Repeated,
    ValueError.
    """
    said = parameters.one("request_uri") or ""
    return said.removeprefix(PREFIX) if said.startswith(PREFIX) else None


def take(rt: Runtime, client: OidcClient, name: str, keys: ClientKeys) -> Parameters:
    """The request that this client brought, once; what stands beside its name counts for nothing
    (§4). Raises PageError where it brought none, or it is over or was taken, or was brought with a
    secret or key that proves nothing any more.
    """
    key = _key(client.client_id, name)
    raw = rt.store.take(key)
    opened = open_or_log(rt.sealer, raw, key, what="pushed request") if raw is not None else None
    if opened is None:
        raise PageError(400, "request_gone", "no such request of this client, or not any more")
    proof, pairs = json.loads(opened)
    if not proves_still(proof, client, keys):
        raise PageError(400, "request_gone", "brought with a secret or key that counts no more")
    return Parameters([(str(one), str(value)) for one, value in pairs])


def _key(client_id: str, name: str) -> str:
    """Of one client: for another there is nothing, and nothing of this one is used up."""
    digest = hashlib.sha256(json.dumps([client_id, name]).encode()).hexdigest()
    return f"pushed:{digest}"


def _put(sealer: Sealer, client_id: str, name: str, packed: bytes) -> Put:
    key = _key(client_id, name)
    return Put(key, sealer.seal(packed, key), SECONDS)
