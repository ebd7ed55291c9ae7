"""One fleet for the tests of this package; after each test the books are balanced."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from tests.faults.crowd import Crowd
from tests.faults.driver import Scene
from tests.faults.fleet import Fleet, running_fleet


@pytest.fixture(scope="session")
def seed() -> int:
    """Printed when a test fails."""
    return random.SystemRandom().randrange(10_000)


@pytest.fixture(scope="session")
def fleet(seed: int) -> Iterator[Fleet]:
    with running_fleet(seed) as running:
        yield running


@pytest.fixture(scope="session")
def scene(fleet: Fleet) -> Scene:
    return Scene(fleet.demo)


@pytest.fixture
def crowd(fleet: Fleet, scene: Scene, seed: int) -> Iterator[Crowd]:
    """Users, once everything is well. A test that fails shows what the instances logged."""
    print(f"seed {seed}")
    fleet.wait_until_ready()
    logged = len(fleet.errors())
    yield Crowd(scene, seed)
    print("\n".join(fleet.errors()[logged:]))
