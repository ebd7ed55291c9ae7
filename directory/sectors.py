"""Sectors: which portals get the same ``sub`` for the same person (OpenID Connect Core §8.1).

A sector never moves by itself: the subjects of everybody would change. So what an earlier version
took for an app without a host is still read as it was then.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import SplitResult, urlsplit

from directory.services import OidcClient
from directory.web_addresses import is_loopback_host

_WEB: Final = ("https", "http")


def sector(client: OidcClient) -> str:
    """What a registration that stands belongs to: its ``sector_identifier``, else the one host of
    its redirect URIs, else itself.
    """
    if client.sector_identifier is not None:
        return client.sector_identifier
    hosts = {at.hostname or "" for at in _parts(client)}
    return hosts.pop() if len(hosts) == 1 else alone(client)


def alone(client: OidcClient) -> str:
    """The sector of this client and no other."""
    return f"client:{client.client_id}"


def hosts_of(client: OidcClient) -> frozenset[str]:
    """The hosts of the web among its redirect URIs. An app's own scheme, and the loopback address
    on which it listens, are every app's; the names of this machine are one.
    """
    found = {at.hostname for at in _parts(client) if at.hostname and at.scheme in _WEB}
    outside = frozenset(host for host in found if not is_loopback_host(host))
    return frozenset(found) if outside and client.application_type != "native" else outside


def _parts(client: OidcClient) -> Iterator[SplitResult]:
    """Of every address that is one: what was registered before the rules may be none."""
    for uri in client.redirect_uris:
        try:
            yield urlsplit(uri)
        except ValueError:
            continue
