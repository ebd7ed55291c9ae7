"""What a login begins in the database: its one write transaction, and none around its reads."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import event

from sandbox.portal.clients import BODEM
from tests.world import World


def test_a_login_begins_one_transaction_and_gives_every_connection_back(world: World) -> None:
    """In a known browser, with a makelaar that is remembered and a consent that was kept."""
    browser, engine, seen = world.browser(), world.process.engine, Counter[str]()
    counts = {name: _counting(seen, name) for name in ("begin", "commit", "rollback")}
    for turn in range(2):
        seen.clear()
        for name, count in counts.items():
            event.listen(engine, name, count)
        try:
            walk = world.walk(
                BODEM.name, "Polderpoort", "jan", browser=browser, remembers=turn == 0
            )
            assert walk.run().heading == "U bent ingelogd"
        finally:
            for name, count in counts.items():
                event.remove(engine, name, count)
    assert seen == {"begin": 1, "commit": 1}
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def _counting(seen: Counter[str], name: str) -> Any:
    def count(_: object) -> None:
        seen[name] += 1

    return count
