"""Errors that end a request in a page here, whatever the protocol."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

NOTHING: Final[Mapping[str, str | int | bool | None]] = MappingProxyType({})


class PageError(Exception):
    """A page here, never a redirect: the sender could not be trusted or named. ``found``: what was
    seen and what was expected, for the trace alone; nothing that names a person.
    """

    def __init__(
        self,
        status: int,
        public_key: str,
        detail: str = "",
        *,
        found: Mapping[str, str | int | bool | None] = NOTHING,
        **values: Any,
    ) -> None:
        super().__init__(f"{status} {public_key} {detail}".strip())
        self.status = status
        self.public_key = public_key
        self.detail = detail
        self.found = found
        self.values = values


class TooManyRequests(Exception):
    """A limit was exceeded: more than ``most`` in so many seconds. Come back after them."""

    def __init__(self, rule: str, seconds: int, most: int | None = None) -> None:
        super().__init__(rule)
        self.rule = rule
        self.seconds = seconds
        self.most = most
