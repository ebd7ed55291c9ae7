"""PostgreSQL and Redis that can be stopped, killed, paused and started again with what they had."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg
from redis import Redis

from tests.servers import (
    PATIENCE,
    answers,
    free_port,
    postgresql_commands,
    redis_server,
    run_program,
    start_program,
    unprivileged,
    wait_until,
)


@dataclass
class Server:
    """A process that can be broken in every way and mended again."""

    directory: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start it and wait until it answers."""
        raise NotImplementedError

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """Stop it in order, without waiting for clients. Harmless when it does not run."""
        if self.process is None:
            return
        self.resume()
        self.process.send_signal(number)
        self.process.wait(PATIENCE)
        self.process = None

    def kill(self) -> None:
        """As when the power goes: nothing is finished."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(PATIENCE)
            self.process = None

    def restart(self, away: float = 0.0) -> None:
        """Stop, stay away for so many seconds, start."""
        self.stop()
        time.sleep(away)
        self.start()

    def pause(self) -> None:
        """It keeps its connections and says nothing any more."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    @contextmanager
    def paused(self) -> Iterator[None]:
        self.pause()
        try:
            yield
        finally:
            self.resume()

    def _signal(self, number: signal.Signals) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        head = psutil.Process(self.process.pid)
        for member in (head, *head.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                member.send_signal(number)


class Postgres(Server):
    """A cluster of its own that writes to disk as in production."""

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://sluis@127.0.0.1:{self.port}/sluis"

    def make(self) -> None:
        """Make the cluster and the empty database; it runs afterwards."""
        account = unprivileged()
        if account is not None:
            os.chown(self.directory, account.pw_uid, account.pw_gid)
        initdb = [_commands() / "initdb", "-D", self.directory / "data", "-U", "sluis"]
        run_program([*initdb, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"], account)
        self.start()
        with self.connect("postgres") as connection:
            connection.execute("CREATE DATABASE sluis")

    def start(self) -> None:
        options = ["-D", self.directory / "data", "-p", str(self.port), "-k", ""]
        settings = ["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=60"]
        command = [_commands() / "postgres", *options, *settings]
        self.process = start_program(command, unprivileged())
        wait_until(self.process, self._is_there)

    def connect(self, database: str = "sluis") -> psycopg.Connection[tuple[object, ...]]:
        """A connection of the test's own. Raises psycopg.OperationalError."""
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="sluis", dbname=database, autocommit=True
        )

    def _is_there(self) -> bool:
        try:
            self.connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True


class RedisServer(Server):
    """Keeps every command on disk, so that a restart loses nothing."""

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        program = redis_server()
        if program is None:
            raise RuntimeError("Redis is not here")
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        kept = ["--appendonly", "yes", "--appendfsync", "always", "--dir", self.directory]
        self.process = start_program([program, *options, *kept], None)
        wait_until(self.process, lambda: answers(self.port, b"PING\r\n", b"+PONG"))

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        super().stop(number)

    @contextmanager
    def client(self) -> Iterator[Redis]:
        with Redis.from_url(self.url) as client:
            yield client

    @contextmanager
    def away(self) -> Iterator[None]:
        self.stop()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """A replica of nobody, as a fail-over leaves the old server for a while."""
        with self.client() as client:
            client.execute_command("REPLICAOF", "127.0.0.1", "1")
            try:
                yield
            finally:
                client.execute_command("REPLICAOF", "NO", "ONE")

    @contextmanager
    def full(self) -> Iterator[None]:
        with self.client() as client:
            client.config_set("maxmemory", 1)
            try:
                yield
            finally:
                client.config_set("maxmemory", 0)

    def flush(self) -> None:
        with self.client() as client:
            client.flushall()


@contextmanager
def folder() -> Iterator[Path]:
    """A directory that an unprivileged server may enter, gone at the end."""
    made = Path(tempfile.mkdtemp(prefix="sluis-faults-"))
    made.chmod(0o755)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def new_postgres(directory: Path) -> Postgres:
    directory.mkdir()
    return Postgres(directory, free_port())


def new_redis(directory: Path) -> RedisServer:
    directory.mkdir()
    return RedisServer(directory, free_port())


def _commands() -> Path:
    found = postgresql_commands()
    if found is None:
        raise RuntimeError("PostgreSQL is not here")
    return found
