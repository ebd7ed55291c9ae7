"""``make bench``: what one login costs, as a multiple of the cryptography in it."""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from admin.operations.collector import tune_collector
from benchmarks import hostile
from benchmarks.choosing import a_thousand
from benchmarks.choosing import measured as measured_choosing
from benchmarks.etd import cost as etd_cost
from benchmarks.federations import measured as measured_federations
from benchmarks.floor import Floor
from benchmarks.processes import cpu_seconds, pss_mb
from benchmarks.rounds import ROUNDS, Rounds, over
from benchmarks.saml import fields as messages_fields
from benchmarks.saml import measured as measured_messages
from benchmarks.saml_out import cost as saml_out_cost
from benchmarks.server import Measured, Setting, running
from benchmarks.tail import DRIVERS, best_rate
from benchmarks.tail import measured as measured_tail
from benchmarks.turns import counting, port_of
from benchmarks.user import Refused
from tests.servers import postgresql, redis

RESULT = Path("var/bench/latest.json")
WARM_UP = 60
SAMPLE = 400
GROWTH = 10_000
COUNTED = 40
CLIENTS = 4
BUDGETS = {
    "ratio": 10.0,
    "ratio_pg_redis": 13.0,
    "login_ratio_saml_out": 10.0,
    "login_ratio_etd": 10.0,
    "saml_verify_vs_rsa_sign": 3.0,
    "saml_sign_vs_rsa_sign": 3.0,
    "sql_reads": 6.0,
    "sql_configuration_reads": 0.0,
    "sql_writes": 1.0,
    "store_round_trips": 6.0,
    "sql_waits": 12.0,
    "store_waits": 6.0,
    "subprocesses": 0.0,
    "pss_mb": 180.0,
    "pss_tree_mb": 160.0,
    "tail_half_load": 3.0,
    "tail_half_load_99": 4.0,
    "list_1000_ms": 20.0,
    "list_1000_kb": 100.0,
    "list_1000_header_bytes": 2000.0,
    "pss_growth_percent": 5.0,
    "federation_import_s": 60.0,
    "federation_memory_vs_file": 6.0,
    "federation_server_growth_mb": 10.0,
    "login_10000_vs_10": 1.1,
}
console = Console(width=100, highlight=False)


@dataclass(frozen=True)
class Kind:
    """What differs between two logins that are measured in turns."""

    encrypt: bool = True
    is_known: bool = True


KNOWN, PLAIN, NEW = Kind(), Kind(encrypt=False), Kind(is_known=False)


@dataclass(frozen=True)
class Cost:
    """Per login, of the broker's process tree; each once for every round."""

    cpu: Rounds
    floor: Rounds

    @property
    def ratio(self) -> Rounds:
        pairs = zip(self.cpu.values, self.floor.values, strict=True)
        return Rounds(tuple(cpu / floor for cpu, floor in pairs))

    def fields(self, suffix: str = "") -> dict[str, float]:
        """As they stand in the result; the ratio with its spread."""
        return {f"login_cpu_ms{suffix}": self.cpu.median, **self.ratio.fields(f"ratio{suffix}")}


