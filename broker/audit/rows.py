"""Audit rows as they stand in the database, read so that a damaged one can still be named.

The digest covers every field of an event but the person, for whom it covers what was sealed under
their own key: after that key was destroyed and the id taken out, the digest is still right.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Row, Select, String, cast, select, type_coerce
from sqlalchemy.orm import Session

from state.audit import AuditRow
from state.db import table_of

# Types that refuse a value would hide exactly what the check is looking for.
_c: Final = table_of(AuditRow).c
_PLAIN: Final = (
    "reference",
    "person_id",
    "client_id",
    "service_uuid",
    "provider_id",
    "organisation_id",
    "outcome",
    "reason",
)
FACTS: Final = (
    "tag",
    "at",
    *(name for name in _PLAIN if name != "person_id"),
    "level",
    "details",
)


@dataclass(frozen=True)
class StoredEvent:
    """One row. ``facts``: every field but the person, as text or as JSON gives it."""

    id: int
    batch: int | None
    person_id: str | None
    sealed_person: bytes | None
    digest: bytes | None
    facts: dict[str, Any]

    def computed(self) -> bytes:
        """The digest that this row should have."""
        person = self.sealed_person.hex() if self.sealed_person is not None else None
        return hashlib.sha256(canonical({"id": self.id, "person": person, **self.facts})).digest()

    @property
    def is_forgotten(self) -> bool:
        """It was about a person whose id was taken out."""
        return self.person_id is None and self.sealed_person is not None


def canonical(values: dict[str, Any]) -> bytes:
    """JSON that is the same for the same values."""
    return json.dumps(values, sort_keys=True, separators=(",", ":")).encode()


def query() -> Select[Any]:
    """Every column that ``stored`` reads."""
    return select(
        _c.id,
        _c.batch,
        _c.sealed_person,
        _c.digest,
        type_coerce(_c.tag, String).label("tag"),
        type_coerce(_c.at, String).label("at"),
        type_coerce(_c.level, String).label("level"),
        cast(_c.details, String).label("details"),
        *(_c[name] for name in _PLAIN),
    )


def stored(row: Row[Any]) -> StoredEvent:
    """The event in a row of ``query``."""
    found = row._mapping
    facts = {name: found[name] for name in FACTS}
    facts["at"], facts["details"] = _moment(found["at"]), _details(found["details"])
    return StoredEvent(
        id=found["id"],
        batch=found["batch"],
        person_id=found["person_id"],
        sealed_person=_bytes(found["sealed_person"]),
        digest=_bytes(found["digest"]),
        facts=facts,
    )


def read(session: Session, wanted: Select[Any]) -> Iterator[StoredEvent]:
    """The events of a ``query`` with conditions, a few hundred at a time."""
    for row in session.execute(wanted, execution_options={"yield_per": 500}):
        yield stored(row)


def _bytes(value: Any) -> bytes | None:
    if value is None:
        return None
    return value.encode() if isinstance(value, str) else bytes(value)


def _moment(value: Any) -> str:
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    return found.isoformat(timespec="microseconds")


def _details(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return str(text)
