"""The list of a federation is taken: every makelaar becomes a row, in one transaction, so that no
login ever sees half of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from admin.metadata.looks import ListChanges
from providers.federation_members import FederationList, FederationMember, member_id
from providers.federations import Federation
from providers.saml.federation.member_facts import MemberFacts, searchable
from providers.saml.federation.verified_list import LeftOut, VerifiedList
from state.db import table_of
from state.registrations import raise_revision

BATCH: Final = 200
MOST_TOLD: Final = 50  # entities that were left out, with why
_LONGEST_SORT: Final = 200
_TABLE: Final = table_of(FederationMember)
_INSERT: Final = insert(_TABLE)
T = TypeVar("T")
_UPDATE: Final = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("row_id"))
    .values({column.name: bindparam(column.name) for column in _TABLE.c if column.name != "id"})
)


@dataclass
class _Counts:
    members: int = 0
    added: int = 0
    changed: int = 0
    left_out: int = 0
    first: list[dict[str, str]] = field(default_factory=list)

    def leave_out(self, one: LeftOut) -> None:
        self.left_out += 1
        if len(self.first) < MOST_TOLD:
            self.first.append(asdict(one))


def take_list(
    session: Session, federation: Federation, found: VerifiedList, digest: str, now: datetime
) -> ListChanges:
    """With the transaction of the caller. Raises MetadataRefused where the list breaks off; then
    the caller's transaction must not be kept.
    """
    kept = _kept(session, federation.id)
    gone, counts = set(kept), _Counts()
    for batch in _batches(_rows(federation.id, found.members, counts)):
        gone.difference_update(row["id"] for row in batch)
        _write(session, batch, kept, counts)
    for some in _batches(sorted(gone)):
        session.execute(delete(_TABLE).where(_TABLE.c.id.in_(some)))
    row = session.get(FederationList, federation.id) or FederationList(name=federation.id)
    row.source, row.signed_by, row.digest = federation.source, found.signed_by, digest
    row.created, row.valid_until, row.taken_at = found.created, found.valid_until, now
    row.members, row.left_out, row.left_out_first = counts.members, counts.left_out, counts.first
    session.add(row)
    raise_revision(session)
    return ListChanges(counts.members, counts.added, len(gone), counts.changed, counts.left_out)


def _batches(found: Iterable[T]) -> Iterator[list[T]]:
    waiting = iter(found)
    while some := list(islice(waiting, BATCH)):
        yield some


def _kept(session: Session, federation: str) -> dict[str, str]:
    query = select(_TABLE.c.id, _TABLE.c.digest).where(_TABLE.c.federation == federation)
    return {row.id: row.digest for row in session.execute(query)}


def _rows(
    federation: str, members: Iterable[MemberFacts | LeftOut], counts: _Counts
) -> Iterator[dict[str, Any]]:
    for one in members:
        if isinstance(one, LeftOut):
            counts.leave_out(one)
        else:
            counts.members += 1
            yield _row(federation, one)


def _row(federation: str, one: MemberFacts) -> dict[str, Any]:
    said = {**asdict(one), "ends_at": one.ends_at.isoformat() if one.ends_at else None}
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    return {
        "id": member_id(federation, one.entity_id),
        "federation": federation,
        "entity_id": one.entity_id,
        "digest": digest,
        "name_nl": one.name_nl,
        "name_en": one.name_en,
        "sort": searchable(one.name_nl)[:_LONGEST_SORT],
        "search": one.search,
        "registration_authority": one.registration_authority,
        "categories": f" {' '.join(one.categories)} ",
        "hidden": one.hidden,
        "ends_at": one.ends_at,
        "scopes": list(one.scopes),
        "metadata_xml": one.document,
    }


def _write(
    session: Session, batch: Sequence[dict[str, Any]], kept: dict[str, str], counts: _Counts
) -> None:
    added = [row for row in batch if row["id"] not in kept]
    changed = [
        {**row, "row_id": row["id"]}
        for row in batch
        if row["id"] in kept and kept[row["id"]] != row["digest"]
    ]
    for row in changed:
        del row["id"]
    if added:
        session.execute(_INSERT, added)
    if changed:
        session.execute(_UPDATE, changed)
    counts.added += len(added)
    counts.changed += len(changed)
