"""The system's Chromium, without a window."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Playwright

from tests import machine

_ITSELF: Final = Path(__file__).with_suffix(".sh")
_ARGUMENTS: Final = (
    "--no-sandbox",  # which needs rights that a container does not give; it meets our pages only
    "--disable-gpu",  # without one, a process of its own plays one to draw what nobody sees
    # No page lives long enough to earn back what is optimised for it, by either of two compilers.
    "--js-flags=--no-opt --no-maglev",
)
# A picture is made when one is asked for, and nobody asks: layout, styles and scripts go on.
_UNDRAWN: Final = ("--enable-begin-frame-control", "--run-all-compositor-stages-before-draw")


def launched(playwright: Playwright, *, only_pages: bool = False, undrawn: bool = False) -> Browser:
    """A started browser; ``only_pages``: for one page at a time, the headless shell will do;
    ``undrawn``: that one without a picture, so that nothing can be clicked in it. Raises
    RuntimeError where there is none.
    """
    found = machine.headless_shell() if only_pages or undrawn else machine.chromium()
    if found is None:
        raise RuntimeError("Chromium is missing; name it in SLUIS_CHROMIUM")
    return playwright.chromium.launch(
        executable_path=_ITSELF,
        args=[*_ARGUMENTS, *(_UNDRAWN if undrawn else ())],
        env={**os.environ, "BROWSER_ITSELF": found},
    )
