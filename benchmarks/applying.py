"""``python -m benchmarks.applying``: what ``sluis apply`` costs: of four thousand documents, first
and again, of a thousand makelaars with metadata, and of two documents beside a million people, on
PostgreSQL.

Seconds of CPU of the command's own process: what it waits for the database is not in them, which
other work on the machine would change; the seconds of the clock stand beside them.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from admin.actor import COMMAND_LINE
from admin.registrations.apply import apply
from admin.registrations.reading import read
from admin.tables import TABLES
from broker import settings as configuration
from broker.settings import Settings
from keys.sealing import Sealer
from state.clock import utc_now
from state.db import Base
from state.engine import engine_at
from tests.admin.registrations.many import documents, makelaars
from tests.servers import postgresql

EACH: Final = 1_000  # services, portals, people and mandates
PEOPLE: Final = 1_000_000
BUDGETS: Final = {
    "apply_4000_s": 8.0,
    "apply_4000_again_s": 8.0,
    "apply_1000_makelaars_s": 8.0,
    "apply_two_s": 2.0,
}
console = Console(width=100, highlight=False)


@dataclass(frozen=True)
class Cost:
    """Seconds: of this process, and of the clock."""

    cpu: float
    clock: float


def main(arguments: list[str]) -> int:
    """0 where everything is within its budget."""
    parser = argparse.ArgumentParser(prog="benchmarks.applying")
    parser.add_argument("--each", type=int, default=EACH, help="documents of each of four kinds")
    parser.add_argument("--people", type=int, default=PEOPLE, help="who are there already")
    parser.add_argument("--write", type=Path, help="a file for the figures, as JSON")
    wanted = parser.parse_args(arguments)
    assert TABLES
    with tempfile.TemporaryDirectory() as folder, postgresql() as url, engine_at(url) as engine:
        Base.metadata.create_all(engine)
        costs = _measured(engine, Path(folder), wanted.each, wanted.people)
    table = Table("", "seconds of CPU", "of the clock", "budget")
    for name, cost in costs.items():
        table.add_row(name, f"{cost.cpu:.2f}", f"{cost.clock:.2f}", f"{BUDGETS[name]:g}")
    console.print(table)
    if wanted.write is not None:
        wanted.write.write_text(json.dumps({name: one.cpu for name, one in costs.items()}))
    return 0 if all(cost.cpu <= BUDGETS[name] for name, cost in costs.items()) else 1


def _measured(engine: Engine, folder: Path, each: int, people: int) -> dict[str, Cost]:
    settings = configuration.load(
        None,
        {
            "SLUIS__DATABASE__URL": engine.url.render_as_string(hide_password=False),
            "SLUIS__KEYS__MASTER_KEY_FILE": str(folder / "master.key"),
            "SLUIS__WEB__BASE_URL": "https://sluis.example",
        },
    )
    many, saml, two = (folder / f"{name}.yaml" for name in ("many", "saml", "two"))
    _write(many, documents(each))
    _write(saml, makelaars(each))
    _write(two, documents(1, first=each))
    first = _cost(engine, settings, many)
    again = _cost(engine, settings, many)
    with_metadata = _cost(engine, settings, saml)
    with engine.begin() as connection:
        connection.execute(_CROWD, {"people": people})
        connection.execute(text("ANALYZE"))
    return {
        "apply_4000_s": first,
        "apply_4000_again_s": again,
        "apply_1000_makelaars_s": with_metadata,
        "apply_two_s": _cost(engine, settings, two),
    }


_CROWD: Final = text(
    "INSERT INTO person (id, display_name, locale, created_at, origin)"
    " SELECT 'crowd-' || n, 'Persoon ' || n, 'nl', now(), 'SCREEN'"
    " FROM generate_series(1, :people) n"
)


def _write(file: Path, found: Iterator[dict[str, Any]]) -> None:
    file.write_text(yaml.dump_all(found, Dumper=yaml.CSafeDumper), encoding="utf-8")


def _cost(engine: Engine, settings: Settings, file: Path) -> Cost:
    began, cpu = time.perf_counter(), time.process_time()
    with Session(engine) as session:
        apply(
            session,
            Sealer(bytes(32)),
            settings,
            read(file),
            actor=COMMAND_LINE,
            now=utc_now(),
        )
    return Cost(time.process_time() - cpu, time.perf_counter() - began)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
