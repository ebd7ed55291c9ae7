"""Connections of urllib3 that a TimeLimit can end: that of the thread which makes the call."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from state.adapters.time_limit import TimeLimit


class _Current(threading.local):
    limit: TimeLimit | None = None


_CURRENT = _Current()


@contextmanager
def limited(seconds: float) -> Iterator[TimeLimit]:
    """What this thread asks in here over a pool that is ``watched`` ends within these seconds."""
    with TimeLimit(seconds) as limit:
        _CURRENT.limit = limit
        try:
            yield limit
        finally:
            _CURRENT.limit = None


def watched(pool: urllib3.PoolManager) -> urllib3.PoolManager:
    """The same pool, whose connections can be ended."""
    pool.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
    return pool


def _watch(connection: HTTPConnection) -> None:
    if _CURRENT.limit is not None:
        _CURRENT.limit.watch(connection.sock)


class _Connection(HTTPConnection):
    def connect(self) -> None:
        super().connect()
        _watch(self)

    def request(self, *given: Any, **named: Any) -> None:
        _watch(self)  # one that was kept
        super().request(*given, **named)


class _SecureConnection(HTTPSConnection):
    def connect(self) -> None:
        super().connect()
        _watch(self)

    def request(self, *given: Any, **named: Any) -> None:
        _watch(self)
        super().request(*given, **named)


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection
