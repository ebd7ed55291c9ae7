"""Posting JSON to an address of the operator's choice. It comes from the configuration, not from a
registration, so it may be an inside one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import urllib3

from state.adapters.failures import reason_of
from state.adapters.watched_pools import limited
from state.adapters.way_out import LOOPBACK, WayOut
from state.outbox import DeliveryFailed

ANSWER_WITHIN: Final = urllib3.Timeout(connect=5, read=10)  # each read
TOTAL_SECONDS: Final = 25.0  # less than the shortest claim on a message


class Poster:
    """``kind`` is the adapter's machine word, with which the reasons of its failures begin."""

    def __init__(self, kind: str, url: str, way: WayOut | None = None) -> None:
        parts = urlsplit(url)
        loopback = parts.scheme == "http" and parts.hostname in LOOPBACK
        if not parts.hostname or not (parts.scheme == "https" or loopback):
            raise ValueError(f"the url of adapter {kind} is an https address")
        self._kind = kind
        self._way = way or WayOut.straight()

    def post(self, url: str, document: Any, headers: Mapping[str, str]) -> int:
        """The status of the answer, which nobody reads. Raises DeliveryFailed without one."""
        return self.post_body(url, json.dumps(document).encode(), headers)

    def post_body(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """As ``post``, with JSON that is written already."""
        sent = {"Content-Type": "application/json", **headers}
        return self._ask("POST", url, body, sent, 0)[0]

    def get(self, url: str, headers: Mapping[str, str], most_bytes: int) -> tuple[int, bytes]:
        """Status and the start of the body. Raises DeliveryFailed."""
        return self._ask("GET", url, None, headers, most_bytes)

    def _ask(
        self, method: str, url: str, body: bytes | None, headers: Mapping[str, str], most_bytes: int
    ) -> tuple[int, bytes]:
        with limited(TOTAL_SECONDS) as limit:
            try:
                answer = self._way.pool(url).request(
                    method,
                    url,
                    body=body,
                    headers=headers,
                    redirect=False,
                    preload_content=False,
                    timeout=ANSWER_WITHIN,
                )
                try:
                    said = answer.status, answer.read(most_bytes) if most_bytes else b""
                finally:
                    answer.close()  # however much more it would say
            except urllib3.exceptions.ProxyError:
                raise DeliveryFailed(f"{self._kind}_proxy") from None
            except urllib3.exceptions.HTTPError as error:
                reason = "timeout" if limit.is_over else reason_of(error)
                raise DeliveryFailed(f"{self._kind}_{reason}") from None
            if limit.is_over:  # what was read may be half of an answer
                raise DeliveryFailed(f"{self._kind}_timeout")
            return said
