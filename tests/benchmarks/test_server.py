"""What is measured is what is installed."""

from __future__ import annotations

import os
import subprocess
import sys

from benchmarks.server import python_path

_LOADED = "import sys, structlog; print(sys.modules.get('rich'), sys.modules.get('pygments'))"


def test_a_broker_that_is_measured_loads_nothing_of_those_who_develop_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOADED],
        env={**os.environ, "PYTHONPATH": python_path()},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["None", "None"]
