"""A makelaar that speaks OpenID Connect: its discovery, its keys, and whether it knows us."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from admin.parties.trouble import PartyTrouble, Stuck, fetched_object
from admin.registrations.makelaar_rules import DISCOVERY
from admin.registrations.rule import shown
from keys.keyring import KeyRing
from providers.interface import ProviderRefused, ProviderUnavailable
from providers.oidc import client, discovery
from providers.oidc.discovery import ProviderMetadata
from providers.oidc.keys import MAX_BYTES, read_jwks
from providers.registry import OidcSettings
from state.outgoing import OutgoingClient

_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
NO_CODE: Final = "sluis-doctor-tries-whether-you-know-it"  # nobody gave this code
_VERIFIER: Final = "x" * 43


def troubles(
    settings: OidcSettings,
    calls: OutgoingClient,
    *,
    keyring: KeyRing | None,
    redirect_uri: str,
    now: datetime,
) -> Iterator[PartyTrouble]:
    """Without ``keyring`` the makelaar is not asked whether it knows us, which takes a token
    request that must fail.
    """
    try:
        url = settings.issuer.rstrip("/") + DISCOVERY
        document = fetched_object(calls, url, "oidc.issuer", max_bytes=discovery.MAX_BYTES)
        metadata = _metadata(document, settings)
        yield from _wishes(document, settings)
        yield from _keys(metadata, settings, calls)
        if keyring is not None:
            yield from _knows_us(metadata, settings, calls, keyring, redirect_uri, now)
    except Stuck as stuck:
        yield stuck.trouble


def _metadata(document: Mapping[str, Any], settings: OidcSettings) -> ProviderMetadata:
    """Raises Stuck with what stands there and what would fit."""
    issuer = document.get("issuer")
    if issuer != settings.issuer:
        raise Stuck(
            "oidc.issuer",
            f"its discovery says issuer {shown(issuer)}, the registration {settings.issuer!r}",
            f"write oidc.issuer: {shown(issuer)} if that is this makelaar",
        )
    wanted = (*_ENDPOINTS, *(("userinfo_endpoint",) if settings.userinfo else ()))
    hosts = {urlsplit(url).netloc for name in wanted if isinstance(url := document.get(name), str)}
    others = hosts - {urlsplit(settings.issuer).netloc} - set(settings.endpoint_hosts)
    try:
        return discovery.read_metadata(document, settings)
    except (ProviderUnavailable, ValueError) as unfit:
        remedy = (
            f"add to oidc.endpoint_hosts, if they are this makelaar's: {', '.join(sorted(others))}"
            if others
            else "let the makelaar mend its discovery"
        )
        raise Stuck("oidc.issuer", str(unfit), remedy) from None


def _wishes(document: Mapping[str, Any], settings: OidcSettings) -> Iterator[PartyTrouble]:
    """What discovery says is not done there (Discovery §3); silence says nothing."""
    for field, name in (
        ("id_token_signed_response_alg", "id_token_signing_alg_values_supported"),
        ("token_endpoint_auth_method", "token_endpoint_auth_methods_supported"),
    ):
        offered, ours = document.get(name), getattr(settings, field)
        if isinstance(offered, list) and ours not in offered:
            told = ", ".join(str(one)[:40] for one in offered[:10] if isinstance(one, str))
            yield PartyTrouble(
                f"oidc.{field}",
                f"it is {ours}, and the makelaar offers {told or 'none'}",
                "choose one of those, or let the makelaar set it for us",
            )


def _keys(
    metadata: ProviderMetadata, settings: OidcSettings, calls: OutgoingClient
) -> Iterator[PartyTrouble]:
    document = fetched_object(calls, metadata.jwks_uri, "oidc.issuer", max_bytes=MAX_BYTES)
    alg = settings.id_token_signed_response_alg
    try:
        published = read_jwks(document)
        if not published.keys:
            raise ProviderUnavailable("no usable key in its key set")
        fits = published.choose(None, alg) is not None
    except ProviderRefused:
        fits = True  # several: each token names its own
    except ProviderUnavailable as unfit:
        yield PartyTrouble("oidc.issuer", str(unfit), "let the makelaar mend its key set")
        return
    if not fits:
        yield PartyTrouble(
            "oidc.id_token_signed_response_alg",
            f"the makelaar publishes no key for {alg}",
            "write the algorithm that it signs with",
        )


def _knows_us(
    metadata: ProviderMetadata,
    settings: OidcSettings,
    calls: OutgoingClient,
    keyring: KeyRing,
    redirect_uri: str,
    now: datetime,
) -> Iterator[PartyTrouble]:
    """A code that nobody gave: whoever knows us refuses the code, and else refuses us (RFC 6749
    §5.2).
    """
    field = (
        "oidc.client_secret_file"
        if settings.token_endpoint_auth_method != "private_key_jwt"
        else "oidc.client_id"
    )
    try:
        client.redeem(
            calls,
            settings=settings,
            metadata=metadata,
            keyring=keyring,
            code=NO_CODE,
            values={"redirect_uri": redirect_uri, "code_verifier": _VERIFIER},
            now=now,
        )
    except ProviderRefused:
        return
    except ProviderUnavailable as refused:
        keys = (
            "fetches our keys at /oidc/client-jwks"
            if field == "oidc.client_id"
            else "has the secret that is in the file"
        )
        yield PartyTrouble(
            field,
            f"{refused}; asked as {settings.client_id!r} by {settings.token_endpoint_auth_method}",
            f"look with the makelaar whether it knows this client_id and method, and {keys}",
        )
