"""How it stands with the metadata of each party: where from, until when, and what is the matter."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from admin.metadata.approval import Rejected, Waiting, rejected, waiting
from admin.metadata.parties import KnownParty, known_parties
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
class PartyStatus:
    """``address``: None where the registration holds the metadata itself. ``checked_at``: when the
    address last said something good; ``due_at``: when it is looked at next.
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
        """What asks for an operator first."""
        return _state(
            waits=self.waiting is not None,
            fails=self.failing is not None,
            is_rejected=self.rejected is not None,
            ends_at=self.ends_at,
            now=now,
        )

    def is_well(self, now: datetime) -> bool:
        """Nothing asks for an operator."""
        return self.state(now) in (MetadataState.WELL, MetadataState.REJECTED)


def overviews(session: Session, now: datetime) -> list[PartyOverview]:
    """Of every party that speaks SAML, by kind and name. No metadata are read for it, so that a
    federation of thousands is no trouble.
    """
    kept = party_metadata.standings(session)
    return [
        _overview(known, kept.get((known.party.kind, known.party.name)), now)
        for known in known_parties(session)
    ]


def statuses(session: Session, names: Collection[str] = ()) -> list[PartyStatus]:
    """Of these names, or of every party that speaks SAML, by kind and name."""
    rows = {(row.kind, row.name): row for row in party_metadata.all_rows(session, names)}
    return [
        _status(known, rows.get((known.party.kind, known.party.name)))
        for known in known_parties(session)
        if not names or known.party.name in names
    ]


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
    *, waits: bool, fails: bool, is_rejected: bool, ends_at: datetime | None, now: datetime
) -> MetadataState:
    if waits:
        return MetadataState.WAITS
    if ends_at is not None and ends_at <= now:
        return MetadataState.ENDED
    if fails:
        return MetadataState.FAILS
    if ends_at is not None and ends_at - now <= ENDS_SOON:
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
