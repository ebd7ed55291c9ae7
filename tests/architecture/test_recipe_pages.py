"""docs/recipes is that of the templates."""

from __future__ import annotations

import pytest

from broker.recipes import rendering
from tests.architecture.source_tree import ROOT
from tools import portal_page, recipes


def test_the_pages_are_those_of_the_templates() -> None:
    assert list(recipes.complaints()) == []


def test_a_page_that_lags_behind_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipes, "files", lambda: {"x.md": "# X\n"})
    told = list(recipes.complaints())
    assert "docs/recipes/x.md is not that of its template; run: make recipes" in told
    assert any("README.md is written by nobody any more" in line for line in told)


def test_the_tables_for_portals_are_those_of_the_code() -> None:
    assert list(portal_page.complaints()) == []


def test_a_page_without_a_place_for_a_table_is_told() -> None:
    with pytest.raises(ValueError, match="no place for fields"):
        portal_page.written("# Connect a portal")


def test_the_samples_are_short() -> None:
    page = (ROOT / "docs/developers/portal.md").read_text(encoding="utf-8")
    samples = rendering.files(page)
    lengths = {name: sum(1 for line in text.splitlines() if line) for name, text in samples.items()}
    assert set(lengths) == {"portal.py", "portal.mjs"}
    assert max(lengths.values()) <= 25, lengths
