"""A makelaar for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.providers.oidc.makelaar import Makelaar, running


@pytest.fixture
def makelaar() -> Iterator[Makelaar]:
    with running() as started:
        yield started
