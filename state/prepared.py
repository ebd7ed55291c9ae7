"""Statements of the hot path: compiled once per database, run on its driver.

SQLAlchemy writes the SQL and converts the values; what it does around every execution costs ten
times what the statement does. What is given at each run is one value for each ``bindparam``; an IN
is of values that the statement has itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Insert, Select, Table, Update, bindparam, insert
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import PoolProxiedConnection

Row = tuple[Any, ...]
Converter = Callable[[Any], Any]
_KEPT = "sluis_connection"  # in Session.info: the transaction and its connection
_SHARES = "sluis_shares_reads"
_SHARED = "sluis_reads"  # in Session.info: the engine and the connection of its reads


@dataclass(frozen=True)
class _Compiled:
    """``names``: the order of positional parameters, None where the driver takes them by name."""

    text: str
    names: tuple[str, ...] | None
    constants: Mapping[str, Any]
    binds: tuple[tuple[str, Converter], ...]
    columns: tuple[tuple[int, Converter], ...]

    def parameters(self, given: Mapping[str, Any]) -> Any:
        values = {**self.constants, **given}
        for name, convert in self.binds:
            values[name] = convert(values[name])
        return [values[name] for name in self.names] if self.names is not None else values

    def row(self, raw: Row) -> Row:
        if not self.columns:
            return raw
        values = list(raw)
        for place, convert in self.columns:
            values[place] = convert(values[place])
        return tuple(values)


def share_reads(session: Session) -> None:
    """Let reads of this session outside a transaction be on one connection, until ``end_reads``.
    For a session that somebody closes soon: each of them stays on its own.
    """
    session.info[_SHARES] = True


def end_reads(session: Session) -> None:
    """Give their connection back, as it came."""
    shared = session.info.pop(_SHARED, None)
    if shared is not None:
        _give_back(*shared)


class PreparedStatement:
    """One statement. Runs in the transaction of the session that it is given; a read where there is
    none begins none, because what a session does around one costs ten times what the read does.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]] | Insert | Update) -> None:
        self._statement = statement
        self._reads = isinstance(statement, Select)
        self._compiled: dict[str, _Compiled] = {}

    def first(self, session: Session, parameters: Mapping[str, Any]) -> Row | None:
        """The first row, or None. Raises DBAPIError."""
        rows = self.all(session, parameters)
        return rows[0] if rows else None

    def all(self, session: Session, parameters: Mapping[str, Any]) -> list[Row]:
        """Every row. Raises DBAPIError."""
        bind = session.get_bind()
        if self._reads and isinstance(bind, Engine) and not session.in_transaction():
            return self._alone(session, bind, parameters)
        connection = _connection_of(session)
        return self._rows(connection.connection, connection.dialect, parameters)

    def run(self, session: Session, parameters: Mapping[str, Any]) -> None:
        """A statement without rows. Raises DBAPIError."""
        connection = _connection_of(session)
        _, cursor = self._execute(connection.connection, connection.dialect, parameters)
        cursor.close()

    def _alone(self, session: Session, engine: Engine, parameters: Mapping[str, Any]) -> list[Row]:
        """On a connection for this read alone, which goes back to the pool as it came; on that of
        its session where reads share one.
        """
        shared = session.info.pop(_SHARED, None)
        driver = _taken(engine) if shared is None else shared[1]
        try:
            rows = self._rows(driver, engine.dialect, parameters)
        except BaseException:
            driver.invalidate()  # whatever became of it, nobody gets it any more
            raise
        if _SHARES in session.info:
            session.info[_SHARED] = (engine, driver)
        else:
            _give_back(engine, driver)
        return rows

    def _rows(
        self, driver: PoolProxiedConnection, dialect: Dialect, parameters: Mapping[str, Any]
    ) -> list[Row]:
        compiled, cursor = self._execute(driver, dialect, parameters)
        try:
            return [compiled.row(raw) for raw in cursor.fetchall()]
        finally:
            cursor.close()

    def _execute(
        self, driver: PoolProxiedConnection, dialect: Dialect, parameters: Mapping[str, Any]
    ) -> tuple[_Compiled, Any]:
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _compile(self._statement, dialect)
        try:
            cursor = driver.cursor()  # fails where the server closed the connection
            try:
                cursor.execute(compiled.text, compiled.parameters(parameters))
            except BaseException:
                cursor.close()
                raise
        except dialect.loaded_dbapi.Error as error:
            raise _told(error, dialect, compiled.text) from None
        return compiled, cursor


