"""The parties that speak SAML, as they are registered, and what is kept of the metadata of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from admin.registrations.federation_rows import begin_list
from broker.configuration import called
from broker.configuration import registered as as_registered
from directory.saml_portals import SamlServiceProvider
from providers.federations import Federation
from providers.registry import ProviderRecord
from providers.saml.metadata_party import MetadataParty, party_of
from providers.saml.wire.metadata_facts import MetadataFacts
from providers.saml.wire.metadata_refused import MetadataRefused
from state import party_metadata, registrations
from state.party_metadata import PartyMetadata
from state.registrations import Kind, Registration

KINDS: Final = (Kind.IDENTITY_PROVIDER, Kind.CLIENT)


@dataclass(frozen=True)
class KnownParty:
    """``model``: the registration as it was written, without what was fetched since."""

    party: MetadataParty
    model: ProviderRecord | SamlServiceProvider
    title: str

    def in_use(self, row: PartyMetadata | None) -> str | None:
        """The metadata that hold now."""
        if row is not None and row.origin == self.party.origin and row.document is not None:
            return row.document
        return self.party.settings.metadata

    def kept_facts(self, row: PartyMetadata | None) -> MetadataFacts | None:
        """Of those in use; None where none can be read by the rules of today."""
        document = self.in_use(row)
        try:
            return self.party.facts(document) if document is not None else None
        except MetadataRefused:
            return None


def known_party(session: Session, kind: Kind, name: str) -> KnownParty | None:
    """None for what is not registered, or has no metadata."""
    row = registrations.standing(session, kind, name)
    return _known(row) if row is not None else None


def known_parties(session: Session) -> Iterator[KnownParty]:
    """All that stand, by kind and name."""
    for row in registrations.all_registrations(session):
        found = _known(row) if row.kind in KINDS else None
        if found is not None:
            yield found


def federations(session: Session) -> Iterator[Federation]:
    """All that stand, by name."""
    for row in registrations.all_registrations(session):
        model = as_registered(row) if row.kind is Kind.FEDERATION else None
        if isinstance(model, Federation):
            yield model


def title_of(session: Session, kind: Kind, name: str) -> str | None:
    """What people call whose metadata these are; None for what is not registered."""
    if kind is not Kind.FEDERATION:
        known = known_party(session, kind, name)
        return known.title if known is not None else None
    row = registrations.standing(session, kind, name)
    called_so = called(row) if row is not None else None
    return called_so.nl if called_so is not None else None


def unsettled(session: Session) -> bool:
    """Is there a party without a row of its source, or a row without a party? Three reads."""
    kept = dict(party_metadata.origins(session))
    wanted = {(k.party.kind, k.party.name): k.party.origin for k in known_parties(session)}
    wanted |= {(Kind.FEDERATION, one.id): one.origin for one in federations(session)}
    return kept != wanted


def settle(session: Session, now: datetime) -> int:
    """A row for each party that has none of its source yet, with the transaction of the caller;
    how many. An older version of the program may have registered them.
    """
    kept, standing, made = party_metadata.origins(session), set[tuple[Kind, str]](), 0
    for known in known_parties(session):
        party = known.party
        standing.add((party.kind, party.name))
        if kept.get((party.kind, party.name)) == party.origin:
            continue
        facts = known.kept_facts(None)
        party_metadata.begin(
            session,
            party.kind,
            party.name,
            origin=party.origin,
            document=None,
            ends_at=facts.ends_at if facts is not None else None,
            due_at=now if party.address is not None else None,
            now=now,
        )
        made += 1
    for one in federations(session):
        standing.add((Kind.FEDERATION, one.id))
        made += begin_list(session, one, now)
    for kind, name in kept.keys() - standing:
        party_metadata.forget(session, kind, name)
    return made


def _known(row: Registration) -> KnownParty | None:
    model = as_registered(row)
    party = party_of(model)
    if party is None or not isinstance(model, ProviderRecord | SamlServiceProvider):
        return None
    name = called(row)
    return KnownParty(party, model, name.nl if name is not None else row.name)
