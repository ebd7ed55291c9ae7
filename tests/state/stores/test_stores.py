from __future__ import annotations

from pathlib import Path

import pytest

from state.engine import make_engine
from state.stores import make_store
from state.stores.memory import MemoryStore
from state.stores.redis import RedisStore
from state.stores.sql import SqlStore
from tests.clocks import FakeClock


@pytest.mark.parametrize(
    ("url", "kind"),
    [("sql:", SqlStore), ("memory:", MemoryStore), ("redis://127.0.0.1:1/0", RedisStore)],
)
def test_the_address_says_which_store(
    url: str, kind: type, tmp_path: Path, clock: FakeClock
) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/sluis.db")
    assert type(make_store(url, engine, clock)) is kind
    engine.dispose()


def test_another_address_is_refused(tmp_path: Path, clock: FakeClock) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/sluis.db")
    with pytest.raises(ValueError, match="redis://"):
        make_store("memcached://x", engine, clock)
    engine.dispose()
