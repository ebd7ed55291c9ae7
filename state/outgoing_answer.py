"""HttpAnswer: what came back of an outgoing call, read within its limits."""

from __future__ import annotations

import http
import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any, Final

from state.outgoing_failures import OutgoingFailed

_CHUNK: Final = 16 * 1024
_FAULTS: Final = ("text/xml", "application/soap+xml")


@dataclass(frozen=True)
class HttpAnswer:
    """What came back. Header names in lower case; ``body`` within the limit that was asked."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def is_fault(self) -> bool:
        """Does it answer that the request was wrong, as SOAP does (SOAP 1.1 §6.2)? Somebody's
        message is, which others of the same party must not suffer for.
        """
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return self.status == 500 and kind in _FAULTS

    def json(self, *, unique_names: bool = False) -> Any:
        """The body as JSON; with ``unique_names`` no name may stand twice in an object (RFC 8259
        §4: readers disagree about which one counts). Raises OutgoingFailed.
        """
        hook = _no_doubles if unique_names else None
        try:
            return json.loads(self.body, parse_constant=_no_constant, object_pairs_hook=hook)
        except (ValueError, RecursionError):
            raise OutgoingFailed("not_json") from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def read_answer(
    response: http.client.HTTPResponse, max_bytes: int, into: IO[bytes] | None = None
) -> HttpAnswer:
    """Whole and within the limit, and no redirect; 304 sends us nowhere. ``into``: where the
    content goes in place of the answer. Raises OutgoingFailed, OSError.
    """
    if 300 <= response.status < 400 and response.status != http.HTTPStatus.NOT_MODIFIED:
        raise OutgoingFailed("redirected")
    content, size = bytearray(), 0
    while part := response.read1(_CHUNK):
        size += len(part)
        if size > max_bytes:
            raise OutgoingFailed("too_large")
        if into is None:
            content += part
        else:
            into.write(part)
    if response.length:
        raise OutgoingFailed("cut_short")
    names = {name.lower(): value for name, value in response.getheaders()}
    return HttpAnswer(response.status, names, bytes(content))
