"""Test files are read from both ends. Every process of a run reads all of them; where none was
compiled before (a fresh clone), each compiles those that another one did not come to yet.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Final

import pytest

BACKWARDS: Final = os.environ.get("PYTEST_XDIST_WORKER", "gw0")[-1] in "13579"


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if BACKWARDS and isinstance(collector, pytest.Directory):
        report.result.reverse()
    return report