def main() -> int:
    """The command. 1 when a hostile message is accepted or a budget is exceeded."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.login", description=__doc__)
    parser.add_argument("--logins", type=int, default=GROWTH, help="of the growth run")
    parser.add_argument("--sample", type=int, default=SAMPLE, help="logins per measurement")
    arguments = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="sluis-bench-") as folder:
            result = _measure(Path(folder), arguments.sample, arguments.logins)
    except (Refused, hostile.Accepted) as stopped:
        console.print(f"[red]Stopped:[/red] {stopped}")
        return 1
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    return _report(result)


def _measure(folder: Path, sample: int, logins: int) -> dict[str, float | str]:
    alone = Setting("sqlite-memory", "", "memory:")
    result: dict[str, float | str] = {
        "machine": platform.machine(),
        "python": platform.python_version(),
    }
    with running(alone, folder) as broker:
        console.print(f"Hostile messages refused: {hostile.send_all(broker.user())}")
    with running(Setting("counting", "", "memory:"), folder, counting=True) as broker:
        result |= _counted(broker)
    with running(alone, folder) as broker:
        costs = _in_turns(broker, sample, KNOWN, PLAIN, NEW)
        result["logins_per_s"] = _rate(broker, sample)
        result |= measured_tail(broker, sample)
        sizes = pss_mb(broker.pid)
        result |= {"pss_mb": round(max(sizes), 1), "pss_tree_mb": round(sum(sizes), 1)}
        saml_out, saml_out_floor = saml_out_cost(broker, sample)
        etd, etd_floor = etd_cost(broker, sample)
    with running(Setting("choosing", "", "memory:"), folder, beside=a_thousand) as broker:
        result |= measured_choosing(broker)
    result |= _waits(folder)
    result |= measured_federations(folder)
    with (
        postgresql() as database,
        redis() as store,
        running(Setting("pg-redis", database, store), folder) as broker,
    ):
        shared = _in_turns(broker, sample, KNOWN)[KNOWN]
        one = _full(broker, sample)
        # Where state lives elsewhere: the store in the process keeps an hour of it by design.
        result["pss_growth_percent"] = _growth(broker, logins)
        result["growth_logins"] = logins
    with (
        postgresql() as database,
        redis() as store,
        running(Setting("pg-redis-2", database, store, 2), folder) as broker,
    ):
        pair = _full(broker, sample)
        result["pss_tree_2_workers_mb"] = round(sum(pss_mb(broker.pid)), 1)
    tune_collector()  # from here on in this process, as in one that serves
    result |= messages_fields(measured_messages())
    result |= {
        **costs[KNOWN].fields(),
        "crypto_floor_ms": costs[KNOWN].floor.median,
        **costs[PLAIN].fields("_plain_assertion"),
        "crypto_floor_ms_plain_assertion": costs[PLAIN].floor.median,
        **costs[NEW].fields("_new_browser"),
        **shared.fields("_pg_redis"),
        "login_cpu_ms_saml_out": round(saml_out, 2),
        "login_ratio_saml_out": round(saml_out / saml_out_floor, 2),
        "login_cpu_ms_etd": round(etd, 2),
        "login_ratio_etd": round(etd / etd_floor, 2),
        "logins_per_s_pg_redis": round(one.rate, 1),
        "logins_per_s_2_workers": round(pair.rate, 1),
        "workers_2_vs_1": round(pair.rate / one.rate, 2),
        "workers_2_cpu_vs_1": round(pair.cpu / one.cpu, 2),
        "cores_used_1_worker": round(one.rate * one.cpu, 2),
        "cores_used_2_workers": round(pair.rate * pair.cpu, 2),
    }
    return result


def _in_turns(broker: Measured, sample: int, *kinds: Kind) -> dict[Kind, Cost]:
    """CPU of login after login and of the bare cryptography in it. Each kind has its share of every
    round, so that all meet the same machine. What follows on a login in a new browser is part of
    its cost.
    """
    _log_in(broker, WARM_UP)
    spent: dict[Kind, list[tuple[float, float]]] = {kind: [] for kind in kinds}
    for _ in range(ROUNDS):
        for kind in kinds:
            spent[kind].append(_round(broker, max(1, sample // ROUNDS), kind))
    return {
        kind: Cost(*(Rounds(tuple(values)) for values in zip(*rounds, strict=True)))
        for kind, rounds in spent.items()
    }


def _round(broker: Measured, logins: int, kind: Kind) -> tuple[float, float]:
    """Milliseconds of a login and of its floor."""
    user, floor = broker.user(), Floor(encrypt=kind.encrypt)
    used = cpu_seconds(broker.pid)
    for _ in range(logins):
        user.log_in(encrypt=kind.encrypt, is_known=kind.is_known)
        floor.once()
    if not kind.is_known:
        broker.wait_until_told()
    return (cpu_seconds(broker.pid) - used) * 1000 / logins, floor.milliseconds


def _rate(broker: Measured, sample: int) -> float:
    """Logins per second of several users in known browsers."""
    started = time.monotonic()
    _log_in(broker, sample)
    return round(sample / (time.monotonic() - started), 1)


@dataclass(frozen=True)
class Full:
    """``rate``: logins a second; ``cpu``: seconds of the broker for one of them."""

    rate: float
    cpu: float


def _full(broker: Measured, sample: int) -> Full:
    """What as many users get as keep the broker busy, from drivers in processes of their own."""
    used = cpu_seconds(broker.pid)
    rate = best_rate(broker, sample)
    logins = DRIVERS * max(1, sample // DRIVERS)
    return Full(rate, (cpu_seconds(broker.pid) - used) / logins)


def _growth(broker: Measured, logins: int) -> float:
    """Percent that the largest process grows over so many logins."""
    before = max(pss_mb(broker.pid))
    _log_in(broker, logins)
    return round((max(pss_mb(broker.pid)) - before) / before * 100, 1)


def _counted(broker: Measured) -> dict[str, float]:
    user = broker.user()
    for _ in range(5):
        user.log_in()
    broker.counts.write_bytes(b"")
    for _ in range(COUNTED):
        user.log_in()
    seen = Counter(broker.counts.read_bytes().decode())
    names = {
        "r": "sql_reads",
        "c": "sql_configuration_reads",
        "w": "sql_writes",
        "s": "store_round_trips",
        "p": "subprocesses",
    }
    return {name: float(round(seen[letter] / COUNTED)) for letter, name in names.items()}


def _waits(folder: Path) -> dict[str, float]:
    """Round trips of a login to PostgreSQL and to Redis, as they pass on the line."""
    with (
        postgresql() as database,
        redis() as store,
        counting(port_of(database)) as sql,
        counting(port_of(store)) as kept,
    ):
        setting = Setting("waits", sql.line_of(database), kept.line_of(store))
        with running(setting, folder) as broker:
            user = broker.user()
            for _ in range(WARM_UP):
                user.log_in()
            sql.forget()
            kept.forget()
            for _ in range(COUNTED):
                user.log_in()
            # Background threads ask now and then; a part of a login is none.
            return {
                "sql_waits": float(round(sql.count / COUNTED)),
                "store_waits": float(round(kept.count / COUNTED)),
            }


def _log_in(broker: Measured, times: int) -> None:
    """So many logins from a few clients at once. Raises Refused when one fails."""
    failures: list[BaseException] = []
    share, rest = divmod(times, CLIENTS)

    def work(number: int) -> None:
        try:
            user = broker.user()
            for _ in range(number):
                if failures:
                    return
                user.log_in()
        except Exception as failure:  # reported by the one who waits
            failures.append(failure)

    threads = [
        threading.Thread(target=work, args=(share + (1 if n < rest else 0),))
        for n in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise Refused(f"{type(failures[0]).__name__}: {failures[0]}")


def _report(result: dict[str, float | str]) -> int:
    table = Table(title="One login", title_justify="left")
    for heading in ("What", "Measured", "Budget"):
        table.add_column(heading)
    exceeded = over(result, BUDGETS)
    for name, value in result.items():
        budget = BUDGETS.get(name)
        shown = f"[red]{value}[/red]" if name in exceeded else str(value)
        table.add_row(name, shown, "" if budget is None else f"≤ {budget:g}")
    console.print(table)
    console.print(f"Written to {RESULT}.")
    if exceeded:
        console.print(f"[red]Over budget:[/red] {', '.join(exceeded)}")
    return 1 if exceeded else 0


if __name__ == "__main__":
    sys.exit(main())
