"""Entity ids of SAML makelaars: an answer names its makelaar by one, so no two may share it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from admin.registrations.documents import Entry
from admin.registrations.rule import Breach
from providers.registry import ProviderRecord
from state.registrations import Kind, all_registrations, read_as


def mistakes(
    session: Session, entries: Sequence[Entry], leaving: frozenset[tuple[Kind, str]] = frozenset()
) -> Iterator[str]:
    """A line for each document whose makelaar would stand beside another one of the same name."""
    given = [entry for entry in entries if isinstance(entry.model, ProviderRecord)]
    first = _standing(session, leaving | {(Kind.IDENTITY_PROVIDER, e.model.key) for e in given})
    for entry in given:
        if entry.model.saml is None:
            continue
        entity_id = entry.model.saml.entity_id
        other = first.setdefault(entity_id, entry.model.id)
        if other != entry.model.id:
            yield f"{entry.place}: " + str(
                Breach(
                    "saml.entity_id",
                    f"the makelaar {other} has it as well, and an answer would not say which of "
                    "the two gave it",
                    f"correct it, or take one of the two away ({other} or {entry.model.id})",
                )
            )


def _standing(session: Session, but: frozenset[tuple[Kind, str]]) -> dict[str, str]:
    """Entity id → makelaar, of those that stay as they are."""
    found = {}
    for row in all_registrations(session):
        if row.kind is Kind.IDENTITY_PROVIDER and (row.kind, row.name) not in but:
            record = read_as(row, ProviderRecord)
            if record.saml is not None:
                found[record.saml.entity_id] = record.id
    return found
