"""What writing a document needs, and the portals that hear of sessions that end because of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.registrations import identity_keys
from admin.registrations.at_hand import AtHand
from admin.registrations.differences import DocumentOutcome
from admin.registrations.documents import Entry
from admin.registrations.mandate_keys import Key, key_of
from broker.protocols import downstreams
from broker.settings import Settings
from broker.sso.logout import LogoutNotifier
from directory.portals import portal_model
from directory.services import RelyingParty
from keys.sealing import Sealer
from providers.saml.metadata_party import in_use
from state import party_metadata
from state.registrations import Kind, all_registrations, read_as


@dataclass(frozen=True)
class Applier:
    """One transaction in which documents are written."""

    session: Session
    sealer: Sealer
    settings: Settings
    actor: Actor
    now: datetime
    entries: tuple[Entry, ...] = ()  # every document at hand

    @cached_property
    def at_hand(self) -> AtHand:
        """What stands of what the documents name."""
        return AtHand(
            self.session, self.entries, lambda entry: identity_keys.keys_of(self.sealer, entry)
        )

    @cached_property
    def named_mandates(self) -> frozenset[Key]:
        """Those of the documents."""
        return frozenset(key_of(entry.model) for entry in self.entries if entry.kind == "Mandate")

    @cached_property
    def notifier(self) -> LogoutNotifier:
        """With the portals as they are by now."""
        return self.notifier_without(frozenset())

    def notifier_without(self, gone: frozenset[tuple[Kind, str]]) -> LogoutNotifier:
        """With the portals that stay."""
        protocols = downstreams(self.settings, self.sealer)
        portals = relying_parties(self.session, without=gone)
        return LogoutNotifier(self.sealer, protocols, portals, self.now)


Write = Callable[[Applier, Entry], DocumentOutcome]


def relying_parties(
    session: Session, *, without: frozenset[tuple[Kind, str]] = frozenset()
) -> Mapping[str, RelyingParty]:
    """The portals that stand, but for those that leave."""
    copies = party_metadata.copies(session)
    return {
        row.name: in_use(read_as(row, portal_model(row.document)), copies)
        for row in all_registrations(session)
        if row.kind is Kind.CLIENT and (row.kind, row.name) not in without
    }
