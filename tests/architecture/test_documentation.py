"""A page of the documentation is found from its table of contents, and a link leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTENTS = ROOT / "docs" / "README.md"
# One by one in a list of their own.
LISTS = {ROOT / "docs" / name for name in ("decisions", "recipes", "reference")}
PAGES = [
    *(page for page in ROOT.glob("*.md")),
    *(page for page in (ROOT / "docs").rglob("*.md")),
]
_LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)\s]*)?\)")


def _led_to(page: Path) -> set[Path]:
    links = _LINK.findall(re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S))
    return {(page.parent / link).resolve() for link in links if "://" not in link}


def test_the_contents_lead_to_every_page() -> None:
    pages = {page for page in (ROOT / "docs").rglob("*.md") if page.parent not in LISTS} | {
        ROOT / "docs" / "decisions" / "README.md",
        ROOT / "docs" / "recipes" / "README.md",
        ROOT / "docs" / "reference" / "README.md",
    }
    missing = pages - _led_to(CONTENTS) - {CONTENTS}
    assert {str(page.relative_to(ROOT)) for page in missing} == set()


@pytest.mark.parametrize("folder", sorted(LISTS), ids=lambda folder: folder.name)
def test_a_list_leads_to_each_of_its_pages(folder: Path) -> None:
    listed = folder / "README.md"
    assert {p.name for p in folder.glob("*.md")} - {p.name for p in _led_to(listed)} == {
        "README.md"
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_link_leads_somewhere(page: Path) -> None:
    assert {str(target) for target in _led_to(page) if not target.exists()} == set()
