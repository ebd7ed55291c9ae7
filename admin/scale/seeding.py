"""Filling an empty installation with a made-up one: by COPY in PostgreSQL, in batches elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, Engine, Table, exists, insert, select, text

from admin.scale.rows import Row, Scale
from consent.chains import ChainMandate
from consent.mandates import Mandate
from directory.organisations import Organisation
from directory.people import ExternalIdentity, Membership, Person
from state.db import table_of

BATCH: Final = 5_000
_FILLED: Final = (Organisation, Person, Mandate, ChainMandate)
Progress = Callable[[int], object]


class NotEmpty(Exception):
    """Something is registered here: nobody mixes people with made-up ones. The name of a table."""


def seed(engine: Engine, scale: Scale, progress: Progress) -> None:
    """All rows in one transaction. ``progress``: told how many more there are. Raises NotEmpty."""
    with engine.begin() as connection:
        _demand_empty(connection)
        for table, rows in _tables(scale):
            for number in _write(connection, table, rows):
                progress(number)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table, _rows in _tables(scale):
                connection.execute(text("SET statement_timeout = 0"))
                connection.execute(text(f'ANALYZE "{table.name}"'))


def _tables(scale: Scale) -> list[tuple[Table, Iterator[Row]]]:
    """In the order that foreign keys allow."""
    return [
        (table_of(Organisation), scale.organisation_rows()),
        (table_of(Person), scale.person_rows()),
        (table_of(ExternalIdentity), scale.identity_rows()),
        (table_of(Membership), scale.membership_rows()),
        (table_of(Mandate), scale.mandate_rows()),
        (table_of(ChainMandate), scale.chain_rows()),
    ]


def _demand_empty(connection: Connection) -> None:
    for model in _FILLED:
        table = table_of(model)
        if connection.execute(select(exists(select(table.c.id)))).scalar():
            raise NotEmpty(table.name)


def _write(connection: Connection, table: Table, rows: Iterator[Row]) -> Iterator[int]:
    """How many were written, batch by batch."""
    is_postgresql = connection.dialect.name == "postgresql"
    if is_postgresql:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
    while batch := list(islice(rows, BATCH)):
        if is_postgresql:
            _copy(connection, table, batch)
        else:
            connection.execute(insert(table), batch)
        yield len(batch)


def _copy(connection: Connection, table: Table, batch: Iterable[Mapping[str, Any]]) -> None:
    """As the driver writes each value."""
    dialect = connection.dialect
    columns = list(table.columns)
    convert = [one.type.dialect_impl(dialect).bind_processor(dialect) for one in columns]
    names = ", ".join(f'"{one.name}"' for one in columns)
    driver: Any = connection.connection.driver_connection
    with (
        driver.cursor() as cursor,
        cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy,
    ):
        for row in batch:
            copy.write_row(
                [
                    row[one.name] if how is None else how(row[one.name])
                    for one, how in zip(columns, convert, strict=True)
                ]
            )
