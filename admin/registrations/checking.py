"""Checking documents before anything is written: the rules of their kinds, and their sectors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from admin.registrations import reach, rules, sectors
from admin.registrations.differences import DocumentOutcome
from admin.registrations.documents import Entry
from broker.settings import Settings


@dataclass(frozen=True)
class Checked:
    """Documents as they would be written, the reasons to refuse them, and what is told of those
    that may be written, by their places.
    """

    entries: Sequence[Entry]
    mistakes: Sequence[str]
    warnings: Mapping[str, tuple[str, ...]]

    def told(self, entry: Entry, outcome: DocumentOutcome) -> DocumentOutcome:
        """The outcome, with what is told of its document."""
        return replace(outcome, warnings=self.warnings.get(entry.place, ()))


def check(
    session: Session, settings: Settings, entries: Sequence[Entry], *, may_move: bool
) -> Checked:
    """Ask every rule. ``may_move``: a sector that moves is told and not refused."""
    calls = rules.calls_of(settings)
    before = sectors.registered(session, entries)
    whole = [sectors.settled(before, entry) for entry in entries]
    moves = [(entry.place, text) for entry, text in sectors.moves(before, whole)]
    refused = [] if may_move else [f"{place}: {text}" for place, text in moves]
    makelaars = reach.makelaars(session, whole)
    told = {
        entry.place: (
            *rules.warnings(entry, calls),
            *sectors.warnings(before, entry),
            *reach.warnings(entry, makelaars),
        )
        for entry in whole
    }
    for place, text in moves:
        told[place] = (*told[place], text)
    return Checked(
        entries=whole,
        mistakes=[*rules.mistakes(whole, calls), *sectors.mistakes(before, whole), *refused],
        warnings={place: texts for place, texts in told.items() if texts},
    )
