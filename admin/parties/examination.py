"""Examination: every makelaar and portal tried, several at once, and told by registration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Final

from sqlalchemy.orm import Session

from admin.parties import oidc_makelaars, portals, saml_makelaars, saml_portals
from admin.parties.trouble import PartyTrouble
from admin.registrations import rules
from broker.configuration import registered as as_registered
from broker.settings import Settings
from directory.saml_portals import SamlServiceProvider
from directory.services import OidcClient, RelyingParty
from keys.keyring import KeyRing
from providers.factory import oidc_callback_url
from providers.registry import ProviderRecord
from providers.saml.metadata_party import in_use
from state import party_metadata
from state.outgoing import OutgoingClient
from state.registrations import DocumentUnknown, Kind, Registration, all_registrations

AT_ONCE: Final = 8
RegisteredParty = ProviderRecord | RelyingParty


@dataclass(frozen=True)
class TriedParty:
    """One registration and what is wrong with it; ``note`` where it was not tried."""

    kind: str
    name: str
    troubles: tuple[PartyTrouble, ...]
    note: str = ""


@dataclass(frozen=True)
class Means:
    """With what parties are tried. ``keyring``: also ask makelaars whether they know us, and call
    logout addresses; None for who does that every quarter of an hour.
    """

    settings: Settings
    calls: Callable[[], OutgoingClient]  # of each party its own, so that none holds up another
    keyring: KeyRing | None
    now: datetime


def registered(session: Session, means: Means) -> list[TriedParty]:
    """Everything that stands, in the order of kind and name. One whose document this version does
    not read is told as that, and keeps no other from being tried. Raises KindUnknown.
    """
    rows = [row for row in all_registrations(session) if row.kind in _PARTIES]
    copies = party_metadata.copies(session)
    found, unread = list[tuple[RegisteredParty, datetime | None]](), list[TriedParty]()
    for row in rows:
        try:
            model = in_use(as_registered(row), copies)
        except DocumentUnknown as unknown:
            unread.append(_unread(row, unknown))
            continue
        if isinstance(model, ProviderRecord | RelyingParty):
            found.append((model, row.changed_at))
    order = {(row.kind, row.name): number for number, row in enumerate(rows)}
    all_of = [*examined(found, means), *unread]
    return sorted(all_of, key=lambda one: order[Kind(one.kind), one.name])


def _unread(row: Registration, unknown: DocumentUnknown) -> TriedParty:
    seen, _, remedy = str(unknown).partition("; ")
    return TriedParty(row.kind, row.name, (PartyTrouble("document", seen, remedy),))


def examined(
    parties: Iterable[tuple[RegisteredParty, datetime | None]], means: Means
) -> list[TriedParty]:
    """These, each with when it was registered so; None for what is not yet."""
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="parties") as pool:
        return list(pool.map(lambda given: _one(given[0], given[1], means), parties))


_PARTIES: Final = frozenset({Kind.IDENTITY_PROVIDER, Kind.CLIENT})


def _one(party: RegisteredParty, since: datetime | None, means: Means) -> TriedParty:
    kind = Kind.IDENTITY_PROVIDER if isinstance(party, ProviderRecord) else Kind.CLIENT
    calls = means.calls()
    broken = [
        PartyTrouble(one.field, one.what, one.instead)
        for one in rules.breaches(kind, party, calls)
        if not one.warns
    ]
    if isinstance(party, ProviderRecord) and party.state == "paused":
        return TriedParty(kind, party.key, tuple(broken), "paused, so it was not tried")
    fields = {one.field for one in broken}
    tried = (one for one in _tried(party, calls, since, means) if one.field not in fields)
    return TriedParty(kind, party.key, tuple(chain(broken, tried)))


def _tried(
    party: RegisteredParty, calls: OutgoingClient, since: datetime | None, means: Means
) -> Iterator[PartyTrouble]:
    if isinstance(party, OidcClient):
        yield from portals.troubles(party, calls, reach=means.keyring is not None)
    elif isinstance(party, SamlServiceProvider):
        yield from saml_portals.troubles(party, calls, now=means.now)
        if means.keyring is not None:
            yield from saml_portals.logout_troubles(party, calls, now=means.now)
    elif isinstance(party, ProviderRecord):
        yield from _of_makelaar(party, calls, since, means)


def _of_makelaar(
    party: ProviderRecord, calls: OutgoingClient, since: datetime | None, means: Means
) -> Iterator[PartyTrouble]:
    if party.oidc is not None:
        yield from oidc_makelaars.troubles(
            party.oidc,
            calls,
            keyring=means.keyring,
            redirect_uri=oidc_callback_url(means.settings.base_url, party.id),
            now=means.now,
        )
    if party.saml is not None:
        yield from saml_makelaars.troubles(party.saml, calls, now=means.now, since=since)
