"""Parameters of a protocol request, each at most once, over query and body together (RFC 6749
§3.1).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

MAX_LENGTH = 8192  # bytes: what is asked waits in the store
MOST = 100  # parameters of one request, known or not


class Repeated(Exception):
    """A parameter occurs twice. ``name`` is safe to show: it is one that we know."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Parameters:
    """What was sent. An empty value counts as absent (RFC 6749 §3.1)."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._count = 0
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._count += 1
            self._values.setdefault(name, []).append(value)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Everything that was sent, in the order of the names."""
        return tuple((name, one) for name, each in self._values.items() for one in each)

    def without(self, names: Collection[str]) -> Parameters:
        """The same without these."""
        return Parameters(pair for pair in self.pairs if pair[0] not in names)

    def adding(self, name: str, value: str) -> Parameters:
        """The same with one more."""
        return Parameters([*self.pairs, (name, value)])

    def one(self, name: str) -> str | None:
        """The value, None when absent. Raises Repeated on two, ValueError on one that is too
        long and on a request with too many of them.
        """
        if self._count > MOST:
            raise ValueError(f"more than {MOST} parameters")
        found = self._values.get(name)
        if found is None:
            return None
        if len(found) > 1:
            raise Repeated(name)
        if len(found[0].encode()) > MAX_LENGTH:
            raise ValueError(f"{name} is longer than {MAX_LENGTH} bytes")
        return found[0] or None
