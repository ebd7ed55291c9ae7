"""Outage: why the database or the expiring store cannot be used, told from what its driver raised.
Nothing of the error itself is repeated: it may hold values.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout


@dataclass(frozen=True)
class Outage:
    """``word``: stable, for logs; ``says``: what is in the way, after the name of the part;
    ``instead``: what to do, with the settings and programs by name.
    """

    word: str
    says: str
    instead: str


_OF_THE_DATABASE: Final = (
    Outage(
        "refused",
        "nobody listens at its address",
        "start PostgreSQL, or correct host and port in database.url",
    ),
    Outage(
        "name",
        "the name of its host is not known here",
        "correct the host in database.url, or let who keeps DNS mend it",
    ),
    Outage(
        "timeout",
        "it does not answer in time",
        "look whether PostgreSQL hangs, and whether a firewall stands between",
    ),
    Outage(
        "login",
        "it does not accept the user or password of database.url",
        "correct them there, or set them in PostgreSQL, and look at pg_hba.conf",
    ),
    Outage(
        "no_database",
        "it has no database of that name",
        "make it, or correct the name in database.url",
    ),
    Outage(
        "tls",
        "no TLS connection could be made with it",
        "compare sslmode and sslrootcert in database.url with its certificate",
    ),
    Outage(
        "no_connections",
        "it has no connection left",
        "raise max_connections of PostgreSQL, or end who holds them: a worker takes 16",
    ),
    Outage(
        "all_in_use",
        "every connection of this process is in use",
        "look in the log of the database which statements take long",
    ),
    Outage(
        "starting", "it is starting or stopping", "wait, and look in its log if that takes longer"
    ),
    Outage(
        "broke_off",
        "it broke the connection off",
        "look in its log why it stopped or ended connections",
    ),
    Outage(
        "read_only",
        "it takes no writes",
        "promote the standby, or let database.url name the one that writes",
    ),
    Outage("disk_full", "its disk is full", "make room there"),
    Outage(
        "locked",
        "it made us wait too long for a lock or an answer",
        "look who holds the lock (pg_stat_activity, or another program with the file open)",
    ),
    Outage(
        "rights",
        "it does not allow this to the user of database.url",
        "make that user the owner of database and tables",
    ),
    Outage(
        "no_file",
        "its file cannot be opened",
        "look whether the folder of database.url is there, and is of the user of Sluis",
    ),
    Outage(
        "file_rights",
        "its file cannot be written",
        "make file and folder of database.url the user's of Sluis",
    ),
    Outage(
        "damaged",
        "its file is damaged, or no SQLite database",
        "stop Sluis, keep the file aside, and put the back-up back",
    ),
    Outage(
        "no_tables",
        "it has no tables, or those of another version",
        "run: sluis init, or sluis migrate",
    ),
)
_OF_THE_STORE: Final = (
    Outage(
        "refused",
        "nobody listens at its address",
        "start Redis, or correct host and port in store.url",
    ),
    Outage(
        "name",
        "the name of its host is not known here",
        "correct the host in store.url, or let who keeps DNS mend it",
    ),
    Outage(
        "timeout",
        "it does not answer in time",
        "look whether Redis hangs, and whether a firewall stands between",
    ),
    Outage(
        "login",
        "it does not accept the user or password of store.url",
        "correct them there (SLUIS__STORE__URL_FILE), or in Redis",
    ),
    Outage(
        "tls",
        "no TLS connection could be made with it",
        "compare rediss:// and ssl_ca_certs in store.url with its certificate",
    ),
    Outage("starting", "it is reading its data", "wait, and look in its log if that takes longer"),
    Outage(
        "read_only",
        "it takes no writes: it is a replica",
        "promote it, or let store.url name the one that writes",
    ),
    Outage("memory_full", "its memory is full", "raise maxmemory of Redis, or find who fills it"),
    Outage(
        "disk_full",
        "it cannot write its data to disk, so it takes nothing",
        "make room where Redis keeps its data, and look in its log",
    ),
    Outage("no_connections", "it has no connection left", "raise maxclients of Redis"),
    Outage("broke_off", "it broke the connection off", "look in its log why it stopped"),
)

DATABASE_OUTAGES: Final = {one.word: one for one in _OF_THE_DATABASE}
STORE_OUTAGES: Final = {one.word: one for one in _OF_THE_STORE}

# SQLSTATE (PostgreSQL, appendix A) -> word
_STATES: Final = {
    "28000": "login",
    "28P01": "login",
    "3D000": "no_database",
    "53300": "no_connections",
    "53100": "disk_full",
    "57P01": "broke_off",
    "57P02": "broke_off",
    "57P03": "starting",
    "25006": "read_only",
    "55P03": "locked",
    "57014": "locked",
    "40P01": "locked",
    "42501": "rights",
    "42P01": "no_tables",
    "42703": "no_tables",
}
# What the text of an error without a state says, in small letters. Those of PostgreSQL that come
# before there is a connection have none; the first that fits counts.
_TEXTS: Final = (
    ("no_file", ("unable to open database file",)),
    ("locked", ("database is locked", "database table is locked", "database schema is locked")),
    ("disk_full", ("database or disk is full", "no space left", "misconf", "disk i/o error")),
    ("file_rights", ("readonly database",)),
    ("damaged", ("file is not a database", "disk image is malformed")),
    ("no_tables", ("no such table", "no such column")),
    ("login", ("password authentication", "no password supplied", "pg_hba.conf", "peer authent")),
    ("login", ('role "', "authentication failed", "noauth", "wrongpass")),
    ("no_connections", ("too many clients", "connection slots", "too many connections")),
    ("no_connections", ("max number of clients",)),
    ("starting", ("starting up", "shutting down", "recovery", "loading the dataset")),
    ("no_database", ("does not exist",)),
    ("broke_off", ("closed unexpectedly",)),
    ("tls", ("ssl", "certificate")),
    ("name", ("resolve host", "name or service not known", "could not translate host")),
    ("name", ("temporary failure in name", "no address associated", "getaddrinfo")),
    ("timeout", ("timeout expired", "timed out", "timeout")),
    ("refused", ("connection refused", "no such file", "no route to host", "unreachable")),
    ("broke_off", ("closed the connection", "connection is lost", "closed by server", "reset by")),
    ("broke_off", ("terminating connection", "connection is closed", "broken pipe", "eof")),
    ("read_only", ("read-only", "read only")),
)
# By name: to import the client takes its time, and a process without Redis has no such errors.
_CLIENT: Final = "redis.exceptions"
_KINDS: Final = {
    "AuthenticationError": "login",
    "AuthorizationError": "login",
    "NoPermissionError": "login",
    "ReadOnlyError": "read_only",
    "OutOfMemoryError": "memory_full",
    "BusyLoadingError": "starting",
    "MaxConnectionsError": "no_connections",
    "TimeoutError": "timeout",
}


def outage_of(error: BaseException) -> Outage | None:
    """What a driver's error means, or that of what wraps it; None where it says nothing that is
    known here, or is of something else.
    """
    if isinstance(error, PoolTimeout):
        return DATABASE_OUTAGES["all_in_use"]
    of_redis = [kind.__name__ for kind in type(error).__mro__ if kind.__module__ == _CLIENT]
    if of_redis:
        found = next((_KINDS[name] for name in of_redis if name in _KINDS), "")
        return STORE_OUTAGES.get(found or _by_text(error, STORE_OUTAGES))
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, psycopg.errors.ConnectionTimeout):
        return DATABASE_OUTAGES["timeout"]
    if isinstance(cause, psycopg.Error | sqlite3.Error):
        state = getattr(cause, "sqlstate", None) or ""
        return DATABASE_OUTAGES.get(_STATES.get(state) or _by_text(cause, DATABASE_OUTAGES))
    return None


def named(error: BaseException) -> str:
    """For a log: the kind of the error, and the word where there is one. An error that stands for
    another one has its ``outage``.
    """
    outage = getattr(error, "outage", None) or outage_of(error)
    name = type(error).__name__
    return f"{name}: {outage.word}" if outage else name


def _by_text(error: BaseException, known: Collection[str]) -> str:
    text = str(error).lower()
    fitting = (word for word, parts in _TEXTS if word in known and any(p in text for p in parts))
    return next(fitting, "")
