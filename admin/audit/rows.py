"""Audit rows as they stand in the database, read so that a damaged one can still be named.

The digest covers every field of an event but the people, for whom it covers what was sealed under
their own keys: after such a key was destroyed and the id taken out, the digest is still right.
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

from state.audit import PEOPLE, AuditRow
from state.db import reading_together, table_of

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
    """One row. ``facts``: every field but the people, as text or as JSON gives it. ``people``: who
    is named in which field; ``sealed_people``: the same under their own keys, in hex.
    """

    id: int
    batch: int | None
    people: dict[str, Any]
    sealed_people: dict[str, str] | None
    digest: bytes | None
    facts: dict[str, Any]

    def computed(self) -> bytes:
        """The digest that this row should have."""
        whole = {"id": self.id, "people": self.sealed_people, **self.facts}
        return hashlib.sha256(canonical(whole)).digest()

    @property
    def forgotten(self) -> dict[str, bytes]:
        """The fields out of which a person was taken, with what was sealed there."""
        sealed = self.sealed_people or {}
        return {name: _raw(text) for name, text in sealed.items() if name not in self.people}

    @property
    def named(self) -> dict[str, tuple[Any, bytes]]:
        """The fields that name a person, with what was sealed there: nothing, where nobody was."""
        sealed = self.sealed_people or {}
        return {name: (who, _raw(sealed.get(name, ""))) for name, who in self.people.items()}


def canonical(values: dict[str, Any]) -> bytes:
    """JSON that is the same for the same values."""
    return json.dumps(values, sort_keys=True, separators=(",", ":")).encode()


def query() -> Select[Any]:
    """Every column that ``stored`` reads."""
    return select(
        _c.id,
        _c.batch,
        _c.digest,
        type_coerce(_c.tag, String).label("tag"),
        type_coerce(_c.at, String).label("at"),
        type_coerce(_c.level, String).label("level"),
        cast(_c.details, String).label("details"),
        cast(_c.sealed_people, String).label("sealed_people"),
        *(_c[name] for name in _PLAIN),
    )


def stored(row: Row[Any]) -> StoredEvent:
    """The event in a row of ``query``."""
    found = row._mapping
    facts = {name: found[name] for name in FACTS}
    details = _parsed(found["details"])
    people = {"person_id": found["person_id"]}
    if isinstance(details, dict):
        people |= {name: details.get(name) for name in PEOPLE}
        details = {name: value for name, value in details.items() if name not in PEOPLE}
    facts["at"], facts["details"] = _moment(found["at"]), details
    sealed = _parsed(found["sealed_people"])
    return StoredEvent(
        id=found["id"],
        batch=found["batch"],
        people={name: who for name, who in people.items() if who is not None},
        sealed_people=sealed if isinstance(sealed, dict) else None,
        digest=_bytes(found["digest"]),
        facts=facts,
    )


def read(session: Session, wanted: Select[Any]) -> Iterator[StoredEvent]:
    """The events of a ``query`` with conditions, a few hundred at a time."""
    with reading_together(session):
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


def _parsed(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return text


def _raw(text: Any) -> bytes:
    try:
        return bytes.fromhex(text)
    except (TypeError, ValueError):
        return b""
