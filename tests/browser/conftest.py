"""Every test starts with unused codes."""

from __future__ import annotations

import pytest

from tests.running_demo import RunningDemo


@pytest.fixture(autouse=True)
def _unused_codes(running: RunningDemo) -> None:
    running.forget_codes()
