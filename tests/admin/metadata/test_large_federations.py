"""A list of ten thousand: the memory that reading it takes is of another process, which is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import federations
from benchmarks.login import BUDGETS


@pytest.mark.slow
@pytest.mark.timeout(900)  # a minute and a half where nobody else is
def test_a_list_of_ten_thousand_takes_no_memory_of_the_server(tmp_path: Path) -> None:
    found = federations._import(tmp_path)
    names = ("federation_memory_vs_file", "federation_server_growth_mb")
    assert {name: found[name] for name in names if found[name] > BUDGETS[name]} == {}
