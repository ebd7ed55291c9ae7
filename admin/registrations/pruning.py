"""Pruning: registrations that are in the database and in no file leave, of kinds that the files
hold or that were named. What becomes of people and mandates in no file is in ``row_pruning``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from admin.registrations.applier import Applier
from admin.registrations.differences import DocumentOutcome, between
from admin.registrations.documents import DocumentsRefused, Entry
from admin.registrations.references import Leaving
from admin.registrations.withdrawal import dependents, withdraw
from state.registrations import Kind, all_registrations, standing

_TOLD: Final[tuple[str, ...]] = ("name", "title")  # what a plan tells of what leaves


@dataclass(frozen=True)
class Prune:
    """What may leave: what is of a kind that the files hold (``of_files``) or of one of ``kinds``,
    which the files need not hold, like ``mandates``; ``also_used``: what people depend on as well.
    """

    of_files: bool = True
    kinds: frozenset[Kind] = frozenset()
    also_used: bool = False
    mandates: frozenset[str] = frozenset()  # Mandate, ChainMandate


class StillUsed(Exception):
    """People depend on what would leave; ``outcomes`` say on what, and how many."""

    def __init__(self, outcomes: list[DocumentOutcome]) -> None:
        super().__init__(f"{len(outcomes)} in use")
        self.outcomes = outcomes


def leaving(session: Session, entries: Sequence[Entry], prune: Prune) -> Leaving:
    """Kind and name of what would leave. Raises DocumentsRefused where the files hold nothing."""
    if not entries:
        raise DocumentsRefused(["no document at all: that would remove everything"])
    given = {(entry.kind, entry.model.key) for entry in entries}
    kinds = prune.kinds | ({kind for kind, _ in given} if prune.of_files else set())
    return frozenset(
        (row.kind, row.name)
        for row in all_registrations(session)
        if row.kind in kinds and (str(row.kind), row.name) not in given
    )


def remove(applier: Applier, gone: Leaving) -> list[DocumentOutcome]:
    """Withdraw in the transaction of the others, after everything else was written."""
    outcomes = [_outcome(applier, kind, name) for kind, name in sorted(gone)]
    notifier = applier.notifier_without(gone)  # portals that stay hear of it
    for kind, name in sorted(gone):
        withdraw(applier.session, notifier, kind, name, actor=applier.actor)
    return outcomes


def _outcome(applier: Applier, kind: Kind, name: str) -> DocumentOutcome:
    row = standing(applier.session, kind, name)
    document: dict[str, Any] = dict(row.document) if row is not None else {}
    told: dict[str, Any] = {key: document[key] for key in _TOLD if key in document}
    used = dependents(applier.session, applier.sealer, kind, name, applier.now)
    return DocumentOutcome(
        str(kind), name, "removed", between(told, {}), tuple(str(one) for one in used)
    )
