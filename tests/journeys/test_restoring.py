"""X-20: a back-up, made while people are at work, is put back on an empty machine."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from admin.app import create_app
from admin.audit import chain, verification
from admin.operations.install import migrate_tables
from broker import settings as configuration
from broker.settings import Settings
from broker.start import start
from keys.sealing import MasterKeyError
from sandbox.portal.clients import BODEM, GRONDWATER, LOZING
from state.db import writing
from state.outbox import Message, enqueue
from tests.databases import BOTH
from tests.journeys.at_mijn import CODE, factors_of
from tests.servers import postgresql, postgresql_commands
from tests.world import ADDRESSES, World, make_world


@pytest.fixture(params=BOTH)
def servers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The database of the world, and one on another machine."""
    if request.param == "sqlite":
        (tmp_path / "other").mkdir()
        yield f"sqlite:///{tmp_path}/first.db", f"sqlite:///{tmp_path}/other/sluis.db"
        return
    with postgresql() as first, postgresql() as other:
        yield first, other


def test_X_20_a_back_up_restored_on_an_empty_machine(
    servers: tuple[str, str], tmp_path: Path
) -> None:
    first, other = servers
    world = make_world(tmp_path, database={"url": first})
    browser = world.browser()
    page = world.walk(BODEM.name, "Polderpoort", "jan", browser=browser).run()
    assert page.heading == "U bent ingelogd"
    keys = _published(world)
    before = [factor.id for factor in factors_of(world, "roos")]
    _seal(world)
    with world.session() as sql, writing(sql):
        waiting = Message("mail", "roos@voorbeeld.example", "Bericht", "wacht nog")
        enqueue(sql, world.process.sealer, waiting, world.clock())
    with _somebody_writes(world):
        back_up = _backed_up(first, tmp_path)
    world.process.engine.dispose()

    _put_back(back_up, other)
    restored = _opened(world, _copied(world, tmp_path / "other", other))
    assert _published(restored) == keys
    assert [factor.id for factor in factors_of(restored, "roos")] == before
    assert [one["text"] for one in restored.deliver_mail()].count("wacht nog") == 1
    service = f"{ADDRESSES.portal}/login/bronhouderportaal/{GRONDWATER.uuid}"
    assert browser.open(service).heading == "Deze gegevens geven wij door"  # still logged in
    walk = restored.walk(LOZING.name, "Brugwacht", "roos")
    assert walk.run().heading == "U bent ingelogd" and CODE in walk.pages
    _seal(restored)
    with restored.session() as sql:
        assert verification.verify(sql, restored.process.sealer).is_whole
    restored.process.engine.dispose()


def test_X_20_a_back_up_without_its_master_key_does_not_start(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    copied = _copied(world, tmp_path / "other", world.process.settings.database.url)
    assert start(copied, world.clock).sealer is not None  # the good twin
    copied.keys.master_key_file.unlink()
    with pytest.raises(MasterKeyError):
        start(copied, world.clock)


@contextmanager
def _somebody_writes(world: World) -> Iterator[None]:
    """A change that is not committed while this runs, and never will be."""
    with world.process.engine.connect() as connection:
        connection.execute(text("UPDATE person SET display_name = 'half done'"))
        yield
        connection.rollback()


def _backed_up(url: str, folder: Path) -> Path:
    """As docs/operations.md tells an operator to do it."""
    made = folder / "back-up"
    if url.startswith("sqlite"):
        with sqlite3.connect(urlsplit(url).path[1:]) as connection:
            connection.execute("VACUUM INTO ?", [str(made)])
        return made
    _postgresql("pg_dump", "--format=custom", f"--file={made}", _plain(url))
    return made


def _put_back(back_up: Path, url: str) -> None:
    if url.startswith("sqlite"):
        shutil.copy(back_up, urlsplit(url).path[1:])
        return
    _postgresql("pg_restore", "--exit-on-error", f"--dbname={_plain(url)}", str(back_up))


def _postgresql(program: str, *arguments: str) -> None:
    folder = postgresql_commands()
    assert folder is not None
    subprocess.run([str(folder / program), *arguments], check=True, timeout=60)


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg:", "postgresql:")


def _copied(world: World, folder: Path, url: str) -> Settings:
    """The settings of the other machine: the same file and master key, another database."""
    folder.mkdir(exist_ok=True)
    there = world.process.settings
    key = folder / "master.key"
    shutil.copy2(there.keys.master_key_file, key)
    document = there.model_dump()
    document["database"]["url"], document["keys"]["master_key_file"] = url, key
    return configuration.Settings.model_validate(document)


def _opened(world: World, settings: Settings) -> World:
    """The broker of the other machine in the place of the first."""
    migrate_tables(settings)
    parts = start(settings, world.clock, outgoing=world.process.outgoing)
    parts.holder.refresh()
    app = create_app(parts)
    world.wire.applications[urlsplit(ADDRESSES.broker).netloc] = app
    return replace(world, process=parts, app=app)


def _published(world: World) -> list[str]:
    found = world.wire.request("GET", f"{ADDRESSES.broker}/jwks").json()
    return sorted(key["kid"] for key in found["keys"])


def _seal(world: World) -> None:
    parts = world.process
    with world.session() as sql:
        chain.seal(sql, parts.sealer, world.runtime.configuration.keyring, world.clock())
