"""Batches: committed audit rows, chained by hashes, each with a signed checkpoint.

One sealer at a time takes the rows that are in no batch yet, whatever their id: a low id that
became visible late is sealed late, and never lost (decision 14).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from joserfc import jws
from joserfc.jwk import ECKey
from sqlalchemy import BigInteger, Integer, String, Text, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from admin.audit import rows
from admin.audit.rows import StoredEvent, canonical
from keys.jwks import as_joserfc, joserfc_key
from keys.keyring import KeyRing, KeyUse
from keys.person_key import PersonKeys
from keys.sealing import Sealer
from state.audit import AuditRow
from state.db import Base, UtcDateTime, sealed_column, table_of, writing
from state.locks import Held, one_at_a_time
from state.prepared import PreparedStatement

MOST_ROWS: Final = 500  # in a batch: a write transaction of some tens of milliseconds
GENESIS: Final = "0" * 64
TYPE: Final = "sluis-audit+jws"
_SIGNER: Final = "audit-signer"


class AuditBatch(Base):
    """A link of the chain. ``root`` is over the digests of its rows, ``hash`` over all but itself.

    ``anchor`` is signed when the rows are thrown away: the chain may begin here.
    """

    __tablename__ = "audit_batch"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    first_id: Mapped[int] = mapped_column(BigInteger)
    last_id: Mapped[int] = mapped_column(BigInteger)
    count: Mapped[int] = mapped_column(Integer)
    root: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    sealed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    checkpoint: Mapped[str] = mapped_column(Text)  # compact JWS
    anchor: Mapped[str | None] = mapped_column(Text)  # compact JWS


class AuditSigner(Base):
    """A public key that signed checkpoints. Sealed, so that nobody without the master key adds one;
    it outlives the private half.
    """

    __tablename__ = "audit_signer"

    kid: Mapped[str] = mapped_column(String(43), primary_key=True)
    sealed: Mapped[bytes] = sealed_column(f"{_SIGNER}:{{kid}}")  # JWK


@dataclass(frozen=True)
class Link:
    """What a batch says, and what its checkpoint signs."""

    number: int
    first_id: int
    last_id: int
    count: int
    root: str
    previous: str
    sealed_at: datetime

    @property
    def hash(self) -> str:
        return hashlib.sha256(canonical(self._values())).hexdigest()

    def payload(self) -> bytes:
        """The content of the checkpoint."""
        return canonical({**self._values(), "hash": self.hash})

    def anchor(self) -> bytes:
        """The content of the anchor: the rows up to here were thrown away by us."""
        return canonical({"begins_after": self.number, "hash": self.hash})

    def _values(self) -> dict[str, Any]:
        moment = self.sealed_at.astimezone(UTC).isoformat(timespec="microseconds")
        return {**self.__dict__, "sealed_at": moment}


def link_of(batch: AuditBatch) -> Link:
    """The link as the row has it; its hash may differ from the one in the row."""
    return Link(**{name: getattr(batch, name) for name in Link.__dataclass_fields__})


def root_of(events: Sequence[StoredEvent]) -> str:
    """The hash over ids and digests, in the order of ids."""
    whole = hashlib.sha256()
    for event in sorted(events, key=lambda event: event.id):
        whole.update(event.id.to_bytes(8, signed=True) + (event.digest or b""))
    return whole.hexdigest()


_UNSEALED: Final = rows.query().where(AuditRow.batch.is_(None)).order_by(AuditRow.id)
_row = table_of(AuditRow).c
_ANY: Final = PreparedStatement(select(_row.id).where(_row.batch.is_(None)).limit(1))
_MARK: Final = (
    update(table_of(AuditRow))
    .where(table_of(AuditRow).c.id == bindparam("event"))
    .values(
        batch=bindparam("number"), sealed_people=bindparam("people"), digest=bindparam("computed")
    )
)


def seal(session: Session, sealer: Sealer, keyring: KeyRing, now: datetime) -> int:
    """Seal one batch in a transaction of its own; how many rows. Raises KeyMissing, SealBroken."""
    if _ANY.first(session, {}) is None:
        return 0
    with writing(session):
        one_at_a_time(session, Held.AUDIT)
        return seal_waiting(session, sealer, keyring, now)


def seal_waiting(session: Session, sealer: Sealer, keyring: KeyRing, now: datetime) -> int:
    """The same in the transaction of the caller, who holds the lock."""
    waiting = [rows.stored(row) for row in session.execute(_UNSEALED.limit(MOST_ROWS))]
    if not waiting:
        return 0
    last = newest(session)
    number = last.number + 1 if last is not None else 1
    people = PersonKeys(session, sealer)
    people.load(str(who) for event in waiting for who in event.people.values())
    events = [_sealed(event, number, people, now) for event in waiting]
    people.note_use(number)
    session.connection().execute(
        _MARK,
        [
            {"event": e.id, "number": number, "people": e.sealed_people, "computed": e.digest}
            for e in events
        ],
    )
    link = Link(
        number=number,
        first_id=events[0].id,
        last_id=events[-1].id,
        count=len(events),
        root=root_of(events),
        previous=last.hash if last is not None else GENESIS,
        sealed_at=now,
    )
    checkpoint = sign(session, sealer, keyring, link.payload())
    session.add(AuditBatch(**link.__dict__, hash=link.hash, checkpoint=checkpoint))
    session.flush()
    return len(events)


def _sealed(event: StoredEvent, number: int, people: PersonKeys, now: datetime) -> StoredEvent:
    sealed = {n: people.seal(str(who), number, now).hex() for n, who in event.people.items()}
    whole = replace(event, batch=number, sealed_people=sealed or None)
    return replace(whole, digest=whole.computed())


def sign(session: Session, sealer: Sealer, keyring: KeyRing, payload: bytes) -> str:
    """A compact JWS (RFC 7515) with the key for audit; its public half is kept."""
    key = keyring.active(KeyUse.AUDIT_SIGNING, "ES256")
    if session.get(AuditSigner, key.kid) is None:
        public = canonical(as_joserfc(key.key, key.kid).as_dict(private=False))
        sealed = sealer.seal(public, f"{_SIGNER}:{key.kid}")
        session.add(AuditSigner(kid=key.kid, sealed=sealed))
    header = {"alg": "ES256", "kid": key.kid, "typ": TYPE}
    return jws.serialize_compact(header, payload, joserfc_key(key))


def signers(session: Session, sealer: Sealer) -> dict[str, ECKey]:
    """Every public key that signed here, by its id. Raises SealBroken."""
    found = session.scalars(select(AuditSigner))
    opened = {row.kid: sealer.open(row.sealed, f"{_SIGNER}:{row.kid}") for row in found}
    return {kid: ECKey.import_key(json.loads(public)) for kid, public in opened.items()}


def newest(session: Session) -> AuditBatch | None:
    """The last batch."""
    return session.scalars(select(AuditBatch).order_by(AuditBatch.number.desc()).limit(1)).first()
