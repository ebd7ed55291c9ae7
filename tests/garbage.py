"""Cycles of objects are looked for rarely. What a process imports and collects is a million objects
that stay to the end; to look through them again and again is a sixth of the work of all tests.
"""

from __future__ import annotations

import gc
from typing import Final

ALLOCATED: Final = 10_000  # objects more than were freed, and young ones are looked through


def looked_for_later() -> None:
    """While tests are imported, nothing becomes garbage."""
    gc.disable()


def looked_for_rarely() -> None:
    """From now on: what there is, stays, and is not looked at again."""
    gc.freeze()
    gc.set_threshold(ALLOCATED)
    gc.enable()
