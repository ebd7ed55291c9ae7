"""How it stands with the metadata of each party: where from, until when, and what is the matter."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from admin.metadata.approval import Rejected, Waiting, rejected, waiting
from admin.metadata.parties import KnownParty, federations, known_parties
from providers import federation_members
from providers.federation_members import FederationList
from providers.federations import Federation
from providers.saml.federation.verified_list import LeftOut
from providers.saml.wire.metadata_changes import Voucher
from providers.saml.wire.metadata_facts import KeyFact
from state import party_metadata
from state.party_metadata import PartyMetadata
from state.registrations import Kind

ENDS_SOON: Final = timedelta(days=30)


class MetadataState(enum.StrEnum):
    """How it stands, what is most urgent first."""

    WAITS = "waits"
    ENDED = "ended"
    FAILS = "fails"
    ENDS_SOON = "ends_soon"
    REJECTED = "rejected"  # what the address says; what is in use is well
    WELL = "well"


@dataclass(frozen=True)
class Failing:
    """Looks without a good one since: how many, why the last one."""

    since: datetime
    number: int
    reason: str
    trouble: str


@dataclass(frozen=True)
class ListedMakelaars:
    """How many makelaars the list of a federation has that can be believed, how many entities were
    left out, and the first of those.
    """

    members: int
    left_out: int
    left_out_first: tuple[LeftOut, ...]


@dataclass(frozen=True)
class PartyStatus:
    """``address``: None where the registration holds the metadata itself. ``checked_at``: when the
    address last said something good; ``due_at``: when it is looked at next. ``listed``: what counts
    of the list of a federation, None where nothing does.
    """

    kind: Kind
    name: str
    title: str
    address: str | None
    voucher: Voucher
    keys: tuple[KeyFact, ...]
    ends_at: datetime | None
    checked_at: datetime | None
    due_at: datetime | None
    failing: Failing | None
    waiting: Waiting | None
    rejected: Rejected | None = None
    listed: ListedMakelaars | None = None

    def state(self, now: datetime) -> MetadataState:
        """What asks for an operator first. Lists of federations hold for days and are made anew
        each day, so that one ends says nothing before it did.
        """
        if self.waiting is not None:
            return MetadataState.WAITS
        if self.ends_at is not None and self.ends_at <= now:
            return MetadataState.ENDED
        is_empty = self.listed is None or self.listed.members == 0
        if self.failing is not None or (self.kind is Kind.FEDERATION and is_empty):
            return MetadataState.FAILS
        soon = timedelta() if self.kind is Kind.FEDERATION else ENDS_SOON
        if self.ends_at is not None and self.ends_at - now <= soon:
            return MetadataState.ENDS_SOON
        return MetadataState.REJECTED if self.rejected is not None else MetadataState.WELL

    def is_well(self, now: datetime) -> bool:
        """Nothing asks for an operator."""
        return self.state(now) in (MetadataState.WELL, MetadataState.REJECTED)


def statuses(session: Session, names: Collection[str] = ()) -> list[PartyStatus]:
    """Of these names, or of every party that speaks SAML, by kind and name."""
    rows = {(row.kind, row.name): row for row in party_metadata.all_rows(session, names)}
    parties = [
        _status(known, rows.get((known.party.kind, known.party.name)))
        for known in known_parties(session)
        if not names or known.party.name in names
    ]
    lists = federation_members.lists(session)
    return parties + [
        _of_federation(one, rows.get((Kind.FEDERATION, one.id)), lists.get(one.id))
        for one in federations(session)
        if not names or one.id in names
    ]


def _of_federation(
    federation: Federation, row: PartyMetadata | None, kept: FederationList | None
) -> PartyStatus:
    if row is not None and row.origin != federation.origin:
        row = None
    counts = kept if kept is not None and kept.is_of(federation) else None
    return PartyStatus(
        kind=Kind.FEDERATION,
        name=federation.id,
        title=federation.name,
        address=federation.saml.aggregate_url or federation.saml.aggregate_file,
        voucher=Voucher.SIGNER,
        keys=(),
        ends_at=counts.valid_until if counts is not None else None,
        checked_at=row.checked_at if row is not None else None,
        due_at=row.due_at if row is not None else None,
        failing=_failing(row) if row is not None else None,
        waiting=None,
        listed=_listed(counts) if counts is not None else None,
    )


def _listed(kept: FederationList) -> ListedMakelaars:
    first = tuple(LeftOut(**one) for one in kept.left_out_first)
    return ListedMakelaars(kept.members, kept.left_out, first)


def _status(known: KnownParty, row: PartyMetadata | None) -> PartyStatus:
    if row is not None and row.origin != known.party.origin:
        row = None  # of what was registered before
    facts = known.kept_facts(row)
    return PartyStatus(
        kind=known.party.kind,
        name=known.party.name,
        title=known.title,
        address=known.party.address,
        voucher=known.party.voucher,
        keys=facts.keys if facts is not None else (),
        ends_at=facts.ends_at if facts is not None else None,
        checked_at=row.checked_at if row is not None else None,
        due_at=row.due_at if row is not None else None,
        failing=_failing(row) if row is not None else None,
        waiting=waiting(known, row) if row is not None else None,
        rejected=rejected(known, row) if row is not None else None,
    )


def _failing(row: PartyMetadata) -> Failing | None:
    if row.failing_since is None:
        return None
    return Failing(row.failing_since, row.failures, row.reason or "", row.trouble or "")
