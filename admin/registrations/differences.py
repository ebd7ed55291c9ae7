"""Differences: what applying would change, field by field, fit to be shown.

Diffs end up in logs of pipelines, so secrets, personal data and metadata are named, not told.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import inspect
from sqlalchemy.orm import Session

IN_NO_FILE: Final = "in no file"  # the word of what stands and nobody asked to prune
LONGEST: Final = 72  # characters of one value
_INTERNAL: Final = frozenset({"changed_at", "created_at", "since", "origin"})
_PERSONAL: Final = frozenset({"email", "subject", "subject_hash"})
_NAMED_BY: Final = ("number", "provider_id", "organisation_id")


@dataclass(frozen=True)
class Difference:
    """One field; ``old`` or ``new`` is None where it was or will not be there."""

    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class DocumentOutcome:
    """What became of one document. ``word``: created, changed or unchanged; removed where there is
    none any more, with what people used it for. ``takes``: the rights of people that end with it.
    ``stays``: what was given on a screen, which no document changes. ``warnings``: what works, and
    seldom as meant.
    """

    kind: str
    name: str
    word: str
    differences: tuple[Difference, ...] = ()
    used: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def between(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Difference, ...]:
    """The fields in which two documents differ, in the order of their names."""
    before, after = dict(_flat(old)), dict(_flat(new))
    return tuple(
        Difference(field, _told(field, before), _told(field, after))
        for field in sorted(before.keys() | after.keys())
        if before.get(field) != after.get(field)
    )


def of_rows(session: Session, main: type) -> list[Difference]:
    """What the next flush would write, over what; fields of other tables carry their names."""
    written = [*session.new, *session.dirty]
    found = [difference for row in written for difference in _of_row(row, main)]
    return found + [difference for row in session.deleted for difference in _of_gone(row)]


def as_json(outcomes: list[DocumentOutcome]) -> str:
    """The same for machines: a list of what is not unchanged, or has something beside it."""
    document = [
        {
            "kind": outcome.kind,
            "name": outcome.name,
            "change": outcome.word,
            "fields": [vars(difference) for difference in outcome.differences],
            **{name: list(told) for name, told in _lists(outcome) if told},
        }
        for outcome in outcomes
        if outcome.word != "unchanged" or outcome.stays
    ]
    return json.dumps(document, indent=2, ensure_ascii=False)


def _lists(outcome: DocumentOutcome) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "used", outcome.used
    yield "takes", outcome.takes
    yield "stays", outcome.stays
    yield "warnings", outcome.warnings


def _of_row(row: Any, main: type) -> Iterator[Difference]:
    state = inspect(row)
    for column in state.mapper.column_attrs:
        if column.key in _INTERNAL or (column.columns[0].primary_key and isinstance(row, main)):
            continue
        history = state.attrs[column.key].history
        if not history.has_changes():
            continue
        old, new = ((part or (None,))[0] for part in (history.deleted, history.added))
        if old != new:
            field = column.key if isinstance(row, main) else _of_other_table(row, column.key)
            yield Difference(field, shown(column.key, old), shown(column.key, new))


def _of_gone(row: Any) -> Iterator[Difference]:
    for column in inspect(row).mapper.column_attrs:
        if column.key in _PERSONAL:
            old = shown(column.key, getattr(row, column.key))
            yield Difference(_of_other_table(row, column.key), old, None)


def _of_other_table(row: Any, column: str) -> str:
    names = (getattr(row, key, None) for key in _NAMED_BY)
    which = next((f" {name}" for name in names if name), "")
    return f"{row.__tablename__}{which}.{column}"


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and (value or not path):  # no document at all has no fields
        for key, inner in value.items():
            yield from _flat(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, (list, tuple)) and any(isinstance(one, dict) for one in value):
        for number, inner in enumerate(value):
            yield from _flat(inner, f"{path}.{number}")
    elif path:  # a document without fields has none to tell
        yield path, list(value) if isinstance(value, tuple) else value


def _told(field: str, values: Mapping[str, Any]) -> str | None:
    return shown(field.rpartition(".")[2], values[field]) if field in values else None


def shown(key: str, value: Any) -> str | None:
    """One value as it may be seen: hidden, digested or cut where it must be."""
    if value is None:
        return None
    if isinstance(value, bytes) or "secret" in key or key in _PERSONAL:
        return f"(hidden, {_digest(value)})" if key == "secret_sha256" else "(hidden)"
    if key == "metadata":
        return f"(XML of {len(str(value))} characters, {_digest(value)})"
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    text = " ".join(text.split())  # a line break would be read as another field
    printable = "".join(sign if sign.isprintable() else "?" for sign in text)
    return printable if len(printable) <= LONGEST else f"{printable[: LONGEST - 1]}…"


def _digest(value: Any) -> str:
    return f"SHA-256 {hashlib.sha256(str(value).encode()).hexdigest()[:12]}"
