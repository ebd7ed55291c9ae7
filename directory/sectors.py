"""Sectors: which portals know the same person by the same pseudonym (OpenID Connect Core §8.1, SAML
Core §8.3.7).

A sector never moves by itself: the subjects of everybody would change. So what an earlier version
took for an app without a host is still read as it was then.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import SplitResult, urlsplit

from directory.saml_portals import SamlServiceProvider
from directory.services import OidcClient, RelyingParty
from directory.web_addresses import is_loopback_host
from keys.sealing import Sealer

_WEB: Final = ("https", "http")


def pairwise_sub(sealer: Sealer, party: RelyingParty, person_id: str) -> str:
    """The person, known to this sector alone: keyed hash of sector and person."""
    return sealer.fingerprint("pairwise-sub", sector(party), person_id)


def sector(party: RelyingParty) -> str:
    """What a registration that stands belongs to: its ``sector_identifier``, else the one host of
    its redirect URIs, else itself. A portal that speaks SAML has no such host.
    """
    said = named(party)
    if said is not None:
        return said
    hosts = {at.hostname or "" for at in _parts(party)}
    return hosts.pop() if len(hosts) == 1 else alone(party)


def named(party: RelyingParty) -> str | None:
    """The sector that a registration names itself."""
    if isinstance(party, OidcClient | SamlServiceProvider):
        return party.sector_identifier
    return None


def alone(party: RelyingParty) -> str:
    """The sector of this portal and no other."""
    return f"client:{party.client_id}"


def is_app(party: RelyingParty) -> bool:
    """An app on a device of the user."""
    return isinstance(party, OidcClient) and party.application_type == "native"


def hosts_of(party: RelyingParty) -> frozenset[str]:
    """The hosts of the web among its redirect URIs. An app's own scheme, and the loopback address
    on which it listens, are every app's; the names of this machine are one.
    """
    found = {at.hostname for at in _parts(party) if at.hostname and at.scheme in _WEB}
    outside = frozenset(host for host in found if not is_loopback_host(host))
    return frozenset(found) if outside and not is_app(party) else outside


def _parts(party: RelyingParty) -> Iterator[SplitResult]:
    """Of every address that is one: what was registered before the rules may be none."""
    for uri in party.redirect_uris if isinstance(party, OidcClient) else ():
        try:
            yield urlsplit(uri)
        except ValueError:
            continue
