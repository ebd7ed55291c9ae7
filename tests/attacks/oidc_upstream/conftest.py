"""A makelaar that answers well until a test spoils one thing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.providers.oidc.makelaar import Makelaar, login, running


@pytest.fixture
def makelaar() -> Iterator[Makelaar]:
    with running() as started:
        assert login(started).subject == "person-1"  # the good twin
        yield started
