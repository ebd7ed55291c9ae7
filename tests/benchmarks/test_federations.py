"""The figures of federations: what is measured is what the issue of them names."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import federations, login


def test_figures_come_of_whole_logins_and_have_a_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(federations, "MEMBERS", 12)
    monkeypatch.setattr(federations, "FEW", 3)
    monkeypatch.setattr(federations, "LOGINS", 4)
    found = federations._logins(tmp_path)
    assert found["login_10000_vs_10"] > 0
    names = ("federation_import_s", "federation_memory_vs_file", "login_10000_vs_10")
    assert [login.BUDGETS[name] for name in names] == [60.0, 6.0, 1.1]
    assert (federations.SEARCHED, federations.BUDGETED) == (5_000, 10_000)


def test_the_list_is_taken_as_a_worker_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(federations, "MEMBERS", 12)
    found = federations._import(tmp_path)
    assert found["federation_import_s"] > 0 and found["federation_file_mb"] > 0
