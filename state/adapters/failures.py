"""What a connection failed of, as a machine word: the same words as for calls to parties."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import urllib3

from state.outgoing_failures import FAILURES, of_tls


def reason_of(error: BaseException) -> str:
    """Of all that this error wraps or came of, what says most; ``no_answer`` where nothing does."""
    chain = list(_chain(error))
    for one in chain:
        if isinstance(one, ssl.SSLError):
            return of_tls(one)
        if isinstance(one, socket.gaierror | urllib3.exceptions.NameResolutionError):
            return "name_not_found"
        if isinstance(one, ConnectionRefusedError):
            return "connection_refused"
    return "timeout" if any(_is_timeout(one) for one in chain) else "no_answer"


def explained(reason: str) -> str:
    """The reason of a delivery that failed with what it means, for operators; the bare word where
    it says all.
    """
    word = reason.partition("_")[2]
    known = FAILURES.get("refused" if word == "connection_refused" else word)
    return f"{reason}: {known.says}" if known is not None else reason


def _is_timeout(error: BaseException) -> bool:
    if isinstance(error, urllib3.exceptions.NewConnectionError):
        return False  # which calls itself one, whatever it was
    return isinstance(error, TimeoutError | urllib3.exceptions.TimeoutError)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """It, what it wraps and what it came of; each once."""
    seen: set[int] = set()
    open_ones = [error]
    while open_ones:
        one = open_ones.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        open_ones += [inner for inner in one.args if isinstance(inner, BaseException)]
        open_ones += [one.__cause__, one.__context__]
