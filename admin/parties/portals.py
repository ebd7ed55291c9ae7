"""A portal: the keys that it publishes, and whether its logout address can be reached."""

from __future__ import annotations

from collections.abc import Iterator

from admin.parties.trouble import PartyTrouble, Stuck, fetched, fetched_object
from broker.oidc.client_keys import MAX_BYTES
from directory.services import OidcClient
from keys.public_jwks import read_public_jwks
from state.outgoing import OutgoingClient


def troubles(client: OidcClient, calls: OutgoingClient, *, reach: bool) -> Iterator[PartyTrouble]:
    """``reach``: also call the logout address, with a GET, which logs nobody out."""
    if client.jwks_uri is not None:
        yield from _keys(client.jwks_uri, calls)
    if reach and client.backchannel_logout_uri is not None:
        yield from logout_address(client.backchannel_logout_uri, "backchannel_logout_uri", calls)


def _keys(uri: str, calls: OutgoingClient) -> Iterator[PartyTrouble]:
    try:
        document = fetched_object(calls, uri, "jwks_uri", max_bytes=MAX_BYTES)
    except Stuck as stuck:
        yield stuck.trouble
        return
    for fault in read_public_jwks(document).faults:
        if fault.is_grave:
            where = f"{uri} {fault.place}".strip()
            yield PartyTrouble("jwks_uri", f"{where}: {fault.what}", f"the portal: {fault.instead}")


def logout_address(uri: str, field: str, calls: OutgoingClient) -> Iterator[PartyTrouble]:
    """Whether somebody listens where this portal is told of logouts; ``field`` names it."""
    try:
        fetched(calls, uri, field, accept="*/*", max_bytes=MAX_BYTES)
    except Stuck as stuck:
        # A status says that somebody listens: most refuse a GET here.
        if not stuck.has_answered:
            yield stuck.trouble
