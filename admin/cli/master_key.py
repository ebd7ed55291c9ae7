"""``sluis keys master``: each step of replacing the master key, and where it stands, told in
lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from admin.actor import COMMAND_LINE
from admin.cli.installation import installation
from admin.keys import master_key_replacement
from admin.keys.master_key_survey import (
    Survey,
    drops_from,
    lacking,
    minute,
    named,
    sealing_with,
    survey,
    told,
)
from broker.settings import Settings
from keys import resealing
from keys.resealing import Resealed

_DOES: Final = {
    "active": "seals and opens",
    "next": "opens, does not seal yet",
    "retiring": "opens what it sealed before",
}


def look(settings: Settings) -> Survey:
    """Where the rotation stands. Raises MasterKeyError."""
    with installation(settings) as at:
        return survey(at)


def prepare(settings: Settings, out: Path | None) -> list[str]:
    """Raises MasterKeyError."""
    with installation(settings) as at:
        done = master_key_replacement.prepare(at, out)
    assert done.after.next is not None
    following = done.after.next.id
    if done.is_repeated:
        return [f"Master key {following} was prepared already.", *_bring("switch", done.path)]
    return [
        f"Master key {following} is made. It opens, and does not seal yet.",
        f"{done.path} holds {len(done.after.keys)} keys now.",
        *_bring("switch", done.path),
    ]


def switch(settings: Settings, out: Path | None) -> list[str]:
    """Raises MasterKeyError, RotationRefused."""
    with installation(settings) as at:
        done = master_key_replacement.switch(at, out)
    active = done.after.active.id
    if done.is_repeated:
        return [f"Master key {active} seals already.", *_bring("reseal", done.path)]
    return [
        f"Running processes that know {active}: {len(done.processes) or 'none was seen'}.",
        f"Master key {active} seals from now on; {done.before.active.id} still opens.",
        *_bring("reseal", done.path),
    ]


def reseal(settings: Settings) -> Resealed:
    """Raises MasterKeyError."""
    with installation(settings) as at:
        return master_key_replacement.reseal(at, actor=COMMAND_LINE)


def droppable(settings: Settings, *, at_once: bool) -> tuple[str, ...]:
    """The ids of the keys that may go. Raises MasterKeyError, RotationRefused."""
    with installation(settings) as at:
        return master_key_replacement.droppable(at, at_once=at_once)


def drop(settings: Settings, out: Path | None, *, at_once: bool) -> list[str]:
    """Raises as ``droppable``."""
    with installation(settings) as at:
        done = master_key_replacement.drop(at, out, at_once=at_once, actor=COMMAND_LINE)
    return [
        f"{', '.join(done.key_ids)} is taken out; {done.path} holds {done.left} key(s) now.",
        "Now:",
        f"1. Keep a copy of {done.path}, apart from the back-up of the database.",
        "2. Bring it to every instance; they may be restarted when it suits.",
        "3. Keep the copy of before as long as you keep back-ups of the database from before the "
        "last reseal: they open with nothing else.",
    ]


def lines(found: Survey) -> Iterator[str]:
    """The keys, what lies under each, who runs with them, and what comes next."""
    yield f"Master keys in {found.path}:"
    for key in found.keys.keys:
        yield f"  {key.id}  {key.state:<8}  {_DOES[key.state]}: {told(found.under(key.id))}"
    yield from _process_lines(found)
    if damaged := found.under(resealing.NO_KEY):
        yield f"PROBLEM: damaged, sealed under no key: {told(damaged)}"
    if found.strange:
        yield f"PROBLEM: under keys that are not in this file: {told(found.strange)}"
        yield "Next: put back the copy of the file that holds them; nobody can open these now"
    else:
        yield f"Next: {_next_step(found)}"


def resealed_lines(done: Resealed) -> Iterator[str]:
    """What was sealed anew, and what could not be."""
    yield f"Sealed anew: {told(done.done)}"
    if done.unopened:
        yield f"Opened by no key of this file, as before: {told(done.unopened)}; for example"
        yield from (f"  {example}" for example in done.examples)
        yield "What is damaged stays as it is, and does not hold up: sluis keys master drop"


def _bring(following: str, path: Path) -> Iterator[str]:
    yield "Now:"
    yield f"1. Keep a copy of {path}, apart from the back-up of the database."
    yield "2. Bring it to every instance, and restart all of them."
    yield f"3. sluis keys master {following}"


def _process_lines(found: Survey) -> Iterator[str]:
    if found.processes is None:
        yield "The store does not answer: which processes run is not known."
        return
    yield f"Processes seen in the last two minutes: {len(found.processes) or 'none'}"
    for key in found.keys.keys:
        without = lacking(found.processes, key.id)
        if without:
            yield f"  {len(without)} cannot open what {key.id} seals: {named(without)}"
    late = sealing_with(found.processes, [key.id for key in found.keys.retiring])
    if late:
        yield f"  {len(late)} still seal with an old key: {named(late)}"


def _next_step(found: Survey) -> str:
    restarted = "when every instance has this file and was restarted"
    if found.keys.next is not None:
        return f"{restarted}: sluis keys master switch"
    if found.old:
        return f"{restarted}: sluis keys master reseal"
    if found.keys.retiring:
        return f"sluis keys master drop, from {minute(drops_from(found.keys))} on"
    return "nothing; a rotation begins with: sluis keys master prepare"
