"""Which tests one process of a run gets together."""

from __future__ import annotations

import pytest

from tests.architecture.source_tree import ROOT
from tests.conftest import HEAVY, LONGEST
from tests.units import TOGETHER, unit_of


@pytest.mark.parametrize(
    ("nodeid", "unit"),
    [
        ("tests/architecture/test_units.py::test_here[a::b]", "tests/architecture"),
        ("tests/browser/test_logins.py::test_a", "tests/browser"),
        ("tests/browser/test_pages.py::test_a", "tests/browser/test_pages.py"),
        (
            "tests/browser/test_console_pages.py::Test::test_a",
            "tests/browser/test_console_pages.py",
        ),
        ("tests/state/test_db.py::Test::test_a", "tests/state/test_db.py"),
        (
            "tests/admin/cli/test_apply.py::test_a[tests/architecture]",
            "tests/admin/cli/test_apply.py",
        ),
    ],
)
def test_a_unit_is_a_file_or_a_folder_that_shares(nodeid: str, unit: str) -> None:
    assert unit_of(nodeid) == unit


def test_what_is_named_is_there() -> None:
    for folder, apart in TOGETHER.items():
        assert all((ROOT / folder / name).is_file() for name in apart), folder
        assert list((ROOT / folder).glob("test_*.py")), folder


@pytest.mark.parametrize("names", [LONGEST, HEAVY])
def test_what_was_measured_is_there(names: tuple[str, ...]) -> None:
    assert [name for name in names if not (ROOT / "tests" / name).is_file()] == []
    assert len(set(names)) == len(names)
