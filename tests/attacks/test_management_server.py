"""The server of production with two workers: who listens at the management address, and to what."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from sandbox.addresses import Addresses, standard
from sandbox.parties import Parties, PartyFailed
from sandbox.prepare import Demo
from tests.installed import install_anew
from tests.servers import free_port

PATIENCE = 60.0


@pytest.fixture(scope="module")
def parties(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parties]:
    addresses = Addresses(
        broker=f"http://localhost:{free_port()}",
        makelaars=f"http://127.0.0.1:{free_port()}",
        portal=f"http://127.0.0.1:{free_port()}",
        postbus=f"http://127.0.0.1:{free_port()}",
        management=f"127.0.0.1:{free_port()}",
    )
    demo = install_anew(tmp_path_factory.mktemp("server") / "demo", addresses)
    demo.config.write_text(demo.config.read_text().replace("[web]", "[web]\nworkers = 2"))
    running = Parties(demo)
    try:
        running.start_broker()
        yield running
    finally:
        running.stop()


def asked(parties: Parties, path: str) -> str:
    """The body; waits while nobody listens."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            url = f"http://{parties.demo.addresses.management}{path}"
            with urllib.request.urlopen(url, timeout=30) as answer:
                return str(answer.read().decode())
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def answered(parties: Parties) -> float:
    """Help pages that were answered, by all workers together."""
    return sum(
        sample.value
        for family in text_string_to_metric_families(asked(parties, "/metrics"))
        for sample in family.samples
        if sample.name == "sluis_http_request_seconds_count"
        and sample.labels["route"] == "/hulp/"
        and sample.labels["status"] == "200"
    )


def visit(parties: Parties, times: int) -> None:
    for _ in range(times):
        url = f"{parties.demo.addresses.broker}/hulp/"
        with urllib.request.urlopen(url, timeout=30) as answer:
            assert answer.status == 200


def test_the_counts_of_all_workers_are_told_together_also_after_one_ended(
    parties: Parties,
) -> None:
    assert json.loads(asked(parties, "/health/ready"))["status"] == "ok"
    before = answered(parties)
    visit(parties, 40)
    assert answered(parties) == before + 40
    (port,) = [int(parties.demo.addresses.management.rpartition(":")[2])]  # type: ignore[union-attr]
    workers = psutil.Process(parties.pid("broker")).children(recursive=True)
    (listener,) = [
        one.pid
        for one in workers
        if any(c.status == "LISTEN" and c.laddr.port == port for c in one.net_connections())
    ]
    os.kill(listener, signal.SIGKILL)
    assert json.loads(asked(parties, "/health/live"))["status"] == "ok"
    assert answered(parties) == before + 40
    told = json.loads(asked(parties, "/health/ready"))["alarms"]
    assert told["worker"] == "ok"


def test_a_worker_beside_a_server_that_does_the_jobs_says_in_json_that_it_leaves_them(
    parties: Parties,
) -> None:
    while "worker.does_jobs" not in (parties.demo.logs / "broker.log").read_text():
        asked(parties, "/health/live")
    with worker_of(parties.demo) as said:
        events = [json.loads(next(said))["event"]]
    assert events == ["worker.leaves_jobs_to_another"]


def test_a_worker_by_itself_logs_in_json_with_a_reference_for_each_run(tmp_path: Path) -> None:
    demo = install_anew(tmp_path / "demo", standard(free_port()))
    with worker_of(demo) as said:
        lines = [json.loads(next(said)) for _ in range(2)]
    assert {line["event"] for line in lines} <= {"worker.does_jobs", "job.done"}
    (done, *_) = [line for line in lines if line["event"] == "job.done"]
    assert re.fullmatch("[0-9A-Z]{8}", done["reference"])


@contextmanager
def worker_of(demo: Demo) -> Iterator[Iterator[str]]:
    """The lines of a ``sluis worker``, which is gone afterwards."""
    command = [str(Path(sys.executable).parent / "sluis"), "--config", str(demo.config)]
    with subprocess.Popen([*command, "worker"], stderr=subprocess.PIPE, text=True) as worker:
        assert worker.stderr is not None
        try:
            yield iter(worker.stderr)
        finally:
            worker.terminate()


def test_a_taken_address_is_said_at_the_start(parties: Parties) -> None:
    asked(parties, "/health/live")
    other = Parties(replace(parties.demo))
    with pytest.raises(PartyFailed, match="is taken; stop what listens there, or choose another"):
        other.sluis("serve")
