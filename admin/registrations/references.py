"""References between documents: what a file names must stand in the files or in the database, and
must not be about to leave.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from admin.registrations import branch_rows, moved_numbers
from admin.registrations.documents import Entry
from admin.registrations.kinds import KINDS, Reference
from providers.federation_members import federation_of
from state.registrations import Kind, Registration, all_registrations, read_as

Leaving = frozenset[tuple[Kind, str]]


def check_references(
    session: Session, entries: Sequence[Entry], leaving: Leaving = frozenset()
) -> list[str]:
    """One line for each name that leads nowhere, or to a registration that is about to leave."""
    registered = all_registrations(session)
    mistakes = []
    referring = [
        (entry, list(KINDS[entry.kind].refers_to(entry.model)))
        for entry in [*entries, *_staying(entries, leaving, registered)]
    ]
    known = _known(session, entries, registered, [one for _, many in referring for one in many])
    for entry, references in referring:
        for field, kind, name in references:
            federation = _federation(field, name)
            if (kind, name) in leaving or (Kind.FEDERATION, federation) in leaving:
                mistakes.append(f"{entry.place}: {field}: {kind} {name} would be removed")
            elif name not in known[kind] and federation not in known[Kind.FEDERATION]:
                mistakes.append(f"{entry.place}: {field}: there is no {kind} {name}")
    for each in KINDS.values():
        mistakes += each.conflicts(session, [e for e in entries if e.kind == each.name])
    mistakes += branch_rows.mistakes(session, entries)
    mistakes += moved_numbers.mistakes(session, entries)
    return mistakes


def _federation(field: str, name: str) -> str | None:
    """The federation of a makelaar that is named; a list of makelaars may name it itself, for all
    of its own.
    """
    return federation_of(name) or (name if field == "makelaars" else None)


def _staying(
    entries: Sequence[Entry], leaving: Leaving, registered: list[Registration]
) -> Iterator[Entry]:
    """Registrations in no file that stay, where others leave: they may name those."""
    given = {(entry.kind, entry.model.key) for entry in entries}
    for row in registered if leaving else ():
        if (row.kind, row.name) not in leaving and (str(row.kind), row.name) not in given:
            model = read_as(row, KINDS[row.kind].model_of(row.document))
            yield Entry(str(row.kind), model, f"{row.kind} {row.name} (registered)", Path())


def _known(
    session: Session,
    entries: Sequence[Entry],
    registered: list[Registration],
    asked: list[Reference],
) -> dict[str, set[str]]:
    wanted: dict[str, set[str]] = {name: set() for name in KINDS}
    for one in asked:
        wanted[one.kind].add(one.name)
    known = {name: set(kind.names(session, wanted[name])) for name, kind in KINDS.items()}
    for row in registered:
        known[row.kind].add(row.name)
    for entry in entries:
        known[entry.kind].add(entry.model.key)
    return known
