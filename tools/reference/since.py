"""From which version each field, setting, command, event, metric and code exists: ``since.toml``.

``make reference`` writes what is new under the version of this tree; the check fails on what is not
there. A version that was written once stays: what a release had, it had.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from tools.reference.table import Page

FILE: Final = Path(__file__).with_name("since.toml")
PROJECT: Final = Path(__file__).parents[2] / "pyproject.toml"
_HEAD: Final = "# From which version each exists. `make reference` adds what is new.\n"
Ages = Mapping[str, Mapping[str, str]]  # page → item → version


@cache
def known() -> Ages:
    """What the file says."""
    if not FILE.exists():
        return {}
    found = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {
        page: {item: version for version, items in versions.items() for item in items}
        for page, versions in found.items()
    }


def of(page: str, item: str) -> str:
    """The version; empty where the file has none."""
    return known().get(page, {}).get(item, "")


def complaints(pages: Sequence[Page], ages: Ages) -> Iterator[str]:
    """What has no version, and what is in the file and nowhere else, a line each."""
    met = {page.name: set(page.items) for page in pages}
    for name in sorted(met.keys() | ages.keys()):
        items, written = met.get(name, set()), ages.get(name, {}).keys()
        for item in sorted(items - written):
            yield f"{name}: nothing says since when there is {item}; run: make reference"
        for item in sorted(written - items):
            yield f"{name}: since.toml names {item}, which is not there; run: make reference"


def with_new(pages: Sequence[Page], ages: Ages, version: str) -> Ages:
    """The same, with what is new under this version, and without what went."""
    return {
        page.name: {item: ages.get(page.name, {}).get(item, version) for item in page.items}
        for page in pages
    }


def as_text(ages: Ages) -> str:
    """The file."""
    return "\n".join([_HEAD, *(_section(name, ages[name]) for name in sorted(ages))])


def write(pages: Sequence[Page]) -> None:
    version = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"]
    FILE.write_text(as_text(with_new(pages, known(), version)), encoding="utf-8")
    known.cache_clear()


def _section(name: str, items: Mapping[str, str]) -> str:
    lines = [f"[{name}]"]
    for version in sorted(set(items.values())):
        there = sorted(item for item, since in items.items() if since == version)
        lines += [f'"{version}" = [', *(f"  {json.dumps(item)}," for item in there), "]"]
    return "\n".join(lines) + "\n"
