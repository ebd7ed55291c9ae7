"""The demo as a command: ports that are taken, a party that dies, a clean stop."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from stdnum.nl import bsn

from sandbox.addresses import standard
from sandbox.parties import MODULES, Parties, PartyFailed
from sandbox.people import PEOPLE
from sandbox.ports import taken_ports
from sandbox.prepare import Demo, prepare
from tests.world import ADDRESSES

ROOT = Path(__file__).parents[2]


def free_base() -> int:
    """The first of seven free ports in a row."""
    for base in range(21000, 60000, 10):
        if not list(taken_ports(standard(base))):
            return base
    raise AssertionError("no free ports")


@contextmanager
def demo_command(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox.demo", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(100)
        if process.stdout is not None:
            process.stdout.close()


def test_the_demo_logs_in_by_itself_and_stops_when_it_is_told(tmp_path: Path) -> None:
    base = free_base()
    with demo_command("--port-base", str(base), "--root", str(tmp_path)) as process:
        assert process.stdout is not None
        said = ""
        for line in process.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        assert "Inloggen gelukt (3/3)" in said
        for person in PEOPLE:
            assert person.name in said
        assert (
            f".venv/bin/sluis --config {tmp_path / f'demo-{base}' / 'config.toml'} doctor" in said
        )
        assert "daan@voorbeeld.example" in said
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        assert process.wait(100) == 0
        assert "Gestopt" in rest
        assert "Traceback" not in said + rest
    assert not list(taken_ports(standard(base)))


def test_a_port_in_use_is_named_with_a_way_out(tmp_path: Path) -> None:
    base = free_base()
    with (
        socket.create_server(("127.0.0.1", base)),
        demo_command("--check", "--port-base", str(base), "--root", str(tmp_path)) as process,
    ):
        said, _ = process.communicate(timeout=100)
    assert process.returncode == 1
    assert str(base) in said
    assert "PORT_BASE=" in said


def test_a_party_that_dies_is_reported_with_its_last_words(tmp_path: Path) -> None:
    parties = Parties(prepare(tmp_path / "demo", standard(free_base())))
    parties._launch("portal", [sys.executable, "-c", "print('out of paint'); raise SystemExit(3)"])
    with pytest.raises(PartyFailed, match="out of paint"):
        for _ in range(600):
            parties.check()
            time.sleep(0.1)
    parties.stop()
    assert set(MODULES) == {"makelaars", "portal", "postbus", "gateway", "hub"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return prepare(tmp_path_factory.mktemp("sandbox") / "demo", ADDRESSES)


def _documents(demo: Demo, kind: str) -> list[dict[str, object]]:
    found = []
    for file in sorted(demo.registrations.glob("*.yaml")):
        found += [d for d in yaml.safe_load_all(file.read_text("utf-8")) if d["kind"] == kind]
    return found


def test_the_register_of_the_demo_is_what_was_promised(demo: Demo) -> None:
    assert len(_documents(demo, "Person")) == 18
    assert len(_documents(demo, "Organisation")) == 3
    services = _documents(demo, "Service")
    assert len(services) == 9
    assert {s["level"] for s in services} == {"EH2", "EH2+", "EH3", "EH4"}
    assert len(_documents(demo, "ChainMandate")) == 3
    assert any(m.get("branches") for m in _documents(demo, "Mandate"))


def test_the_numbers_of_the_demo_are_valid_and_invented(demo: Demo) -> None:
    for organisation in _documents(demo, "Organisation"):
        assert re.fullmatch(r"9000\d{4}", str(organisation["kvk"]))
        assert bsn.is_valid(str(organisation["rsin"]))


def test_secrets_of_the_demo_are_for_its_owner_alone(demo: Demo) -> None:
    for file in demo.secrets.iterdir():
        assert file.stat().st_mode & 0o077 == 0, file.name
