"""Whoever holds the database, its files or the expiring store holds nothing that opens anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import text

from sandbox.browser import Browser
from sandbox.people import PEOPLE
from sandbox.prepare import password
from state.db import Base
from tests.broker.monitoring.test_logs import is_told, secrets_of, walk_every_way
from tests.broker.portal import Portal, make_portal_world, set_clock
from tests.broker.recorder import Recorder
from tests.journeys.whole_walk import walk_past_every_secret
from tests.servers import redis
from tests.world import World

PARTS = 32  # characters from which a part of a cookie is a secret by itself


@pytest.fixture(params=["database", "redis"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """With the expiring store in the database, as by default, and in Redis."""
    if request.param == "database":
        yield make_portal_world(tmp_path)
        return
    with redis() as url:
        yield make_portal_world(tmp_path, store={"url": url})


def everything(world: World) -> str:
    """Rows, files and keys, as one text."""
    found = [file.read_bytes() for file in world.demo.directory.glob("sluis.db*")]
    with world.session() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(text(f'SELECT * FROM "{table.name}"')):
                found += [v if isinstance(v, bytes) else str(v).encode() for v in row]
    url = world.process.settings.store.url
    if url.startswith("redis"):
        with Redis.from_url(url) as server:
            for key in server.scan_iter("*"):
                found += [key, server.dump(key) or b""]
                kind = server.type(key)
                found += [server.get(key) or b""] if kind == b"string" else []
                found += server.lrange(key, 0, -1) if kind == b"list" else []
    return b"\n".join(found).decode("latin-1")


def cookies_of(recorder: Recorder) -> set[str]:
    """Each part of each cookie that is long enough to open something."""
    found = set()
    for exchange in recorder.exchanges:
        for line in exchange.answer.all("Set-Cookie"):
            value = line.partition(";")[0].partition("=")[2]
            found |= {part for part in value.split(".") if len(part) >= PARTS}
    return found


def test_K_01_no_secret_lies_in_the_database_its_files_or_the_store(world: World) -> None:
    set_clock(world)
    recorder = Recorder(world.wire)
    portal = Portal(world)
    walk_every_way(portal, lambda: Browser(wire=recorder))
    typed = walk_past_every_secret(world, recorder)
    passwords = {password(world.demo, person) for person in ("daan", "eva")}
    subjects = {login.subject for person in PEOPLE for login in person.logins}
    secrets = typed | secrets_of(recorder) | cookies_of(recorder) | passwords | subjects
    assert len(secrets) > 200
    kept = everything(world)
    for there in ("jan@voorbeeld.example", "Jan de Vries", "login.succeeded"):
        assert there in kept  # the search finds what is there
    assert {value for value in secrets if is_told(value, kept)} == set()
