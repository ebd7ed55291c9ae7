"""``make bench-peers``: the same login through Sluis and Keycloak as brokers, in turns on one
machine: the makelaar's two signatures and encrypted assertion in, a portal with a client assertion
and PKCE, the ID token out. Both keep their state in the process and on the disk of this machine.

Needs Java 17 and Maven, which fetches Keycloak once. What either does beside that differs: Sluis
looks for a mandate and writes an audit that is sealed; Keycloak has pages of its own on the way.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import requests
from rich.console import Console
from rich.table import Table

from benchmarks import keycloak
from benchmarks.processes import cpu_seconds, pss_mb
from benchmarks.rounds import Rounds
from benchmarks.server import Setting, running
from benchmarks.user import MAKELAAR, Refused
from sandbox import prepare
from tests.servers import free_port

RESULT: Final = Path("var/bench/peers.json")
ROUNDS: Final = 5
CLIENTS: Final = 4
console = Console(width=100, highlight=False)
LogIn = Callable[[], object]


@dataclass(frozen=True)
class Peer:
    """``user``: a new one, with a connection of its own; ``pid``: the head of the process tree."""

    name: str
    pid: int
    user: Callable[[], LogIn]


def main() -> int:
    """The command. 1 where a login does not come to its end, or Keycloak cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--sample", type=int, default=200, help="logins of each round")
    parser.add_argument("--warm-up", type=int, default=2000, help="logins before, of each")
    wanted = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory(prefix="sluis-peers-") as folder:
            result = _measured(Path(folder), wanted.sample, wanted.warm_up)
    except (Refused, RuntimeError, requests.RequestException) as stopped:
        console.print(f"[red]Stopped:[/red] {stopped}")
        return 1
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    _report(result)
    return 0


def _measured(folder: Path, sample: int, warm_up: int) -> dict[str, dict[str, float]]:
    with (
        running(Setting("peers", "", "memory:"), folder) as broker,
        keycloak.serving(folder, free_port(), free_port()) as served,
    ):
        makelaar = next(m for m in prepare.makelaars(broker.demo) if m.profile.slug == MAKELAAR)
        jan = keycloak.introduced(served, makelaar)
        peers = (
            Peer("Sluis", broker.pid, lambda: broker.user().log_in),
            Peer("Keycloak", served.pid, lambda: jan.again().log_in),
        )
        for peer in peers:
            console.print(f"{peer.name}: {warm_up} logins to warm up")
            _at_once(peer, warm_up)
        found = {peer.name: _Spent() for peer in peers}
        for _ in range(ROUNDS):
            for peer in peers:
                found[peer.name].note(peer, sample)
        return {
            peer.name: {**found[peer.name].fields(), "pss_mb": round(sum(pss_mb(peer.pid)))}
            for peer in peers
        }


class _Spent:
    """What each round of one took."""

    def __init__(self) -> None:
        self._alone: list[float] = []
        self._full: list[float] = []
        self._rate: list[float] = []
        self._late: list[float] = []

    def note(self, peer: Peer, sample: int) -> None:
        """One user after another, then as many as the machine takes."""
        cpu, log_in, times = cpu_seconds(peer.pid), peer.user(), list[float]()
        for _ in range(sample):
            began = time.perf_counter()
            log_in()
            times.append(time.perf_counter() - began)
        self._alone.append((cpu_seconds(peer.pid) - cpu) * 1000 / sample)
        self._late.append(sorted(times)[sample * 95 // 100] * 1000)
        cpu, began = cpu_seconds(peer.pid), time.perf_counter()
        _at_once(peer, sample)
        self._rate.append(sample / (time.perf_counter() - began))
        self._full.append((cpu_seconds(peer.pid) - cpu) * 1000 / sample)

    def fields(self) -> dict[str, float]:
        """The medians, with the spread of the first."""
        named = {
            "cpu_ms_full": self._full,
            "logins_per_s": self._rate,
            "ms_95": self._late,
        }
        medians = {name: Rounds(tuple(values)).median for name, values in named.items()}
        return {**Rounds(tuple(self._alone)).fields("cpu_ms"), **medians}


def _at_once(peer: Peer, times: int) -> None:
    """So many logins by a few clients. Raises Refused when one fails."""
    failures: list[BaseException] = []

    def work() -> None:
        try:
            log_in = peer.user()
            for _ in range(times // CLIENTS):
                if failures:
                    return
                log_in()
        except Exception as failure:  # told by the one who waits
            failures.append(failure)

    threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise Refused(f"{peer.name}: {type(failures[0]).__name__}: {failures[0]}")


def _report(result: dict[str, dict[str, float]]) -> None:
    table = Table(title="One login", title_justify="left")
    for heading in ("", *result):
        table.add_column(heading)
    for name in next(iter(result.values())):
        table.add_row(name, *(f"{one[name]:g}" for one in result.values()))
    console.print(table)
    ours, theirs = (result[name]["cpu_ms_full"] for name in ("Sluis", "Keycloak"))
    console.print(f"full_vs_keycloak: {ours / theirs:.2f}. Written to {RESULT}.")


if __name__ == "__main__":
    sys.exit(main())
