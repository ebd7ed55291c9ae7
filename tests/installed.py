"""Installations with the demo registered: made once, then copied.

To make one takes two seconds: keys, migrations, sixty documents. A copy has its own files, and the
same keys and secrets; a test that needs two installations that differ asks for one made anew.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import date
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from admin.cli.registering import apply_files
from admin.operations.install import initialise
from broker import settings as configuration
from broker.settings import Settings
from sandbox.addresses import Addresses
from sandbox.prepare import Demo, opened, prepare, this_day
from tests.key_pool import Pools
from tests.leftovers import folder

POOLS = Pools()


def install(directory: Path, addresses: Addresses, documents: str = "") -> Demo:
    """A demo in this directory with everything registered, and these documents too."""
    return _copy(_installed(addresses, documents, this_day()), directory)


def install_anew(directory: Path, addresses: Addresses, documents: str = "") -> Demo:
    """The same with keys and secrets of its own."""
    demo = prepare(directory, addresses)
    register(demo, configuration.load(demo.config, {}), documents)
    return demo


def register(demo: Demo, settings: Settings, documents: str = "") -> None:
    """What ``sluis init`` and ``sluis apply`` do."""
    if documents:
        _write(demo, documents)
    for _ in initialise(settings):
        pass
    apply_files(settings, demo.registrations)


def copy_prepared(directory: Path, addresses: Addresses) -> Demo:
    """A demo before ``sluis init``."""
    return _copy(_prepared(addresses, this_day()), directory)


def copy_initialised(demo: Demo) -> None:
    """What ``sluis init`` does for one that was copied."""
    made = _initialised(demo.addresses, this_day())
    for name in ("master.key", "sluis.db"):
        shutil.copy(made / name, demo.directory / name)


def copy_new(settings: Settings) -> None:
    """What ``sluis init`` does with these settings, which name files."""
    made = _new(this_day())
    shutil.copy(made / "master.key", settings.keys.master_key_file)
    shutil.copy(made / "sluis.db", urlsplit(settings.database.url).path[1:])


def copy_applied(demo: Demo) -> None:
    """What ``sluis init`` and ``sluis apply`` do for one that was copied."""
    made = _installed(demo.addresses, "", this_day())
    for name in ("master.key", "sluis.db"):
        shutil.copy(made / name, demo.directory / name)
    _move_rows(demo, made)


@cache
def _new(_day: date) -> Path:
    directory = folder()
    files = {
        "SLUIS__DATABASE__URL": f"sqlite:///{directory}/sluis.db",
        "SLUIS__KEYS__MASTER_KEY_FILE": f"{directory}/master.key",
        "SLUIS__WEB__BASE_URL": "https://sluis.example",
    }
    with POOLS.used():
        for _ in initialise(configuration.load(None, files)):
            pass
    return directory


@cache
def _prepared(addresses: Addresses, _day: date) -> Path:
    with POOLS.used():
        return prepare(folder() / "demo", addresses).directory


@cache
def _initialised(addresses: Addresses, day: date) -> Path:
    demo = _copy(_prepared(addresses, day), folder() / "demo")
    copy_new(configuration.load(demo.config, {}))
    return demo.directory


@cache
def _installed(addresses: Addresses, documents: str, day: date) -> Path:
    if documents:  # beside those of the demo, which takes ten times as long
        demo = _copy(_installed(addresses, "", day), folder() / "demo")
        apply_files(configuration.load(demo.config, {}), _write(demo, documents))
        return demo.directory
    demo = _copy(_initialised(addresses, day), folder() / "demo")
    with POOLS.used():
        register(demo, configuration.load(demo.config, {}))
    return demo.directory


def _write(demo: Demo, documents: str) -> Path:
    file = demo.registrations / "90-portals-of-tests.yaml"
    file.write_text(documents, encoding="utf-8")
    return file


def _copy(made: Path, directory: Path) -> Demo:
    """Where its files named the directory that they were made in, they name this one."""
    shutil.copytree(made, directory)
    demo = opened(directory)
    old, new = f"{made}/", f"{demo.directory}/"
    for file in (demo.config, *demo.registrations.glob("*.yaml")):
        file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    if (demo.directory / "sluis.db").exists():
        _move_rows(demo, made)
    return demo


def _move_rows(demo: Demo, made: Path) -> None:
    names = (f"{made}/", f"{demo.directory}/")
    with closing(sqlite3.connect(demo.directory / "sluis.db")) as database, database:
        database.execute("PRAGMA synchronous=OFF")
        database.execute("UPDATE registration SET document = replace(document, ?, ?)", names)
