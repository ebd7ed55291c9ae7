"""What one process of a run gets together. Mostly a file; files that share what is long in the
making are one unit, so that one process makes it: who looks through the tree parses all of it, and
stories in a browser have a demo and a browser that run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from xdist.scheduler import LoadFileScheduling

# Folders, and the files there that are units of their own: longer than all others together.
TOGETHER: Final = {
    "tests/architecture": frozenset[str](),
    "tests/browser": frozenset({"test_console_pages.py", "test_pages.py"}),
}


def unit_of(nodeid: str) -> str:
    """The folder or the file of this test."""
    file, _, _ = nodeid.partition("::")
    folder, _, name = file.rpartition("/")
    return folder if name not in TOGETHER.get(folder, {name}) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Units(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return unit_of(nodeid)

    return Units(config, log)
