"""The stores on which the tables of trust are walked: each must give the same rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import pytest
from redis import Redis

from tests.servers import new_database, shared_redis
from tests.world import World

if TYPE_CHECKING:
    from tests.journeys.running import Instances

Stores = Mapping[str, Mapping[str, object]]

_SERVERS: Final = "postgresql and redis"
OTHERS: Final[tuple[Any, ...]] = (
    pytest.param("memory", marks=[pytest.mark.slow, pytest.mark.stores]),
    pytest.param(_SERVERS, marks=[pytest.mark.postgres, pytest.mark.slow, pytest.mark.stores]),
)
EACH: Final = ("sqlite", *OTHERS)  # params of a fixture


def settings_of(name: str) -> Stores:
    """The settings of a world that is to have a store of this name, empty."""
    if name == "sqlite":
        return {}
    if name == "memory":
        return {"store": {"url": "memory:"}}
    assert name == _SERVERS
    url = shared_redis()
    with Redis.from_url(url) as server:
        server.flushall()
    return {"database": {"url": new_database()}, "store": {"url": url}}


def tell_commands(world: World, chosen: Stores) -> None:
    """``sluis`` reads the file of the demo, which says SQLite."""
    told = world.demo.config.read_text()
    for section, values in chosen.items():
        told = re.sub(rf'(?<=\[{section}\]\nurl = )".*"', f'"{values["url"]}"', told)
    world.demo.config.write_text(told)


def let_go(at: Instances) -> None:
    """Its connections: a server has not many."""
    at.world.process.engine.dispose()
