"""Programs that a test starts and stops, on loopback."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import requests


@contextmanager
def running(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    log: Path,
    ready_url: str,
    seconds: float = 30,
    folder: Path | None = None,
    ready: int = 200,
) -> Iterator[subprocess.Popen[bytes]]:
    """The program runs inside this block, from the moment that ``ready_url`` answers so
    (``ready``, 200).

    Raises RuntimeError with the end of the log when it stops or stays silent. The whole process
    group is stopped.
    """
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            env=dict(environment),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _wait_until_ready(process, ready_url, log, seconds, ready)
        yield process
    finally:
        _stop(process)


def _wait_until_ready(
    process: subprocess.Popen[bytes], url: str, log: Path, seconds: float, ready: int
) -> None:
    deadline = time.monotonic() + seconds
    status = "no answer"
    while time.monotonic() < deadline and process.poll() is None:
        try:
            status = str(requests.get(url, timeout=30).status_code)
        except requests.RequestException:
            time.sleep(0.05)
            continue
        if status == str(ready):
            return
        time.sleep(0.05)
    end = log.read_text(errors="replace")[-4000:]
    raise RuntimeError(f"{process.args!r} is not ready ({status}):\n{end}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=60)
    except ProcessLookupError:
        process.wait(timeout=60)
