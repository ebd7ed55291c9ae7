"""Sealing anew: what lies under older master keys comes under the one that seals now.

Portion by portion, while everybody goes on. Rows that somebody else holds are left for the next
pass, so nobody waits for us and we wait for nobody; a value is replaced only while it is still the
one that was read.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    Select,
    Update,
    and_,
    bindparam,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from keys.sealing import HEADER_BYTES, SealBroken, Sealer, sealed_under
from state.db import SEALED, Base, writing

PORTION: Final = 200
NO_KEY: Final = "?"  # stands for the id of a key where a value names none
PASSES: Final = 3  # over rows that somebody held
MOST_EXAMPLES: Final = 5


@dataclass(frozen=True)
class SealedColumn:
    """One column of sealed values. ``context``: what they are sealed for, with the names of columns
    in braces.
    """

    column: Column[Any]
    context: str

    @property
    def kind(self) -> str:
        """The name of its table."""
        return str(self.column.table.name)

    @property
    def key(self) -> Column[Any]:
        """The primary key; of one column everywhere."""
        (key,) = self.column.table.primary_key.columns
        return key

    @property
    def parts(self) -> tuple[Column[Any], ...]:
        """The columns that the context names."""
        names = [name for _, name, _, _ in string.Formatter().parse(self.context) if name]
        return tuple(self.column.table.columns[name] for name in names)

    def is_sealed(self) -> ColumnElement[bool]:
        return and_(self.column.is_not(None), func.length(self.column) > 0)

    def header(self) -> ColumnElement[bytes]:
        return func.substr(self.column, 1, HEADER_BYTES, type_=LargeBinary)

    def context_of(self, row: Mapping[str, Any]) -> str:
        return self.context.format(**{part.name: row[part.name] for part in self.parts})


@dataclass
class Resealed:
    """``unopened``: what no key that we have opens; it stays as it is, and is named by its row."""

    done: Counter[str] = field(default_factory=Counter)
    unopened: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)


def sealed_columns() -> tuple[SealedColumn, ...]:
    """Every column of sealed values that is declared (``state.db.sealed_column``), by name."""
    found = (
        SealedColumn(column, column.info[SEALED])
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if SEALED in column.info
    )
    return tuple(sorted(found, key=lambda one: one.kind))


def counted(session: Session) -> dict[str, Counter[str]]:
    """Kind → id of a master key → how many values lie under it; NO_KEY: they are damaged."""
    session.rollback()
    _take_time(session)
    found: dict[str, Counter[str]] = {}
    for one in sealed_columns():
        header = one.header()
        query = select(header, func.count()).where(one.is_sealed()).group_by(header)
        found[one.kind] = Counter()
        for begins, number in session.execute(query):
            found[one.kind][sealed_under(bytes(begins)) or NO_KEY] += number
    session.rollback()
    return found


def reseal(session: Session, sealer: Sealer) -> Resealed:
    """Bring everything under the key that seals; what was done. Commits, portion by portion.

    May be broken off at any moment, repeated, and run by several at once.
    """
    result = Resealed()
    for one in sealed_columns():
        skipped: set[Any] = set()
        for _ in range(PASSES):
            left = False
            for keys in _portions(session, one, sealer):
                if keys <= skipped:
                    continue
                left = True
                with writing(session):
                    _reseal_portion(session, one, sealer, keys - skipped, result, skipped)
            if not left:
                break
    return result


def openable(session: Session, sealer: Sealer) -> Counter[str]:
    """Kind → how many values lie under another key than the one that seals, and open: they would be
    lost with that key.
    """
    found: Counter[str] = Counter()
    for one in sealed_columns():
        for keys in _portions(session, one, sealer):
            for row in session.execute(_rows(one, keys)).mappings():
                try:
                    sealer.open(bytes(row[one.column.name]), one.context_of(dict(row)))
                except SealBroken:
                    continue
                found[one.kind] += 1
    session.rollback()
    return found


def _portions(session: Session, one: SealedColumn, sealer: Sealer) -> Iterator[set[Any]]:
    """Primary keys of rows under other keys, PORTION at a time. Reading holds no lock."""
    last: Any = None
    while True:
        query = select(one.key).where(one.is_sealed(), one.header() != literal(sealer.header))
        if last is not None:
            query = query.where(one.key > last)
        session.rollback()
        _take_time(session)
        found = session.scalars(query.order_by(one.key).limit(PORTION)).all()
        if not found:
            return
        last = found[-1]
        yield set(found)


def _reseal_portion(
    session: Session,
    one: SealedColumn,
    sealer: Sealer,
    keys: set[Any],
    result: Resealed,
    skipped: set[Any],
) -> None:
    name, changes = one.column.name, []
    free = _rows(one, keys).with_for_update(skip_locked=True, key_share=True)
    for row in session.execute(free).mappings():
        old = bytes(row[name])
        if old.startswith(sealer.header):
            continue  # another process was here
        context = one.context_of(dict(row))
        try:
            plaintext = sealer.open(old, context)
        except SealBroken as broken:
            skipped.add(row[one.key.name])
            _note(result, one, row[one.key.name], broken)
            continue
        changes.append(
            {"row": row[one.key.name], "old": old, "new": sealer.seal(plaintext, context)}
        )
    if changes:
        replaced = session.connection().execute(_replace(one), changes).rowcount
        result.done += Counter({one.kind: replaced})


def _rows(one: SealedColumn, keys: set[Any]) -> Select[Any]:
    columns = dict.fromkeys((one.key, one.column, *one.parts))
    return select(*columns).where(one.key.in_(keys), one.is_sealed()).order_by(one.key)


def _replace(one: SealedColumn) -> Update:
    still = (one.key == bindparam("row"), one.column == bindparam("old"))
    return update(one.column.table).where(*still).values({one.column: bindparam("new")})


def _note(result: Resealed, one: SealedColumn, row: Any, broken: SealBroken) -> None:
    result.unopened[one.kind] += 1
    if len(result.examples) < MOST_EXAMPLES:
        result.examples.append(f"{one.kind} {row}: {broken}")


def _take_time(session: Session) -> None:
    """Searching a large table takes longer than a login may."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL statement_timeout = 0"))
