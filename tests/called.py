"""Outgoing calls that reach nobody: what they bring is said beforehand."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from state.outgoing import HttpAnswer, OutgoingClient

_NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Called(OutgoingClient):
    """``answer`` is given to, or raised at, everybody who calls; ``calls`` are the addresses and
    ``form`` the fields that were posted last, ``accept`` what was asked for.
    """

    def __init__(self, answer: HttpAnswer | Exception) -> None:
        super().__init__(tls=_NO_TLS)
        self.answer = answer
        self.calls: list[str] = []
        self.form: dict[str, str] = {}
        self.accept = ""

    def _call(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        max_bytes: int,
        party: str = "",
    ) -> HttpAnswer:
        del method, max_bytes, party
        self.calls.append(url)
        self.accept = headers.get("Accept", "")
        self.form = dict(parse_qsl((body or b"").decode()))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def said(body: Any = b"", status: int = 200) -> HttpAnswer:
    """An answer with this body; anything but bytes becomes JSON."""
    return HttpAnswer(status, {}, body if isinstance(body, bytes) else json.dumps(body).encode())
