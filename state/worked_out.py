"""Facts that a record works out once, when they are asked for.

That of the standard library takes a lock around each, for objects that threads share. A record of
one request is in one thread: there the lock costs as much as what most of these facts say.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from functools import cached_property as cached_property  # which type checkers know by name
else:

    class cached_property:  # noqa: N801  # as the one that it stands for
        """A ``cached_property`` of objects that one thread has."""

        def __init__(self, work: Callable[[Any], Any]) -> None:
            self._work = work
            self._name = work.__name__
            self.__doc__ = work.__doc__

        def __set_name__(self, owner: type, name: str) -> None:
            self._name = name

        def __get__(self, one: Any, owner: type | None = None) -> Any:
            if one is None:
                return self
            found = one.__dict__[self._name] = self._work(one)
            return found
