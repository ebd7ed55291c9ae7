"""Workers begin as copies of the process that starts them, which must hold nothing but what was
loaded.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from admin.operations.front import Serving

_LOADED = """
import os, threading
from admin.operations import server, worker_process
from state import postgresql_driver
from state.stores import redis
server.prepare()
print(threading.active_count())
for one in os.listdir("/proc/self/fd"):
    try:
        print(os.readlink(f"/proc/self/fd/{one}"))
    except OSError:
        pass  # of the listing itself
"""


def test_loading_everything_starts_no_thread_and_opens_no_connection() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOADED],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    threads, *opened = done.stdout.split()
    assert threads == "1"
    assert not [one for one in opened if one.startswith("socket:") or one.endswith(".db")]


_FRONT = """
import sys
from admin.operations import front
named = ("sqlalchemy", "flask", "lxml", "cryptography", "pydantic", "structlog")
print(*(name for name in named if name in sys.modules))
"""


def test_the_front_loads_nothing_of_what_its_workers_do() -> None:
    """What it holds, nobody uses: with one worker that is a second copy."""
    done = subprocess.run(
        [sys.executable, "-c", _FRONT], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


_DRIVERS = """
import sys
from admin.operations import front
front._load_once(front.Serving("127.0.0.1:1", 2, 0, False, True, True, True))
from state.clock import utc_now
from state.engine import make_engine
from state.stores import make_store
before = set(sys.modules)
engine = make_engine("postgresql+psycopg://sluis@127.0.0.1:1/sluis")
make_store("redis://127.0.0.1:1/0", engine, utc_now)
print(*sorted(set(sys.modules) - before))
"""


def test_what_reaches_database_and_store_is_loaded_once_for_all() -> None:
    """Fourteen megabytes of each worker, where each loads it by itself."""
    done = subprocess.run(
        [sys.executable, "-c", _DRIVERS], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


_WORKERS = """
import gc
from admin.operations import front

class Server:
    def __init__(self, *_, **__): pass
    def signal_handler_interrupt(self): pass
    def serve(self): print(gc.get_freeze_count() > 0, len(gc.get_objects()) < 1000)

front.Granian = Server
front.main()
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_a_worker_looks_for_garbage_in_nothing_of_the_front(workers: int) -> None:
    """Looking changes each object, and what is changed is shared no more."""
    told = Serving("127.0.0.1:1", workers, 0, False, False, False, False).argument()
    done = subprocess.run(
        [sys.executable, "-c", _WORKERS, told], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", "True"]
