"""The order of locks, watched in every transaction of every test, on every database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Transaction

from state import locks
from state.locks import ORDER, Held


class OutOfOrder(AssertionError):
    """Two transactions that do this could wait for each other for ever."""


def judge(taken: list[tuple[Held, str]], held: Held, of: str) -> None:
    """May this one follow those? What is held may be held again. Raises OutOfOrder."""
    if (held, of) in taken:
        return
    late = [one for one in taken if (ORDER[one[0]], one[1]) > (ORDER[held], of)]
    if late:
        raise OutOfOrder(f"{held}:{of} is taken after {late}; see state/locks.py")


@contextmanager
def lock_order_watched() -> Iterator[None]:
    """Until the end of the tests of this process."""
    taken: WeakKeyDictionary[Transaction, list[tuple[Held, str]]] = WeakKeyDictionary()
    take = locks._take

    def watched(connection: Connection, held: Held, of: str) -> None:
        transaction = connection.get_transaction()
        assert transaction is not None
        so_far = taken.setdefault(transaction, [])
        judge(so_far, held, of)
        so_far.append((held, of))
        take(connection, held, of)

    locks._take = watched
    try:
        yield
    finally:
        locks._take = take
