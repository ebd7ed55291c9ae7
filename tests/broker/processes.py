"""A second process of the broker, as far as one can be made without starting one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from admin.app import create_app
from broker.start import start
from tests.world import ADDRESSES, InProcessOutgoing, World


@contextmanager
def another_process(world: World) -> Iterator[None]:
    """Within, the broker's address is served by another application on the same database."""
    host = urlsplit(ADDRESSES.broker).netloc
    first = world.wire.applications[host]
    outgoing = InProcessOutgoing(world.wire)
    second = start(world.process.settings, world.clock, outgoing=outgoing)
    world.wire.applications[host] = create_app(second)
    try:
        yield
    finally:
        world.wire.applications[host] = first
        second.engine.dispose()
