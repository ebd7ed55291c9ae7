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
from state.party_metadata import PartyMetadata, PartyStanding
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
class PartyOverview:
    """One party in a list: where its metadata come from, and how it stands."""

    kind: Kind
    name: str
    title: str
    address: str | None
    state: MetadataState
    ends_at: datetime | None
    checked_at: datetime | None


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

    def overview(self, now: datetime) -> PartyOverview:
        """As a list shows it."""
        return PartyOverview(
            kind=self.kind,
            name=self.name,
            title=self.title,
            address=self.address,
            state=self.state(now),
            ends_at=self.ends_at,
            checked_at=self.checked_at,
        )

    def state(self, now: datetime) -> MetadataState:
        """What asks for an operator first. Lists of federations hold for days and are made anew
        each day, so that one ends says nothing before it did.
        """
        is_federation = self.kind is Kind.FEDERATION
        is_empty = self.listed is None or self.listed.members == 0
        return _state(
            waits=self.waiting is not None,
            fails=self.failing is not None or (is_federation and is_empty),
            is_rejected=self.rejected is not None,
            ends_at=self.ends_at,
            now=now,
            soon=timedelta() if is_federation else ENDS_SOON,
        )

    def is_well(self, now: datetime) -> bool:
        """Nothing asks for an operator."""
        return self.state(now) in (MetadataState.WELL, MetadataState.REJECTED)


def overviews(session: Session, now: datetime) -> list[PartyOverview]:
    """Of every party that speaks SAML, by kind and name. No metadata are read for it, so that a
    federation of thousands is no trouble.
    """
    kept = party_metadata.standings(session)
    parties = [
        _overview(known, kept.get((known.party.kind, known.party.name)), now)
        for known in known_parties(session)
    ]
    return parties + [one.overview(now) for one in _federations(session)]


def statuses(session: Session, names: Collection[str] = ()) -> list[PartyStatus]:
    """Of these names, or of every party that speaks SAML, by kind and name."""
    rows = {(row.kind, row.name): row for row in party_metadata.all_rows(session, names)}
    parties = [
        _status(known, rows.get((known.party.kind, known.party.name)))
        for known in known_parties(session)
        if not names or known.party.name in names
    ]
    return parties + _federations(session, names)


def _federations(session: Session, names: Collection[str] = ()) -> list[PartyStatus]:
    known = [one for one in federations(session) if not names or one.id in names]
    if not known:
        return []
    found = party_metadata.all_rows(session, [one.id for one in known])
    rows = {row.name: row for row in found if row.kind is Kind.FEDERATION}
    lists = federation_members.lists(session)
    return [_of_federation(one, rows.get(one.id), lists.get(one.id)) for one in known]


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


def _overview(known: KnownParty, kept: PartyStanding | None, now: datetime) -> PartyOverview:
    if kept is None or kept.origin != known.party.origin:  # of what was registered before
        return _status(known, None).overview(now)
    return PartyOverview(
        kind=known.party.kind,
        name=known.party.name,
        title=known.title,
        address=known.party.address,
        state=_state(
            waits=kept.waits,
            fails=kept.fails,
            is_rejected=kept.is_rejected,
            ends_at=kept.ends_at,
            now=now,
        ),
        ends_at=kept.ends_at,
        checked_at=kept.checked_at,
    )


def _state(
    *,
    waits: bool,
    fails: bool,
    is_rejected: bool,
    ends_at: datetime | None,
    now: datetime,
    soon: timedelta = ENDS_SOON,
) -> MetadataState:
    if waits:
        return MetadataState.WAITS
    if ends_at is not None and ends_at <= now:
        return MetadataState.ENDED
    if fails:
        return MetadataState.FAILS
    if ends_at is not None and ends_at - now <= soon:
        return MetadataState.ENDS_SOON
    return MetadataState.REJECTED if is_rejected else MetadataState.WELL


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
