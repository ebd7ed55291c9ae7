"""What a test at the console of organisations begins with. Each wizard is walked once by each of
those who walk it, and the database kept as that left it.
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.browser import Browser
from tests.attacks.beheer_drafts import draft_for
from tests.put_back import Snapshot
from tests.world import World

DRAFT = "<draft_id>"


class KeptDrafts:
    """Of one world, whose database is put back as it was at first (``begin``)."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._file = world.demo.directory / "sluis.db"
        self._at_first = Snapshot(self._file)
        self._kept: dict[tuple[str, str], tuple[Snapshot, Browser, str]] = {}

    def begin(self) -> None:
        """As before all tests."""
        self._at_first.restore()

    def of(self, who: str, opens: Callable[[], Browser], path: str) -> tuple[Browser, str]:
        """A browser as ``opens`` gives it, and the id of a draft of its own in the wizard that this
        path is a step of; empty where the path has none. ``who``: the same name for the same
        ``opens``. What the test did before is gone.
        """
        wizard, has_draft, _ = path.partition(DRAFT)
        key = (who, wizard if has_draft else "")
        if key not in self._kept:
            self.begin()
            browser = opens()
            draft = draft_for(self._world, browser, path) if has_draft else ""
            self._kept[key] = (Snapshot(self._file), browser, draft)
        snapshot, browser, draft = self._kept[key]
        snapshot.restore()
        return browser.duplicate(), draft
