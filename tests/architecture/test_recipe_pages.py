"""docs/recipes is that of the templates."""

from __future__ import annotations

import pytest

from tools import recipes


def test_the_pages_are_those_of_the_templates() -> None:
    assert list(recipes.complaints()) == []


def test_a_page_that_lags_behind_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipes, "files", lambda: {"x.md": "# X\n"})
    told = list(recipes.complaints())
    assert "docs/recipes/x.md is not that of its template; run: make recipes" in told
    assert any("README.md is written by nobody any more" in line for line in told)
