"""``sluis doctor``: every check with its verdict, what was seen and the remedy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from admin.installation import Installation
from admin.operations.checks import Finding, examine
from admin.tables import TABLES
from broker import settings as configuration
from broker.settings import SettingsError
from state.clock import utc_now
from state.engine import DatabaseUrlError, engine_at


def diagnose(config: Path | None) -> list[Finding]:
    """The settings first; without them nothing else can be looked at."""
    assert TABLES
    try:
        settings = configuration.load(config)
        with engine_at(settings.database.url) as engine:
            examined = list(examine(Installation(settings, engine, utc_now())))
    except (SettingsError, DatabaseUrlError) as error:
        seen = "; ".join(str(error).splitlines())
        return [Finding("settings", seen, "correct them; sluis config check lists every mistake")]
    return [Finding("settings", str(config or "environment")), *examined]


def lines(found: list[Finding]) -> Iterator[str]:
    """Aligned; the remedy below what it is for, and at the end how many need one."""
    for one in found:
        yield f"{'problem' if one.remedy else 'ok':<8} {one.check:<13} {one.seen}"
        if one.remedy:
            yield f"{'':<22} → {one.remedy}"
    ill = sum(bool(one.remedy) for one in found)
    checks = "1 check" if len(found) == 1 else f"{len(found)} checks"
    yield f"{checks}, {f'{ill} to mend.' if ill else 'all well.'}"


def as_json(found: list[Finding]) -> str:
    """The same for machines."""
    told = [{"verdict": "problem" if one.remedy else "ok", **vars(one)} for one in found]
    return json.dumps(told, indent=2, ensure_ascii=False)
