"""A makelaar that speaks OpenID Connect: its discovery, its keys, and whether it knows us."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from admin.parties.trouble import LoginWords, PartyTrouble, Stuck, fetched_object
from admin.registrations.rule import shown
from keys.keyring import KeyRing
from providers.calls import DISCOVERY_URL, ISSUER, MakelaarEndpoint, of_call, of_status, unreadable
from providers.interface import ProviderRefused, ProviderUnavailable
from providers.oidc import client, discovery
from providers.oidc.client_proof import ALGORITHMS, assertion_algorithm
from providers.oidc.discovery import ProviderMetadata
from providers.oidc.encrypted_tokens import ID_TOKEN, USERINFO, agreed
from providers.oidc.errors import proof_setting
from providers.oidc.keys import MAX_BYTES, read_jwks
from providers.registry import OidcSettings
from providers.trouble import Trouble
from state.outgoing import OutgoingClient

NO_CODE: Final = "sluis-doctor-tries-whether-you-know-it"  # nobody gave this code
_THEIRS: Final = "let the makelaar mend jwks_uri in its discovery"
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
        document = fetched_object(
            calls,
            discovery.discovery_url(settings),
            _at(settings),
            max_bytes=discovery.MAX_BYTES,
            words=_words(MakelaarEndpoint.DISCOVERY),
        )
        metadata = _metadata(document, settings)
        yield from _wishes(document, settings)
        yield from _proof(document, metadata, settings)
        yield from _keys(metadata, settings, calls)
        if keyring is not None:
            yield from _knows_us(metadata, settings, calls, keyring, redirect_uri, now)
    except Stuck as stuck:
        yield stuck.trouble


def _at(settings: OidcSettings) -> str:
    """The setting that says where the document is."""
    return ISSUER if settings.discovery_url is None else DISCOVERY_URL


def _metadata(document: Mapping[str, Any], settings: OidcSettings) -> ProviderMetadata:
    """Raises Stuck with what stands there and what would fit."""
    try:
        return discovery.read_metadata(document, settings)
    except ProviderUnavailable as unfit:
        seen, remedy = _unfit(unfit, document, settings)
        field = str(unfit.measured.get("setting", "oidc.issuer"))
        raise Stuck(field, seen, remedy, unfit.reason) from None


def _unfit(
    unfit: ProviderUnavailable, document: Mapping[str, Any], settings: OidcSettings
) -> tuple[str, str]:
    """What was seen, and what to do."""
    if unfit.trouble is Trouble.DISCOVERY_ISSUER:
        issuer = shown(document.get("issuer"))
        seen = f"its discovery says issuer {issuer}, the registration {settings.issuer!r}"
        if "placeholder" in unfit.measured:
            return seen, (
                "this address is of all tenants together: write oidc.issuer with the id of the "
                "tenant, as in https://login.microsoftonline.com/<tenant id>/v2.0"
            )
        line = unfit.measured.get("line")
        more = f"; is its discovery not found below that, then beside it {line}" if line else ""
        return seen, f"write oidc.issuer: {issuer} if that is this makelaar{more}"
    if unfit.trouble is Trouble.DISCOVERY_HOST:
        hosts = unfit.measured["seen"]
        remedy = f"add to oidc.endpoint_hosts, if they are this makelaar's: {hosts}"
        return str(unfit), remedy
    if unfit.trouble is Trouble.USERINFO_ABSENT:
        return str(unfit), "write oidc.userinfo: false, or let the makelaar offer userinfo"
    if unfit.trouble is Trouble.DISCOVERY_NOT_FOUND:
        return str(unfit), "correct the address: what is there is no discovery of a makelaar"
    return str(unfit), "let the makelaar mend its discovery"


def _words(endpoint: MakelaarEndpoint) -> LoginWords:
    return LoginWords(
        lambda error: of_call(endpoint, error).value,
        lambda status: of_status(endpoint, status).value,
        unreadable(endpoint, "", "").reason,
    )


def _encryptions(settings: OidcSettings) -> Iterator[tuple[str, str]]:
    """Settings and what discovery calls them, where encryption was agreed."""
    for what in (ID_TOKEN, USERINFO):
        for member in ("alg", "enc") if agreed(settings, what) is not None else ():
            yield (
                f"{what}_encrypted_response_{member}",
                f"{what}_encryption_{member}_values_supported",
            )


def _wishes(document: Mapping[str, Any], settings: OidcSettings) -> Iterator[PartyTrouble]:
    """What discovery says is not done there (Discovery §3); silence says nothing."""
    for field, name in (
        ("id_token_signed_response_alg", "id_token_signing_alg_values_supported"),
        ("token_endpoint_auth_method", "token_endpoint_auth_methods_supported"),
        *_encryptions(settings),
    ):
        offered, ours = document.get(name), getattr(settings, field)
        if isinstance(offered, list) and ours not in offered:
            told = ", ".join(str(one)[:40] for one in offered[:10] if isinstance(one, str))
            yield PartyTrouble(
                f"oidc.{field}",
                f"it is {ours}, and the makelaar offers {told or 'none'}",
                "choose one of those, or let the makelaar set it for us",
            )


def _proof(
    document: Mapping[str, Any], metadata: ProviderMetadata, settings: OidcSettings
) -> Iterator[PartyTrouble]:
    """With what our assertions are signed; silence says nothing."""
    offered = document.get("token_endpoint_auth_signing_alg_values_supported")
    ours = assertion_algorithm(settings, metadata)
    by_key = settings.token_endpoint_auth_method == "private_key_jwt"
    if by_key and isinstance(offered, list) and ours not in offered:
        told = ", ".join(str(one)[:40] for one in offered[:10] if isinstance(one, str))
        yield PartyTrouble(
            "oidc.token_endpoint_auth_signing_alg",
            f"our key for private_key_jwt signs with {ours}, and the makelaar takes "
            f"{told or 'none'}",
            f"let the makelaar take one of {', '.join(ALGORITHMS)} from us, or choose a secret",
        )


def _keys(
    metadata: ProviderMetadata, settings: OidcSettings, calls: OutgoingClient
) -> Iterator[PartyTrouble]:
    words = _words(MakelaarEndpoint.JWKS)
    document = fetched_object(
        calls, metadata.jwks_uri, "oidc.issuer", max_bytes=MAX_BYTES, words=words, correct=_THEIRS
    )
    alg = settings.id_token_signed_response_alg
    try:
        published = read_jwks(document)
        if not published.keys:
            raise ProviderUnavailable("no usable key in its key set", Trouble.KEYS)
        fits = published.choose(None, alg) is not None
    except ProviderRefused:
        fits = True  # several: each token names its own
    except ProviderUnavailable as unfit:
        remedy = "let the makelaar mend its key set"
        yield PartyTrouble("oidc.issuer", str(unfit), remedy, unfit.reason)
        return
    if not fits:
        yield PartyTrouble(
            "oidc.id_token_signed_response_alg",
            f"the makelaar publishes no key for {alg}",
            "write the algorithm that it signs with",
            "token_alg",
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
    field = proof_setting(settings)
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
        remedy = f"look with the makelaar whether it knows this client_id and method, and {keys}"
        line = refused.measured.get("line")
        if line:
            remedy = f"it expects another audience: write oidc.{line}"
        elsewhere = "oidc.issuer" if refused.trouble in _OF_THE_CALL else field
        yield PartyTrouble(
            str(refused.measured.get("setting", elsewhere)),
            f"{refused}; asked as {settings.client_id!r} by {settings.token_endpoint_auth_method}",
            _OF_THE_CALL.get(refused.trouble, remedy),
            refused.reason,
        )


# Where it says nothing about whether the makelaar knows us.
_OF_THE_CALL: Final[Mapping[Trouble, str]] = {
    Trouble.OWN_KEY: "see sluis keys list, and restore the key from the back-up",
    Trouble.SECRET_FILE: "put the secret in that file, readable for Sluis",
    Trouble.UNAVAILABLE: "look whether the makelaar runs, and try again",
    Trouble.BUSY: "try again later",
    Trouble.SLOW: "let the makelaar look why its server answers slowly",
    Trouble.ANSWER: "let the makelaar look at its token endpoint",
    Trouble.ENDPOINT_REFUSED: "let the makelaar admit this server",
    Trouble.NAME: "let the makelaar mend its DNS, or correct the resolver of this machine",
    Trouble.TLS_NAME: "let the makelaar mend its certificate",
    Trouble.TLS_EXPIRED: "let the makelaar renew its certificate",
    Trouble.UNTRUSTED: "put the authority's certificate in outgoing.ca_file if it is your own",
    Trouble.FORBIDDEN: "make the exception in the setting that is named, or correct the address",
    Trouble.PROXY: "look at outgoing.proxy and at the proxy itself",
    Trouble.REDIRECT_REFUSED: "let the makelaar register our address, sign for sign",
    Trouble.SCOPE_REFUSED: "take it out of oidc.scopes, or let the makelaar allow it",
}
