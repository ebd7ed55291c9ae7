"""``sluis doctor``: every check with its verdict, what was seen and the remedy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

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


def lines(found: list[Finding]) -> Iterator[str]:
    """Aligned; the remedy below what it is for, and at the end how many need one."""
    width = max(13, *(len(one.check) for one in found))
    for one in found:
        yield f"{one.verdict:<8} {one.check:<{width}} {one.seen}"
        if one.remedy:
            yield f"{'':<{width + 9}} → {one.remedy}"
    ill, unseen = sum(bool(one.remedy) for one in found), sum(bool(one.after) for one in found)
    checks = "1 check" if len(found) == 1 else f"{len(found)} checks"
    hidden = f" {unseen} cannot be seen before that." if unseen else ""
    yield f"{checks}, {f'{ill} to mend.{hidden}' if ill else 'all well.'}"


def as_json(found: list[Finding]) -> str:
    """The same for machines."""
    told = [{"verdict": one.verdict, **vars(one)} for one in found]
    return json.dumps(told, indent=2, ensure_ascii=False)
