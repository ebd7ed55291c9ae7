"""``make soak``: thousands of logins while parts are broken, and whether anything was lost.

Two instances with two workers each on PostgreSQL and Redis behind a balancer. Prints the seed, what
each fault cost, and the verdict of the ledger; ends with 0 only when nothing was lost or double and
every failed user stood before a page that helps.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from rich.console import Console
from rich.table import Table

from tests.faults.crowd import Crowd
from tests.faults.driver import FATIMA, Scene, User
from tests.faults.ending import Kind, bad
from tests.faults.fleet import Fleet, running_fleet

LOGINS = 2000
LEAST = 100  # logins: with fewer the faults fall on top of each other
AWAY = 2.0  # seconds that a server or an instance stays away
console = Console(width=100, highlight=False)


@dataclass
class Fault:
    """One thing that breaks; ``began`` and ``over`` in monotonic seconds."""

    name: str
    happen: Callable[[], None]
    began: float = 0.0
    over: float = 0.0

    def __call__(self) -> None:
        self.began = time.monotonic()
        self.happen()
        self.over = time.monotonic()


def main() -> int:
    """The command. 0 when nothing was lost and nobody was left without help."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak", description=__doc__)
    parser.add_argument("--logins", type=int, default=LOGINS)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    chosen = parser.parse_args()
    if chosen.logins < LEAST:
        parser.error(f"--logins is {LEAST} or more")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    console.print(f"seed {chosen.seed}, {chosen.logins} logins")
    with running_fleet(chosen.seed) as fleet:
        return _soak(fleet, chosen.logins, chosen.seed)


def _soak(fleet: Fleet, logins: int, seed: int) -> int:
    scene = Scene(fleet.demo)
    crowd, faults = Crowd(scene, seed), _faults(fleet)
    asking = User(scene, FATIMA)
    asked = asking.ask_for_mandate()
    asking.close()
    scene.ledger.endings.clear()  # she did not come to log in
    scene.ledger.failed_at.clear()
    gap = logins // (len(faults) + 1)
    events = {gap * (number + 1): fault for number, fault in enumerate(faults)}
    done = [ending.is_done for ending in crowd.log_in(logins, events)]
    fleet.wait_until_ready()
    wrong = [
        *scene.ledger.check(fleet.postgres.url),
        *(f"no help: {what}" for what in bad(scene.ledger.endings)),
        *(["a request for a mandate was not confirmed"] if not asked else []),
        *([f"{done.count(False)} logins never succeeded"] if not all(done) else []),
    ]
    _report(crowd, faults)
    console.print(f"{sum(done)} of {logins} logins redeemed in {crowd.seconds:.0f} seconds")
    for line in wrong:
        console.print(f"[red]{line}[/red]")
    console.print("[red]LOST[/red]" if wrong else "[green]Nothing lost, nothing double.[/green]")
    return 1 if wrong else 0


def _faults(fleet: Fleet) -> list[Fault]:
    """In this order, spread evenly over the logins. Emptying Redis comes last: what it costs the
    portals would hide what the others cost.
    """

    def instance() -> None:
        fleet.instances[0].kill()
        time.sleep(AWAY)
        fleet.instances[0].start()

    return [
        Fault("kill -9 one worker", partial(fleet.kill_worker, 1)),
        Fault("restart PostgreSQL", partial(fleet.postgres.restart, AWAY)),
        Fault("kill -9 one instance", instance),
        Fault("restart Redis", partial(fleet.redis.restart, AWAY)),
        Fault("FLUSHALL in Redis", fleet.redis.flush),
    ]


def _report(crowd: Crowd, faults: list[Fault]) -> None:
    ledger = crowd.scene.ledger
    costs = Table("fault", "lasted (s)", "failed tries", "last one after it ended (s)")
    ends = [*(fault.began for fault in faults[1:]), float("inf")]
    for fault, end in zip(faults, ends, strict=True):
        failed = [at for at in ledger.failed_at if fault.began <= at < end]
        after = max(0.0, failed[-1] - fault.over) if failed else 0.0
        lasted = f"{fault.over - fault.began:.1f}"
        costs.add_row(fault.name, lasted, str(len(failed)), f"{after:.1f}")
    console.print(costs)
    kinds = Counter(ending.kind for ending in ledger.endings)
    ended = Table("tries that ended in", "number")
    for kind in Kind:
        ended.add_row(str(kind), str(kinds[kind]))
    for ending, number in Counter(
        ending.what.split(" http")[0] for ending in ledger.endings if not ending.is_done
    ).most_common():
        ended.add_row(f"  of which: {ending}", str(number))
    console.print(ended)
    console.print(f"grants acknowledged: {len(ledger.grants)}, all read back over new connections")
    console.print(f"codes of an app accepted: {len(ledger.factor_steps)}")


if __name__ == "__main__":
    sys.exit(main())
