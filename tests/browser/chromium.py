"""The system's Chromium, without a window."""

from __future__ import annotations

from playwright.sync_api import Browser, Playwright

from tests import machine


def launched(playwright: Playwright, *, only_pages: bool = False) -> Browser:
    """A started browser; ``only_pages``: for one page at a time, the headless shell will do. Raises
    RuntimeError where there is none.
    """
    found = machine.headless_shell() if only_pages else machine.chromium()
    if found is None:
        raise RuntimeError("Chromium is missing; name it in SLUIS_CHROMIUM")
    # The sandbox of Chromium needs rights that a container does not give. It meets our pages only.
    return playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
