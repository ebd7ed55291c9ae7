"""When garbage is looked for in a process that serves: what waits for it is memory."""

from __future__ import annotations

import subprocess
import sys

_GARBAGE = """
import weakref
from admin.operations.collector import OBJECTS_BEFORE_COLLECTION, tune_collector

class InACycle:
    pass

tune_collector()
alive, most = weakref.WeakSet(), 0
for _ in range(3 * OBJECTS_BEFORE_COLLECTION):
    one = InACycle()
    one.itself = one
    alive.add(one)
    most = max(most, len(alive))
print(most)
"""
MOST = 10_000  # of 120 logins; objects of a hundred bytes, and what they hold


def test_garbage_waits_for_no_more_than_so_many_objects() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _GARBAGE], capture_output=True, text=True, check=True
    )
    assert 100 < int(done.stdout) <= MOST
