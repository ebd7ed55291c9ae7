"""What a portal's registration must hold to work at all, and must not hold: of every portal, and of
those that speak OpenID Connect.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from admin.registrations.rule import Breach, Rule, addresses, called, never, shown
from consent.release import CLAIMS
from directory.services import OidcClient, RelyingParty
from directory.web_addresses import done_fault, link_fault, odd_host, return_fault
from keys.public_jwks import read_public_jwks
from state.outgoing import OutgoingClient

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_OF_NOTHING: Final = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
_BY_SECRET: Final = frozenset({"client_secret_basic", "client_secret_post"})


def _native(client: OidcClient) -> bool:
    return client.application_type == "native"


def _by_secret(client: OidcClient) -> bool:
    return client.token_endpoint_auth_method in _BY_SECRET


def _by_key(client: OidcClient) -> bool:
    return client.token_endpoint_auth_method == "private_key_jwt"


def _digests(client: OidcClient, _: OutgoingClient) -> Iterator[Breach]:
    for number, digest in enumerate(client.secret_sha256):
        field = f"secret_sha256.{number}"
        if digest == _OF_NOTHING:
            yield Breach(field, "it is the digest of nothing", "give that of a generated secret")
        elif not _DIGEST.fullmatch(digest):  # not shown: it may be the secret itself
            yield Breach(
                field,
                "it is no SHA-256, so no secret will ever fit",
                "write 64 hex digits, as printf %s SECRET | sha256sum gives; if this was the "
                "secret itself, make another one",
            )


def _keys(client: OidcClient, _: OutgoingClient) -> Iterator[Breach]:
    if client.jwks is None:
        return
    for fault in read_public_jwks(client.jwks).faults:
        place = f"jwks.{fault.place}" if fault.place else "jwks"
        yield Breach(place, fault.what, fault.instead, warns=not fault.is_grave)


def _claims(client: RelyingParty, _: OutgoingClient) -> Iterator[Breach]:
    seen: set[str] = set()
    for number, claim in enumerate(client.claims):
        field = f"claims.{number}.name"
        if claim.name not in CLAIMS:
            known = ", ".join(sorted(CLAIMS))
            yield Breach(field, f"there is no claim {shown(claim.name)}", f"known: {known}")
        elif claim.name in seen:
            yield Breach(field, f"{claim.name} stands here twice", "give it one purpose")
        seen.add(claim.name)


def _capitals(client: OidcClient, _: OutgoingClient) -> Iterator[Breach]:
    for field in ("redirect_uris", "post_logout_redirect_uris"):
        for number, address in enumerate(getattr(client, field)):
            if odd_host(address):
                yield Breach(
                    f"{field}.{number}",
                    f"{shown(address)}: addresses are compared sign by sign, and most portals send "
                    "scheme and host in small letters",
                    "write them so, unless this one sends capitals",
                    warns=True,
                )


PORTAL_RULES: Final[tuple[Rule[RelyingParty], ...]] = (
    addresses("home_url", lambda portal: portal.home_url, lambda _, at: link_fault(at)),
    Rule("claims", _claims),
)
CLIENT_RULES: Final[tuple[Rule[OidcClient], ...]] = (
    addresses(
        "redirect_uris",
        lambda client: client.redirect_uris,
        lambda client, address: return_fault(address, native=_native(client)),
    ),
    addresses(
        "post_logout_redirect_uris",
        lambda client: client.post_logout_redirect_uris,
        lambda client, address: done_fault(address, native=_native(client)),
    ),
    Rule("redirect_uris", _capitals),
    addresses(
        "initiate_login_uri", lambda client: client.initiate_login_uri, lambda _, at: link_fault(at)
    ),
    called("backchannel_logout_uri", lambda client: client.backchannel_logout_uri),
    called("jwks_uri", lambda client: client.jwks_uri),
    never(
        "secret_sha256",
        lambda client: _by_secret(client) and not client.secret_sha256,
        "this method needs a secret, and there is none",
        "add what sluis client secret prints, or choose another token_endpoint_auth_method",
    ),
    never(
        "secret_sha256",
        lambda client: not _by_secret(client) and bool(client.secret_sha256),
        "with this token_endpoint_auth_method nobody asks for the secret",
        "take it away, or write client_secret_basic",
    ),
    Rule("secret_sha256", _digests),
    never(
        "jwks",
        lambda client: _by_key(client) and client.jwks is None and client.jwks_uri is None,
        "private_key_jwt needs keys, and there are none",
        "add jwks or jwks_uri, or choose another token_endpoint_auth_method",
    ),
    never(
        "jwks_uri",
        lambda client: client.jwks is not None and client.jwks_uri is not None,
        "jwks stands beside it, and only one of them may hold the keys (RFC 7591 §2)",
        "keep jwks_uri where the portal publishes its keys, else jwks",
    ),
    Rule("jwks", _keys),
    never(
        "require_pkce",
        lambda client: client.token_endpoint_auth_method == "none" and not client.require_pkce,
        "a client without a secret or key always needs PKCE",
        "leave it out",
    ),
)
