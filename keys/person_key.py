"""PersonKey: one data key per person, for what outlives the person's retention.

What is sealed under it names its key by a random id. Without the key it is noise: destroying the
row forgets the person wherever the key was used, also in copies that were made before.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Integer, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from keys.sealing import SealBroken, Sealer
from state.db import Base, UtcDateTime, sealed_column

ID_BYTES: Final = 12
_NONCE_BYTES: Final = 12
_CONTEXT: Final = "person-key"


class PersonKey(Base):
    """A row while the person is known. ``sealed``: 32 bytes under the master key."""

    __tablename__ = "person_key"

    person_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    id: Mapped[str] = mapped_column(String(24), unique=True)  # hex
    sealed: Mapped[bytes] = sealed_column(f"{_CONTEXT}:{{person_id}}")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_batch: Mapped[int] = mapped_column(Integer, index=True)  # of the audit that needs it


class PersonKeys:
    """The keys of the people in one piece of work, each read or opened once."""

    def __init__(self, session: Session, sealer: Sealer) -> None:
        self._session = session
        self._sealer = sealer
        self._known: dict[str, tuple[str, AESGCM]] = {}
        self._used: set[str] = set()

    def load(self, person_ids: Iterable[str]) -> None:
        """Read the keys of these people that are not known yet, in one query. Raises SealBroken."""
        wanted = set(person_ids) - set(self._known)
        if not wanted:
            return
        for row in self._session.scalars(select(PersonKey).where(PersonKey.person_id.in_(wanted))):
            self._keep(row)

    def key_id(self, person_id: str) -> str | None:
        """The id of the person's key; None for who has none, or was forgotten."""
        self.load([person_id])
        return self._known[person_id][0] if person_id in self._known else None

    def seal(self, person_id: str, batch: int, now: datetime) -> bytes:
        """The person's id under their key, made when missing: different every time."""
        if self.key_id(person_id) is None:
            self._make(person_id, batch, now)
        self._used.add(person_id)
        key_id, aead = self._known[person_id]
        head = bytes.fromhex(key_id)
        nonce = os.urandom(_NONCE_BYTES)
        return head + nonce + aead.encrypt(nonce, person_id.encode(), head)

    def opens(self, person_id: str, sealed: bytes) -> bool:
        """Was this sealed for this person, with the key that they have now?"""
        if self.key_id(person_id) != key_id_of(sealed):
            return False
        nonce, ciphertext = sealed[ID_BYTES:][:_NONCE_BYTES], sealed[ID_BYTES + _NONCE_BYTES :]
        try:
            plain = self._known[person_id][1].decrypt(nonce, ciphertext, sealed[:ID_BYTES])
        except (InvalidTag, ValueError):
            return False
        return plain == person_id.encode()

    def seal_content(
        self, person_id: str, content: bytes, context: str, batch: int, now: datetime
    ) -> bytes:
        """Something of the person under their key, for one purpose. Whoever keeps it sees to it
        that the key stays as long.
        """
        if self.key_id(person_id) is None:
            self._make(person_id, batch, now)
        key_id, aead = self._known[person_id]
        head = bytes.fromhex(key_id)
        nonce = os.urandom(_NONCE_BYTES)
        return head + nonce + aead.encrypt(nonce, content, head + context.encode())

    def open_content(self, person_id: str, sealed: bytes, context: str) -> bytes:
        """What was sealed of this person for this purpose. Raises SealBroken, also where the key is
        gone: the person was forgotten.
        """
        if self.key_id(person_id) != key_id_of(sealed):
            raise SealBroken("under no key that this person has")
        nonce, ciphertext = sealed[ID_BYTES:][:_NONCE_BYTES], sealed[ID_BYTES + _NONCE_BYTES :]
        associated = sealed[:ID_BYTES] + context.encode()
        try:
            return self._known[person_id][1].decrypt(nonce, ciphertext, associated)
        except (InvalidTag, ValueError):
            raise SealBroken("changed, or sealed for another purpose") from None

    def note_use(self, batch: int) -> None:
        """Keep the keys that sealed something as long as this batch is kept."""
        self._session.execute(
            update(PersonKey)
            .where(PersonKey.person_id.in_(self._used))
            .values(last_batch=batch)
            .execution_options(synchronize_session=False)
        )

    def _make(self, person_id: str, batch: int, now: datetime) -> None:
        key = AESGCM.generate_key(256)
        row = PersonKey(
            person_id=person_id,
            id=secrets.token_hex(ID_BYTES),
            sealed=self._sealer.seal(key, f"{_CONTEXT}:{person_id}"),
            created_at=now,
            last_batch=batch,
        )
        self._session.add(row)
        self._session.flush()
        self._keep(row)

    def _keep(self, row: PersonKey) -> None:
        try:
            key = self._sealer.open(row.sealed, f"{_CONTEXT}:{row.person_id}")
        except SealBroken as broken:
            raise type(broken)(f"the key of person {row.person_id}: {broken}") from None
        self._known[row.person_id] = (row.id, AESGCM(key))


def key_id_of(sealed: bytes) -> str:
    """The id of the key that something was sealed under."""
    return sealed[:ID_BYTES].hex()
