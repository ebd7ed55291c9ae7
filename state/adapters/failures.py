"""What a connection failed of, as a machine word: the same words as for calls to parties."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from typing import Final

import urllib3

from state.outgoing_failures import FAILURES, of_tls

# What stands behind the adapter's word and is another one for calls to parties.
_OF_A_CONNECTION: Final = {
    **{word: failure.says for word, failure in FAILURES.items()},
    "connection_refused": FAILURES["refused"].says,
    "proxy": "our proxy does not answer, or refuses it",
}
# What is wrong with a message, or with how its channel is set up here.
_OF_A_MESSAGE: Final = {
    "no_adapter": "no adapter is set for this channel",
    "notify_not_understood": "Notify answers what cannot be read",
    "notify_refused": "Notify does not accept our key; renew it",
    "recipient_malformed": "its address is none that a message can be sent to",
    "recipient_refused": "the server takes nothing for this address",
    "too_large": "the server takes no message of this size",
    "too_late": "what it was about was over before it could be delivered",
}


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
    says = _OF_A_MESSAGE.get(reason) or _OF_A_CONNECTION.get(reason.partition("_")[2])
    return f"{reason}: {says}" if says is not None else reason


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
