"""When Python looks for garbage in a process that serves."""

from __future__ import annotations

import gc
from typing import Final

OBJECTS_BEFORE_COLLECTION: Final = 10_000


def tune_collector() -> None:
    """What was made until here stays until the end; a login makes thousands of objects and leaves
    some eighty in cycles, of the database's library and of the router. Searching all of that every
    700 objects costs a tenth of a login; what waits to be found is memory of every worker.
    """
    keep_all()
    gc.set_threshold(OBJECTS_BEFORE_COLLECTION, 20, 50)


def keep_all() -> None:
    """What there is by now is looked at no more."""
    gc.collect()
    gc.freeze()
