"""The system's Chromium, without a window."""

from __future__ import annotations

from playwright.sync_api import Browser, Playwright

from tests import machine


def launched(playwright: Playwright) -> Browser:
    """A started browser. Raises RuntimeError where there is none."""
    found = machine.chromium()
    if found is None:
        raise RuntimeError("Chromium is missing; name it in SLUIS_CHROMIUM")
    # The sandbox of Chromium needs rights that a container does not give. It meets our pages only.
    return playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
