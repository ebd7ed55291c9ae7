"""A server with several workers, and what delivers and does the jobs beside them: killed, it is
started again, and loses nothing and sends nothing twice.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import psutil
import pytest
import urllib3

from admin.operations import background, jobs_turn, lease
from broker.monitoring import heartbeat
from tests.faults.test_stopping import Installation, Provider, installation, provider, there

__all__ = ["installation", "provider", "there"]
SOON = 240.0  # seconds; three processes start, each of which loads for many on a busy machine
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are told apart by their names"),
]


def test_killed_with_a_message_in_its_hands_it_is_started_again_and_loses_nothing(
    installation: Installation, provider: Provider
) -> None:
    with installation.running("serve", workers=2) as process:
        wait(lambda: is_served(installation))
        workers, first = told_apart(process)
        assert len(workers) == 2 and len(first) == 1
        message_id = installation.put()
        wait(lambda: len(provider.ids) == 1)
        os.kill(first[0], signal.SIGKILL)
        provider.let_go.set()
        wait(lambda: told_apart(process)[1] not in ([], first))
        assert told_apart(process)[0] == workers, "they go on"
        assert is_served(installation)
        installation.let_claim_run_out()
        wait(lambda: installation.row().sent_at is not None)
    assert provider.ids == [message_id] * 2, "the provider knows it by its id"
    said = (installation.demo.logs / "serve").read_text()
    assert said.count("worker.started_again") == 1


def test_nothing_that_several_deliver_is_sent_twice_and_one_does_the_jobs(
    installation: Installation, provider: Provider
) -> None:
    provider.let_go.set()
    with installation.running("serve", workers=2) as server, installation.running("worker") as one:
        wait(lambda: is_served(installation))
        sent = [installation.put() for _ in range(30)]
        wait(lambda: len(provider.ids) >= len(sent))
        time.sleep(1)
        assert sorted(provider.ids) == sorted(sent)
        (beside,) = told_apart(server)[1]
        wait(lambda: doer(installation) is not None)
        assert doer(installation) in (beside, one.pid)


def test_who_is_killed_leaves_the_jobs_to_another_within_the_time_that_is_told(
    installation: Installation, provider: Provider
) -> None:
    provider.let_go.set()
    with installation.running("worker") as first:
        wait(lambda: doer(installation) == first.pid)
        with installation.running("serve", workers=2) as server:
            wait(lambda: is_served(installation))
            first.kill()
            first.wait(SOON)
            killed = time.monotonic()
            wait(lambda: doer(installation) in told_apart(server)[1])
            assert time.monotonic() - killed < lease.HANDED_OVER_WITHIN + 60
            seen = heartbeat.last_beat(installation.process.store)
            assert seen is not None


def test_who_is_told_to_stop_hands_the_jobs_over_at_once(
    installation: Installation, provider: Provider
) -> None:
    provider.let_go.set()
    with installation.running("serve", drain_seconds=0, workers=2) as server:
        wait(lambda: doer(installation) in told_apart(server)[1])
        server.send_signal(signal.SIGTERM)
        assert server.wait(SOON) == 0
    assert doer(installation) is None
    with installation.running("worker") as next_one:
        wait(lambda: doer(installation) == next_one.pid)
    said = (installation.demo.logs / "serve").read_text()
    assert "Traceback" not in said and "worker.started_again" not in said


def doer(installation: Installation) -> int | None:
    """The process that does the jobs."""
    found = lease.holder(installation.process.store, jobs_turn.LEASE)
    return int(found.rpartition("/")[2]) if found else None


def told_apart(process: subprocess.Popen[bytes]) -> tuple[list[int], list[int]]:
    """Process ids of the workers, and of what is beside them."""
    children = psutil.Process(process.pid).children(recursive=True)
    living = [one for one in children if one.status() != psutil.STATUS_ZOMBIE]
    beside = [one.pid for one in living if one.name() == background.NAME]
    return [one.pid for one in living if one.pid not in beside], beside


def is_served(installation: Installation) -> bool:
    management = installation.demo.addresses.management
    try:
        with urllib3.PoolManager(retries=False, timeout=30.0) as http:
            return http.request("GET", f"http://{management}/health/ready").status == 200
    except urllib3.exceptions.HTTPError:
        return False


def wait(done: Callable[[], bool]) -> None:
    end = time.monotonic() + SOON
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)
