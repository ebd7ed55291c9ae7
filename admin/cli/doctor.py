"""``sluis doctor``: every check with its verdict, what was seen and the remedy."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

from admin.installation import Installation
from admin.operations import starting
from admin.operations.checks import examine
from admin.operations.finding import Finding
from admin.operations.party_checks import examine_parties
from admin.tables import TABLES
from broker import settings as configuration
from broker.settings import SettingsError
from state.clock import utc_now
from state.engine import DatabaseUrlError, engine_at

_LEAST_ROOM: Final = 24  # columns; with less words stand one by one


def diagnose(config: Path | None, *, parties: bool = False) -> list[Finding]:
    """The settings first; without them nothing else can be looked at. ``parties``: makelaars and
    portals as well, which are called.
    """
    assert TABLES
    try:
        settings = configuration.load(config)
        wrong = list(starting.mistakes(settings))
        if wrong:
            raise SettingsError("\n".join(wrong))
        with engine_at(settings.database.url) as engine:
            at = Installation(settings, engine, utc_now())
            examined = examine(at)
            if parties:
                examined += examine_parties(at, examined)
    except (SettingsError, DatabaseUrlError) as error:
        seen = "; ".join(str(error).splitlines())
        return [Finding("settings", seen, "correct them; sluis config check lists every mistake")]
    return [Finding("settings", str(config or "environment")), *examined]


def columns_of(stream: TextIO) -> int | None:
    """How wide the terminal is that reads this; None where a file or a program does."""
    return shutil.get_terminal_size().columns if stream.isatty() else None


def lines(found: list[Finding], columns: int | None = None) -> Iterator[str]:
    """Aligned; the remedy below what it is for, and at the end how many need one. Within
    ``columns``, where that leaves room for words.
    """
    width = max(13, *(len(one.check) for one in found))
    room = columns - width - 10 if columns is not None else 0
    for one in found:
        yield from _told(f"{one.verdict:<8} {one.check:<{width}} ", one.seen, room)
        if one.remedy:
            yield from _told(f"{'':<{width + 9}} → ", one.remedy, room - 2)
    ill, unseen = sum(bool(one.remedy) for one in found), sum(bool(one.after) for one in found)
    checks = "1 check" if len(found) == 1 else f"{len(found)} checks"
    hidden = f" {unseen} cannot be seen before that." if unseen else ""
    yield f"{checks}, {f'{ill} to mend.{hidden}' if ill else 'all well.'}"


def _told(begin: str, text: str, room: int) -> Iterator[str]:
    """Further lines stand below the first word. An address is never broken: it is to be copied."""
    if room < _LEAST_ROOM:
        yield f"{begin}{text}"
        return
    first, *rest = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]
    yield f"{begin}{first}"
    for line in rest:
        yield f"{'':<{len(begin)}}{line}"


def as_json(found: list[Finding]) -> str:
    """The same for machines."""
    told = [{"verdict": one.verdict, **vars(one)} for one in found]
    return json.dumps(told, indent=2, ensure_ascii=False)
