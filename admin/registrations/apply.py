"""Applying: documents become registrations and rows, all in one transaction, with an audit event
per change.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from admin.actor import Actor
from admin.registrations import checking, entity_ids, federation_rules, pruning, row_pruning
from admin.registrations.applier import Applier
from admin.registrations.differences import DocumentOutcome
from admin.registrations.documents import DocumentsRefused, Entry
from admin.registrations.kinds import KINDS
from admin.registrations.pruning import Prune, StillUsed
from admin.registrations.references import Leaving, check_references
from broker.settings import Settings
from broker.texts.outside_request import texts
from keys.sealing import Sealer
from state import audit, party_metadata
from state.audit import AuditEvent, Detail, EventTag
from state.db import breaks_a_key, met_another, writing
from state.registrations import current_revision

TRIES: Final = 3  # of documents that name what people make themselves at that very moment
MET_OTHERS: Final = (
    f"the database: in each of {TRIES} tries others made or ended, meanwhile, what these documents "
    "name; nothing changed; apply them again, at a quieter moment or in smaller files"
)
log = structlog.get_logger()


class RightsTaken(Exception):
    """Rights of people would end; ``outcomes`` say which."""

    def __init__(self, outcomes: list[DocumentOutcome]) -> None:
        super().__init__(f"{len(outcomes)} documents take rights")
        self.outcomes = outcomes


class _DryRun(Exception):
    """Ends the transaction without a trace."""


class _OthersFirst(Exception):
    """What documents come to changed since they were looked at."""


@dataclass(frozen=True)
class _Wanted:
    """What ``apply`` was asked."""

    settings: Settings
    actor: Actor
    now: datetime
    dry_run: bool
    prune: Prune | None
    also_taking: bool
    move_subjects: bool
    is_whole: bool


def apply(
    session: Session,
    sealer: Sealer,
    settings: Settings,
    entries: Sequence[Entry],
    *,
    actor: Actor,
    now: datetime,
    dry_run: bool = False,
    prune: Prune | None = None,
    also_taking: bool = False,
    move_subjects: bool = False,
    is_whole: bool = False,
    progress: Callable[[int], object] = lambda _: None,
) -> tuple[DocumentOutcome, ...]:
    """What became of each document, and what left. In a transaction of its own: metadata that must
    be fetched is fetched before it. ``also_taking``: rights of people may end with what documents
    name no more. ``move_subjects``: people may get another ``sub`` at a portal. ``is_whole``: the
    documents are all there are, so what stands in none is told. ``progress`` hears how many more
    were written, and of fewer where it begins anew: what documents name is read before them, and
    people log in meanwhile. Raises DocumentsRefused, StillUsed and RightsTaken; then nothing
    changed.
    """
    wanted = _Wanted(settings, actor, now, dry_run, prune, also_taking, move_subjects, is_whole)
    for tried in range(1, TRIES + 1):
        written = 0

        def count(number: int) -> None:
            nonlocal written
            written += number
            progress(number)

        try:
            return _applied(session, sealer, entries, wanted, count)
        except (DBAPIError, StaleDataError, _OthersFirst) as met:
            if not _met_others(met):
                raise
            log.warning("apply.met_others", tried=tried, of=TRIES, error=type(met).__name__)
            progress(-written)
    raise DocumentsRefused([MET_OTHERS])


def _met_others(error: DBAPIError | StaleDataError | _OthersFirst) -> bool:
    """Could it pass where it is begun anew?"""
    if isinstance(error, IntegrityError):
        return breaks_a_key(error)
    return not isinstance(error, DBAPIError) or met_another(error)


def _applied(
    session: Session,
    sealer: Sealer,
    entries: Sequence[Entry],
    wanted: _Wanted,
    progress: Callable[[int], object],
) -> tuple[DocumentOutcome, ...]:
    """Once, from what stands at its beginning. Raises IntegrityError, StaleDataError and
    _OthersFirst where that changed before it was written.
    """
    settings, now, prune = wanted.settings, wanted.now, wanted.prune
    seen = current_revision(session)
    gone = pruning.leaving(session, entries, prune) if prune is not None else frozenset()
    may_move = wanted.move_subjects or wanted.dry_run
    checked = checking.check(session, settings, entries, may_move=may_move)
    _refuse([*checked.mistakes, *_beside_others(session, checked.entries, gone)])
    whole = [KINDS[entry.kind].complete(entry, settings, now, session) for entry in checked.entries]
    outcomes: list[DocumentOutcome] = []
    try:
        with texts(), writing(session):
            party_metadata.hold_many(session)
            if current_revision(session) != seen:  # others wrote, between the check and this
                again = checking.check(session, settings, entries, may_move=may_move)
                _refuse([*again.mistakes, *_beside_others(session, again.entries, gone)])
                if again.entries != checked.entries:  # a sector is another by now
                    raise _OthersFirst
            applier = Applier(session, sealer, settings, wanted.actor, now, tuple(whole))
            for entry in whole:
                outcomes.append(checked.told(entry, _apply(applier, entry)))
                progress(1)
            outcomes += pruning.remove(applier, gone)
            outcomes += row_pruning.remove(applier, prune)
            if wanted.is_whole and prune is None:
                outcomes += row_pruning.unnamed(applier)
            if wanted.dry_run:
                raise _DryRun
            _refuse_used(outcomes, prune)
            _refuse_taking(outcomes, also_taking=wanted.also_taking)
    except _DryRun:
        pass
    return tuple(outcomes)


def _refuse(mistakes: list[str]) -> None:
    if mistakes:
        raise DocumentsRefused(mistakes)


def _beside_others(session: Session, entries: Sequence[Entry], gone: Leaving) -> list[str]:
    """What is wrong with these documents beside the registrations that stand. Whoever writes those
    holds ``hold_many``: what is asked while it is held is true until the end.
    """
    return [
        *entity_ids.mistakes(session, entries, gone),
        *federation_rules.mistakes(session, entries, gone),
        *check_references(session, entries, gone),
    ]


def _refuse_used(outcomes: list[DocumentOutcome], prune: Prune | None) -> None:
    used = [outcome for outcome in outcomes if outcome.used]
    if used and prune is not None and not prune.also_used:
        raise StillUsed(used)


def _refuse_taking(outcomes: list[DocumentOutcome], *, also_taking: bool) -> None:
    taking = [outcome for outcome in outcomes if outcome.takes]
    if taking and not also_taking:
        raise RightsTaken(taking)


def _apply(applier: Applier, entry: Entry) -> DocumentOutcome:
    kind = KINDS[entry.kind]
    outcome = kind.write(applier, entry)
    if outcome.word == "unchanged":
        return outcome
    person = kind.person(entry.model)
    about: dict[str, Detail] = {} if person is None else {"person": person}
    details: dict[str, Detail] = {
        "kind": entry.kind,
        "name": outcome.name if kind.withdrawal is not None else None,
        **about,
    }
    changed = AuditEvent(
        tag=EventTag.REGISTRATION_CHANGED,
        at=applier.now,
        person_id=applier.actor.person_id,
        outcome=outcome.word,
        details=details,
    )
    audit.record(applier.session, changed)
    return outcome
