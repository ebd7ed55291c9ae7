"""``sluis apply``, ``sluis diff`` and ``sluis export``: files are applied or compared, and what
became of each document is told in lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import click

from admin.actor import COMMAND_LINE
from admin.cli.installation import Opened, opened
from admin.cli.progress import progress
from admin.operations.finding import Finding
from admin.operations.party_checks import findings
from admin.parties.examination import Means, examined
from admin.registrations.apply import apply
from admin.registrations.differences import IN_NO_FILE, DocumentOutcome
from admin.registrations.documents import Entry
from admin.registrations.export import export
from admin.registrations.pruning import Prune
from admin.registrations.reading import read
from admin.registrations.rules import calls_of
from broker.settings import Settings
from directory.services import RelyingParty
from keys.keyring import load_keyring
from providers.registry import ProviderRecord
from state.registrations import Kind

_COLOURS: Final = {"-": "red", "+": "green"}


def apply_files(
    settings: Settings,
    path: Path,
    *,
    dry_run: bool = False,
    prune: Prune | None = None,
    also_taking: bool = False,
    move_subjects: bool = False,
    check: bool = False,
) -> tuple[DocumentOutcome, ...]:
    """What became of each document, and what left. Raises DocumentsRefused, StillUsed and
    RightsTaken, and with ``check`` PartiesTroubled.
    """
    entries = read(path)
    with opened(settings) as at:
        if check:
            _try_new(at, entries)
        with progress("Documents", len(entries)) as more:
            return apply(
                at.session,
                at.sealer,
                settings,
                entries,
                actor=COMMAND_LINE,
                now=at.now,
                dry_run=dry_run,
                prune=prune,
                also_taking=also_taking,
                move_subjects=move_subjects,
                is_whole=path.is_dir(),
                progress=more,
            )


class PartiesTroubled(Exception):
    """What would be registered does not fit the makelaars and portals as they are."""

    def __init__(self, found: list[Finding]) -> None:
        super().__init__(f"{len(found)} troubles")
        self.found = found


def _try_new(at: Opened, entries: Sequence[Entry]) -> None:
    """Try the makelaars and portals that are new or change. Raises PartiesTroubled, and what
    apply raises for documents that cannot be applied.
    """
    outcomes = apply(
        at.session, at.sealer, at.settings, entries, actor=COMMAND_LINE, now=at.now, dry_run=True
    )
    new = {(outcome.kind, outcome.name) for outcome in changed(outcomes)}
    parties = [
        (entry.model, None)
        for entry in entries
        if (entry.kind, entry.model.key) in new
        and isinstance(entry.model, ProviderRecord | RelyingParty)
    ]
    means = Means(
        at.settings,
        lambda: calls_of(at.settings),
        load_keyring(at.session, at.sealer),
        at.now,
    )
    troubled = [one for one in findings(examined(parties, means)) if one.remedy]
    if troubled:
        raise PartiesTroubled(troubled)


def export_documents(settings: Settings, kinds: Sequence[str] = ()) -> str:
    """Documents as YAML, of these kinds or of all."""
    with opened(settings) as at:
        return export(at.session, at.sealer, kinds, actor=COMMAND_LINE, now=at.now)


def has_registrations(outcomes: Sequence[DocumentOutcome]) -> bool:
    """Is there one of them that a running process keeps, and reads again when it changed?"""
    kept = {str(kind) for kind in Kind}
    return any(outcome.kind in kept for outcome in outcomes)


def changed(outcomes: Sequence[DocumentOutcome]) -> list[DocumentOutcome]:
    """Those that are not as they were."""
    return [outcome for outcome in outcomes if outcome.word not in ("unchanged", IN_NO_FILE)]


def told(outcomes: Sequence[DocumentOutcome]) -> list[DocumentOutcome]:
    """What a plan lists: what changes, and what has something beside it that no document gave."""
    return [
        outcome
        for outcome in outcomes
        if outcome.word != IN_NO_FILE and (outcome.word != "unchanged" or outcome.stays)
    ]


def in_no_file(outcomes: Sequence[DocumentOutcome]) -> Iterator[str]:
    """A line where documents gave what stands in none of these."""
    counts = Counter(outcome.kind for outcome in outcomes if outcome.word == IN_NO_FILE)
    if counts:
        found = ", ".join(f"{number} {kind}" for kind, number in counts.items())
        yield f"In no file, and left as it is: {found}. Look with diff --prune."


def counted(outcomes: Sequence[DocumentOutcome]) -> str:
    """The last line: how many of each."""
    counts = Counter(outcome.word for outcome in outcomes)
    words = ("created", "changed", "unchanged", *(("removed",) if counts["removed"] else ()))
    return ", ".join(f"{counts[word]} {word}" for word in words)


def taking(outcome: DocumentOutcome) -> Iterator[str]:
    """What people use, and what is taken from them."""
    if outcome.used:
        yield click.style(f"  in use: {', '.join(outcome.used)}", fg="red")
    for one in outcome.takes:
        yield click.style(f"  takes away: {one}", fg="red")


def warned(outcomes: Sequence[DocumentOutcome]) -> Iterator[str]:
    """What works, and seldom as it was meant; also of what is unchanged."""
    for outcome in outcomes:
        for text in outcome.warnings:
            yield click.style(f"warning: {outcome.kind} {outcome.name}: {text}", fg="yellow")


def lines(outcome: DocumentOutcome) -> Iterator[str]:
    """Kind, name and field, then ``-`` before the old and ``+`` before the new value."""
    yield click.style(f"{outcome.word:<10} {outcome.kind:<17} {outcome.name}", bold=True)
    yield from taking(outcome)
    for one in outcome.stays:
        yield f"  stays, in no document: {one}"
    for difference in outcome.differences:
        yield f"  {difference.field}:"
        for sign, value in (("-", difference.old), ("+", difference.new)):
            if value is not None:
                yield click.style(f"    {sign} {value}", fg=_COLOURS[sign])