def _told(error: Exception, dialect: Dialect, statement: str | None = None) -> BaseException:
    """An error of the driver as SQLAlchemy tells it, without values."""
    return DBAPIError.instance(
        statement, None, error, dialect.loaded_dbapi.Error, hide_parameters=True
    )


def _taken(engine: Engine) -> PoolProxiedConnection:
    """A connection for reads that are each on their own. Raises DBAPIError."""
    dialect, level = engine.dialect, engine.get_execution_options().get("isolation_level")
    try:
        driver = engine.raw_connection()
    except dialect.loaded_dbapi.Error as error:
        raise _told(error, dialect) from None
    if level is not None:
        try:
            dialect.set_isolation_level(_of_driver(driver), level)
        except BaseException:
            driver.invalidate()
            raise
    return driver


def _give_back(engine: Engine, driver: PoolProxiedConnection) -> None:
    """One that broke after its last read takes nothing away from what was read."""
    if engine.get_execution_options().get("isolation_level") is not None:
        try:
            engine.dialect.reset_isolation_level(_of_driver(driver))
        except engine.dialect.loaded_dbapi.Error:
            driver.invalidate()
            return
        except BaseException:
            driver.invalidate()
            raise
    driver.close()


def _of_driver(driver: PoolProxiedConnection) -> DBAPIConnection:
    found = driver.dbapi_connection
    assert found is not None  # until it is given back
    return found


def _connection_of(session: Session) -> Connection:
    """The connection of its transaction, after what the session still had to write."""
    session.flush()
    transaction, kept = session.get_transaction(), session.info.get(_KEPT)
    if kept is not None and kept[0] is transaction:
        known: Connection = kept[1]
        return known
    connection = session.connection()
    session.info[_KEPT] = (session.get_transaction(), connection)
    return connection


def insert_into(table: Table, *, without: tuple[str, ...] = ()) -> Insert:
    """An INSERT with a parameter per column; ``without`` are left to the database."""
    columns = [column for column in table.columns if column.name not in without]
    return insert(table).values({c.name: bindparam(c.name, type_=c.type) for c in columns}).inline()


def _compile(statement: Select[*tuple[Any, ...]] | Insert | Update, dialect: Dialect) -> _Compiled:
    made: Any = statement.compile(dialect=dialect)
    named = {name: bind for bind, name in made.bind_names.items()}
    given = {name for name, bind in named.items() if bind.required}
    written = made.construct_expanded_state(dict.fromkeys(given), escape_names=False)
    binds = (
        (each, _binder(bind.type, dialect))
        for name, bind in named.items()
        for each in written.parameter_expansion.get(name, (name,))
    )
    columns = statement.selected_columns if isinstance(statement, Select) else ()
    readers = ((place, _reader(column.type, dialect)) for place, column in enumerate(columns))
    return _Compiled(
        text=written.statement,
        names=tuple(written.positiontup) if made.positional else None,
        constants={n: value for n, value in written.parameters.items() if n not in given},
        binds=tuple((name, convert) for name, convert in binds if convert is not None),
        columns=tuple((place, convert) for place, convert in readers if convert is not None),
    )


def _binder(kind: Any, dialect: Dialect) -> Converter | None:
    convert: Converter | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return convert


def _reader(kind: Any, dialect: Dialect) -> Converter | None:
    convert: Converter | None = kind.dialect_impl(dialect).result_processor(dialect, None)
    return convert
