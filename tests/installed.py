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

from admin.cli.registering import apply_files
from admin.operations.install import initialise
from broker import settings as configuration
from broker.settings import Settings
from sandbox.addresses import Addresses
from sandbox.prepare import Demo, opened, prepare
from tests.leftovers import folder


def install(directory: Path, addresses: Addresses, documents: str = "") -> Demo:
    """A demo in this directory with everything registered, and these documents too."""
    made = _made_once(addresses, documents, date.today())  # noqa: DTZ011 - as `prepare` does
    shutil.copytree(made, directory)
    demo = opened(directory)
    move(demo, made)
    return demo


def install_anew(directory: Path, addresses: Addresses, documents: str = "") -> Demo:
    """The same with keys and secrets of its own."""
    demo = prepare(directory, addresses)
    register(demo, configuration.load(demo.config, {}), documents)
    return demo


def register(demo: Demo, settings: Settings, documents: str = "") -> None:
    """What ``sluis init`` and ``sluis apply`` do."""
    if documents:
        (demo.registrations / "90-portals-of-tests.yaml").write_text(documents, encoding="utf-8")
    for _ in initialise(settings):
        pass
    apply_files(settings, demo.registrations)


def move(demo: Demo, before: Path) -> None:
    """Where its files name the directory that it came from, they name the one that it is in."""
    old, new = f"{before}/", f"{demo.directory}/"
    for file in (demo.config, *demo.registrations.glob("*.yaml")):
        file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with closing(sqlite3.connect(demo.directory / "sluis.db")) as database, database:
        database.execute("UPDATE registration SET document = replace(document, ?, ?)", (old, new))


@cache
def _made_once(addresses: Addresses, documents: str, _day: date) -> Path:
    return install_anew(folder() / "demo", addresses, documents).directory
