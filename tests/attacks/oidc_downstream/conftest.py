"""One broker for each module, and its portals at a moment when all is well."""

from __future__ import annotations

import pytest

from tests.broker.answers import goes_on
from tests.broker.portal import Portal, make_portal_world, set_clock
from tests.world import World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_portal_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def portal(world: World) -> Portal:
    set_clock(world)
    portal = Portal(world)
    goes_on(portal.ask(portal.request()))  # the good twin
    return portal


@pytest.fixture
def portals(world: World) -> dict[str, Portal]:
    set_clock(world)
    return {name: Portal(world, name) for name in world.runtime.configuration.oidc_clients}
