"""A port that is taken is said at once, before anything is installed, with the way on."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.addresses import COUNT, standard
from sandbox.ports import WrongBase, free_base, read_base, taken_ports
from tests.sandbox.test_demo import free_base as free_here
from tests.servers import free_port

ROOT = Path(__file__).parents[2]


def ports_command(target: str, base: str, language: str) -> subprocess.CompletedProcess[str]:
    """Without any package that is installed."""
    return subprocess.run(
        [sys.executable, "-S", "-m", "sandbox.ports", target],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PORT_BASE": base, "LC_ALL": language},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("number", range(COUNT))
def test_each_of_the_ports_is_looked_at(number: int) -> None:
    base = free_here()
    hosts = {"127.0.0.1", standard(base).portal.split("/")[2].split(":")[0]}
    found = []
    for host in hosts:
        with socket.create_server((host, base + number)):
            found += taken_ports(standard(base))
    assert set(found) == {base + number}
    assert list(taken_ports(standard(base))) == []


def test_a_portal_of_the_readers_own_may_run_on() -> None:
    base = free_here()
    own = standard(base).own
    assert own == f"http://127.0.0.1:{base + COUNT}"
    with socket.create_server(("127.0.0.1", base + COUNT)):
        assert list(taken_ports(standard(base))) == []


def test_who_listens_where_a_browser_may_look_first_is_seen() -> None:
    base = free_here()
    try:
        other = socket.create_server(("::1", base), family=socket.AF_INET6)
    except OSError:
        pytest.skip("no IPv6 here")
    with other:
        assert list(taken_ports(standard(base))) == [base]


@pytest.mark.parametrize(
    ("target", "language", "said"),
    [
        ("demo-check", "nl_NL.UTF-8", "Poort {port} is al in gebruik."),
        ("demo", "en_GB.UTF-8", "Port {port} is taken."),
    ],
)
def test_a_taken_port_is_named_with_other_ports_to_take(
    target: str, language: str, said: str
) -> None:
    base = free_here()
    with socket.create_server(("127.0.0.1", base + 3)):
        done = ports_command(target, str(base), language)
    assert done.returncode == 1 and done.stderr == ""
    assert said.format(port=base + 3) in done.stdout
    (other,) = re.findall(rf"  make {target} PORT_BASE=(\d+)$", done.stdout, re.M)
    assert list(taken_ports(standard(int(other)))) == []


def test_free_ports_are_no_matter_for_words() -> None:
    done = ports_command("demo", str(free_here()), "nl_NL.UTF-8")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("value", ["abc", "80", "65529", "70000", "-8000", "8000.5", "８０００"])
def test_a_first_port_that_cannot_be_is_refused_in_words(value: str) -> None:
    with pytest.raises(WrongBase):
        read_base(value)
    done = ports_command("demo", value, "en_GB.UTF-8")
    assert done.returncode == 1 and "PORT_BASE has to be a number" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("value", ["8000", "1024", "65528"])
def test_a_first_port_that_can_be_is_read(value: str) -> None:
    assert read_base(value) == int(value)


def test_ports_that_are_offered_are_free() -> None:
    base = free_here()
    with socket.create_server(("127.0.0.1", base + 100)):
        assert free_base(base) > base + 100


def test_servers_that_start_together_get_different_ports() -> None:
    ports = [free_port() for _ in range(2000)]
    assert len(set(ports)) == len(ports)


def test_make_looks_at_the_ports_before_it_installs() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "\ndemo: demo-ports $(STAMP)" in text
    assert "\ndemo-check: demo-check-ports $(STAMP)" in text
