"""Pruning: registrations that are in the database and in no file leave.

Only of kinds that the files hold or that were named, and never people, organisations or mandates:
those end by ``blocked``, ``ended`` and ``revoked`` in their own documents.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.registrations.applier import clients
from admin.registrations.differences import Outcome, between
from admin.registrations.documents import DocumentsRefused, Entry
from admin.registrations.references import Leaving
from admin.registrations.withdrawal import dependents, withdraw
from broker.sso.logout import Teller
from keys.sealing import Sealer
from state.registrations import Kind, all_registrations, standing

_TOLD: Final[tuple[str, ...]] = ("name", "title")  # what a plan tells of what leaves


@dataclass(frozen=True)
class Prune:
    """What may leave: what is of a kind that the files hold (``of_files``) or of one of ``kinds``,
    which the files need not hold; ``also_used``: what people depend on as well.
    """

    of_files: bool = True
    kinds: frozenset[Kind] = frozenset()
    also_used: bool = False


class StillUsed(Exception):
    """People depend on what would leave; ``outcomes`` say on what, and how many."""

    def __init__(self, outcomes: list[Outcome]) -> None:
        super().__init__(f"{len(outcomes)} in use")
        self.outcomes = outcomes


def leaving(session: Session, entries: list[Entry], prune: Prune) -> Leaving:
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


def remove(
    session: Session, sealer: Sealer, gone: Leaving, *, actor: Actor, now: datetime
) -> list[Outcome]:
    """Withdraw with the transaction of the caller, after everything else was written."""
    outcomes = [_outcome(session, sealer, kind, name, now) for kind, name in sorted(gone)]
    teller = Teller(sealer, clients(session, without=gone), now)  # those that stay hear of it
    for kind, name in sorted(gone):
        withdraw(session, teller, kind, name, actor=actor)
    return outcomes


def _outcome(session: Session, sealer: Sealer, kind: Kind, name: str, now: datetime) -> Outcome:
    row = standing(session, kind, name)
    document: dict[str, Any] = dict(row.document) if row is not None else {}
    told: dict[str, Any] = {key: document[key] for key in _TOLD if key in document}
    used = dependents(session, sealer, kind, name, now)
    return Outcome(str(kind), name, "removed", between(told, {}), tuple(str(one) for one in used))
