"""Scopes that RP libraries ask by default, as claims of the registration (Core §5.4).

What leaves is in the registration. A portal that names claims about the person, by scope or by
``claims``, gets those of them alone; one that names none gets what its registration lists.
"""

from __future__ import annotations

from collections.abc import Collection
from types import MappingProxyType
from typing import Final

from consent.release import NAMES_A_PERSON, may_leave
from directory.services import OidcClient, Service

OPENID: Final = "openid"
SERVICE_SCOPE: Final = "urn:uuid:"
CLAIM_OF: Final = MappingProxyType({"profile": "name", "email": "email"})


def released(
    client: OidcClient, scopes: Collection[str], asked: Collection[str]
) -> tuple[str, ...] | None:
    """The registered claims that leave for this request; None: all of them. ``asked``: names in
    ``claims``.
    """
    named = {CLAIM_OF[scope] for scope in scopes if scope in CLAIM_OF}
    wanted = NAMES_A_PERSON & {*named, *asked}
    if not wanted:
        return None
    names = (claim.name for claim in client.claims)
    return tuple(name for name in names if name not in NAMES_A_PERSON or name in wanted)


def granted(client: OidcClient, service: Service, scopes: Collection[str]) -> str:
    """The scopes that were heard, as the token response names them (RFC 6749 §5.1)."""
    open_to = {claim.name for claim in client.claims if may_leave(claim.name, service.consent)}
    heard = [OPENID]
    heard += [scope for scope in scopes if scope == f"{SERVICE_SCOPE}{service.uuid}"]
    heard += [scope for scope in scopes if CLAIM_OF.get(scope) in open_to]
    return " ".join(dict.fromkeys(heard))


def supported(claims: Collection[str]) -> list[str]:
    """What discovery names. ``claims``: that any client may get."""
    return [OPENID, *(scope for scope, claim in CLAIM_OF.items() if claim in claims)]
