"""Migrations: bring the database to the version of this program. Forward only.

Two processes that start at once wait for each other; one that dies half-way leaves nothing behind.
The caller imports every module that declares a table before it makes or compares versions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, String, column, inspect, select, table, text
from sqlalchemy.engine import Engine
from sqlalchemy.schema import SchemaItem

from state.db import BUSY_MILLISECONDS, DIALECT, WRITES, Base
from state.locks import Held, one_at_a_time

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS: Final = Path(__file__).parent / "migrations"
PATIENT_MILLISECONDS: Final = 3_600_000
_VERSION: Final = table("alembic_version", column("version_num", String()))


class MigrationFailed(Exception):
    """The database cannot be brought to this version; nothing was changed."""


def upgrade(engine: Engine) -> None:
    """Run what is missing, all in one transaction. Raises MigrationFailed."""
    # Alembic costs a tenth of a second to import and a server needs it for a moment only.
    from alembic import command
    from alembic.util import CommandError

    with _exclusive(engine) as connection:
        try:
            command.upgrade(_config(connection), "head")
        except CommandError as error:
            raise MigrationFailed(f"{error}; is this an older version of the program?") from None


def current(engine: Engine) -> str | None:
    """The version of the database; None when it is empty. Raises SQLAlchemyError, also for one that
    says two.
    """
    with engine.connect() as connection:
        if not inspect(connection).has_table(_VERSION.name):
            return None
        return connection.scalars(select(_VERSION.c.version_num)).one_or_none()


def newest() -> str | None:
    """The version of this program: the last of its migrations, by the name of its file."""
    names = (file.stem.partition("_")[0] for file in (SCRIPTS / "versions").glob("[0-9]*.py"))
    return max(names, default=None)


def is_current(engine: Engine) -> bool:
    """Whether the database has the version of this program. Asked every few seconds of each worker,
    so nothing of Alembic is loaded for it, nor any migration.
    """
    return current(engine) == newest()


def differences(engine: Engine) -> list[Any]:
    """What the models say and the database does not, as Alembic describes it; empty when equal."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with engine.connect() as connection:
        options = {"compare_type": True, "include_object": is_for(engine.dialect.name)}
        context = MigrationContext.configure(connection, opts=options)
        return list(compare_metadata(context, Base.metadata))


def is_for(dialect: str) -> Callable[..., bool]:
    """For Alembic: does an object of the models belong in a database of this dialect?"""

    def is_included(item: SchemaItem, *_facts: object) -> bool:
        return bool(item.info.get(DIALECT, dialect) == dialect)

    return is_included


def write_version(engine: Engine, number: str, subject: str) -> None:
    """For developers: write the migration from this database to the models."""
    from alembic import command

    with _exclusive(engine) as connection:
        command.revision(_config(connection), message=subject, autogenerate=True, rev_id=number)


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@contextmanager
def _exclusive(engine: Engine) -> Iterator[Connection]:
    """A write transaction that no other migration runs beside."""
    with engine.connect().execution_options(**{WRITES: True}) as connection:
        if engine.dialect.name == "sqlite":
            with _without_limits(connection), connection.begin():
                yield connection
                _check_foreign_keys(connection)
        else:
            with connection.begin():
                _wait_patiently(connection)
                yield connection


@contextmanager
def _without_limits(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by making it anew; with foreign keys on, what points to it goes. Who
    comes second waits as long as the first one needs.
    """
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.execute("PRAGMA foreign_keys=OFF")
    raw.execute(f"PRAGMA busy_timeout={PATIENT_MILLISECONDS}")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")
        raw.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")


def _check_foreign_keys(connection: Connection) -> None:
    if connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
        raise MigrationFailed("rows would point to nothing")


def _wait_patiently(connection: Connection) -> None:
    """The limits of a request do not hold here; the one for table locks does, for the traffic."""
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(text("SET LOCAL lock_timeout = 0"))
    one_at_a_time(connection, Held.MIGRATIONS)
    connection.execute(text("SET LOCAL lock_timeout = '10s'"))
