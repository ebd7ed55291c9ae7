"""``python -m benchmarks.scale``: what a page of ``/beheer`` and the mandates of a login ask of
PostgreSQL in an installation the size of a country, beside a hundredth of it, with the plans of the
database. What a company or a person has is as much in both, so that nothing may cost much more.

Counted in blocks that the database looks at, which no other work on the machine changes; the
milliseconds beside them are the best of some rounds, to be read on a quiet machine.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlalchemy import text
from sqlalchemy.orm import Session

from admin.chains import to_do as chains_to_do
from admin.mandates import colleagues, companies, to_do
from admin.scale import rows as made_up
from admin.scale import seeding
from admin.scale.rows import CLIENTS_EACH, PEOPLE_EACH, SERVICES, Scale
from admin.tables import TABLES
from assurance.levels import AssuranceLevel
from consent import allocations, chains, mandates, requests
from consent.options import Terms, options
from consent.recheck import recheck
from state.clock import utc_now
from state.db import Base
from state.engine import engine_at
from tests.servers import postgresql, run_outside

SMALL: Final = 0.01
BUDGET: Final = 1.5
LINKS: Final = AssuranceLevel.EH3  # up to which chain mandates count that a link gave
SAMPLE: Final = 20
ROUNDS: Final = 3
_SCAN: Final = re.compile(r"(Seq Scan|Bitmap Heap Scan|Index Only Scan|Index Scan)[^(]*")
_BUFFERS: Final = re.compile(r"Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?")
console = Console(width=100, highlight=False)
Act = Callable[[Session, int], object]


@dataclass(frozen=True)
class Rules:
    """What the check reads of a service."""

    uuid: str
    chain_mandates: bool = True
    chain_level: AssuranceLevel = AssuranceLevel.EH3
    branch_restrictions: bool = True


@dataclass(frozen=True)
class Cost:
    """Milliseconds of each act, the blocks that it looks at, and the scans that were chosen."""

    milliseconds: Mapping[str, float]
    blocks: Mapping[str, float]
    scans: Mapping[str, tuple[str, ...]]


def main(arguments: list[str]) -> int:
    """0 where nothing costs more than the budget in the larger one."""
    parser = argparse.ArgumentParser(prog="benchmarks.scale")
    parser.add_argument("--factor", type=float, default=1.0, help="of the larger installation")
    wanted = parser.parse_args(arguments)
    assert TABLES
    with postgresql() as url:
        small, large = (_measured(url, one) for one in (SMALL, wanted.factor))
    head = ("1/100: ms", "blocks", f"{wanted.factor:g}: ms", "blocks", "times")
    table = Table("", *head)
    worst = 0.0
    for name, before in small.blocks.items():
        after = large.blocks[name]
        times = after / before
        worst = max(worst, times)
        milliseconds = [f"{one.milliseconds[name]:.1f}" for one in (small, large)]
        table.add_row(
            name, milliseconds[0], f"{before:.0f}", milliseconds[1], f"{after:.0f}", f"{times:.2f}"
        )
    console.print(table)
    for name, found in large.scans.items():
        console.print(f"[bold]{name}[/bold]")
        for line in found:
            console.print(f"  {line}")
    console.print(f"At most {worst:.2f} times; the budget is {BUDGET}.")
    return 0 if worst <= BUDGET else 1


def _measured(server: str, factor: float) -> Cost:
    """In a database of its own."""
    name = f"scale_{str(factor).replace('.', '_')}"
    run_outside(server, f"CREATE DATABASE {name}")
    url, scale = f"{server.rpartition('/')[0]}/{name}", Scale.of(factor, utc_now())
    with engine_at(url) as engine:
        Base.metadata.create_all(engine)
        with Progress(console=console) as progress:
            task = progress.add_task(f"{scale.rows:,} rows", total=scale.rows)
            seeding.seed(engine, scale, lambda number: progress.advance(task, number))
        with Session(engine) as session:
            if factor == SMALL:
                _ask_alike(session)
            acts = _acts(scale.now)
            numbers = [n * 7919 % scale.organisations for n in range(1, SAMPLE + 1)]
            costs = {name: _milliseconds(session, act, numbers) for name, act in acts.items()}
            told = {name: _plans(session, act, numbers) for name, act in acts.items()}
    run_outside(server, f"DROP DATABASE {name} WITH (FORCE)")
    blocks = {name: _blocks(plans) / len(numbers) for name, plans in told.items()}
    return Cost(costs, blocks, {name: _scans(plans) for name, plans in told.items()})


def _ask_alike(session: Session) -> None:
    """So small a table the database reads whole, which costs fewer blocks than to look up some of
    it and says nothing of growth: there it looks up as in the large one.
    """
    session.execute(text("SET enable_seqscan = off"))
    session.execute(text("SET enable_hashjoin = off"))
    session.execute(text("SET enable_mergejoin = off"))
    session.commit()


def _milliseconds(session: Session, act: Act, numbers: list[int]) -> float:
    """The best of rounds, each over the same companies; the first warms up."""
    rounds = []
    for _ in range(ROUNDS + 1):
        began = time.perf_counter()
        for number in numbers:
            act(session, number)
            session.rollback()
        rounds.append((time.perf_counter() - began) * 1000 / len(numbers))
    return min(rounds[1:])


def _plans(session: Session, act: Act, numbers: list[int]) -> list[str]:
    """Of every statement, as ``auto_explain`` tells."""
    with _explaining(session) as told:
        for number in numbers:
            act(session, number)
            session.rollback()
    return told


def _scans(plans: list[str]) -> tuple[str, ...]:
    """What the database read, and how."""
    found = [one.group(0).strip() for plan in plans for one in _SCAN.finditer(plan)]
    return tuple(dict.fromkeys(found))


def _blocks(plans: list[str]) -> int:
    """Those of the whole statement stand first in its plan."""
    return sum(
        sum(int(number) for number in found.groups(default="0"))
        for plan in plans
        if (found := _BUFFERS.search(plan)) is not None
    )


@contextmanager
def _explaining(session: Session) -> Any:
    told: list[str] = []
    driver: Any = session.connection().connection.driver_connection
    for statement in (
        "LOAD 'auto_explain'",
        "SET auto_explain.log_min_duration = 0",
        "SET auto_explain.log_analyze = on",
        "SET auto_explain.log_timing = off",
        "SET auto_explain.log_buffers = on",
        "SET client_min_messages = log",
    ):
        session.execute(text(statement))
    session.commit()
    hears = lambda notice: told.append(notice.message_primary or "")  # noqa: E731
    driver.add_notice_handler(hears)
    try:
        yield told
    finally:
        driver.remove_notice_handler(hears)
        session.execute(text("SET auto_explain.log_min_duration = -1"))
        session.commit()


def _acts(now: datetime) -> dict[str, Act]:
    """What pages and a login read, for the company with a number or somebody there."""
    company, person = made_up.organisation_id, made_up.person_id

    def terms(number: int) -> Terms:
        rules = Rules(SERVICES[number % len(SERVICES)])
        return Terms(rules, AssuranceLevel.EH3, AssuranceLevel.EH3, now, 24)

    def office(number: int) -> str:
        return company(number // CLIENTS_EACH * CLIENTS_EACH)

    def login(session: Session, number: int) -> object:
        """Of an administrator of an intermediary: own mandates and a hundred clients."""
        first = number // CLIENTS_EACH * CLIENTS_EACH * PEOPLE_EACH
        found = options(session, person(first), terms(number)).usable
        authority = found[-1].authority if found else None
        return recheck(session, person(first), authority, terms(number))

    return {
        "own companies": lambda s, n: companies.of_person(s, person(n * PEOPLE_EACH), now),
        "Te doen: requests": lambda s, n: requests.open_for(s, [company(n)]),
        "Te doen: mandates": lambda s, n: to_do.ending(s, company(n), now),
        "Te doen: chain mandates": lambda s, n: chains_to_do.ending(s, company(n), now, LINKS),
        "Gebruikers": lambda s, n: colleagues.at(s, {}, company(n), now),
        "Machtigingen": lambda s, n: mandates.at(s, company(n), now),
        "Mijn machtigingen": lambda s, n: mandates.of_person(s, person(n * PEOPLE_EACH), now),
        "Ketenmachtigingen": lambda s, n: chains.of_client(s, company(n), now),
        "Klanten": lambda s, n: chains.of_intermediary(s, office(n), now),
        "Klanten toewijzen": lambda s, n: allocations.of_people(s, office(n)),
        "login: authority": login,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
