"""Errors that end a request in a page here, whatever the protocol."""

from __future__ import annotations

from typing import Any


class PageError(Exception):
    """A page here, never a redirect: the sender could not be trusted or named."""

    def __init__(self, status: int, public_key: str, detail: str = "", **values: Any) -> None:
        super().__init__(f"{status} {public_key} {detail}".strip())
        self.status = status
        self.public_key = public_key
        self.detail = detail
        self.values = values


class TooManyRequests(Exception):
    """A limit was exceeded; come back after so many seconds."""

    def __init__(self, rule: str, seconds: int) -> None:
        super().__init__(rule)
        self.rule = rule
        self.seconds = seconds
