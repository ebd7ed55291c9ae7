"""A day is one of the calendar here: what ``date()`` makes of a moment in UTC is the day before, in
the last hour or two of each day. Such code, and such tests, fail at night only.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.source_tree import PRODUCT, ROOT, nodes, python_files, tree

ALLOWED: Final = {
    "directory/dates.py": {"moment.astimezone(AMSTERDAM)"},
    "sandbox/prepare.py": {"datetime.now(ZoneInfo('Europe/Amsterdam'))"},
    # What has no zone: a cell of a spreadsheet, an option of a command.
    "admin/imports/workbook.py": {"value"},
    "admin/cli/audit_commands.py": {"day"},
    "admin/cli/organisation_commands.py": {"begins", "ends"},
}
CALL: Final = re.compile(r"\.\s*(date|today)\b")
# Moments that are written out in a test, in the middle of a day.
WRITTEN_OUT: Final = {"START", "MOMENT"}


def days_of_moments(path: Path) -> Iterator[str]:
    """What each ``date()`` and ``today()`` is asked of."""
    if not CALL.search((ROOT / path).read_text(encoding="utf-8")):
        return  # to parse all tests takes longer than all other tests of this folder
    for node in nodes(tree(path)):
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if is_call and node.func.attr in ("date", "today") and not node.args:
            yield ast.unparse(node.func.value)


def _is_written_out(said: str) -> bool:
    names = {node.id for node in ast.walk(ast.parse(said)) if isinstance(node, ast.Name)}
    return bool(names & WRITTEN_OUT)


@pytest.mark.parametrize("package", [*PRODUCT, "sandbox", "tests", "benchmarks", "tools"])
def test_the_day_of_a_moment_is_asked_of_the_calendar_here(package: str) -> None:
    found = {
        f"{name}: {said}.date()"
        for path in python_files(package)
        for said in days_of_moments(path)
        if said not in ALLOWED.get(name := str(path), set())
        and not (package == "tests" and _is_written_out(said))
    }
    assert not found, f"ask directory.dates.day_of: {sorted(found)}"


def test_what_is_allowed_is_still_there() -> None:
    for name, allowed in ALLOWED.items():
        assert allowed <= set(days_of_moments(Path(name))), name
