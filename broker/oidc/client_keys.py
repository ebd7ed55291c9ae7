"""Keys of clients for private_key_jwt: from the registration, or from the address that it names."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from joserfc.jwk import KeySet

from directory.services import OidcClient
from keys.public_jwks import read_public_jwks
from state.addresses import OutgoingRefused
from state.clock import Clock
from state.outgoing import OutgoingClient, OutgoingFailed

KEEP = timedelta(hours=1)
AGAIN_AFTER = timedelta(
    seconds=60
)  # an unknown key asks the address again, no more often than this
MAX_BYTES = 64 * 1024


@dataclass
class ClientKeys:
    """Key sets by client; the fetched ones are kept for an hour."""

    outgoing: OutgoingClient
    clock: Clock
    _fetched: dict[str, tuple[datetime, KeySet]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def candidates(self, client: OidcClient) -> Iterator[KeySet]:
        """Sets to try in order: what is known, then, where nothing fitted, what the address says
        now.
        """
        if client.jwks is not None:
            yield _imported(json.dumps(client.jwks, sort_keys=True))
        if client.jwks_uri is None:
            return
        known = self._fetched.get(client.jwks_uri)
        if known is not None and self.clock() - known[0] < KEEP:
            yield known[1]
        if known is None or self.clock() - known[0] >= AGAIN_AFTER:
            fresh = self._fetch(client.jwks_uri)
            if fresh is not None:
                yield fresh

    def _fetch(self, uri: str) -> KeySet | None:
        try:
            answer = self.outgoing.get(uri, accept="application/json", max_bytes=MAX_BYTES)
            read = read_public_jwks(json.loads(answer.body)) if answer.status == 200 else None
            keys = read.key_set if read is not None and read.keys else None
        except (OutgoingRefused, OutgoingFailed, ValueError, RecursionError):
            keys = None
        with self._lock:
            # A failure counts as asked, so that wrong assertions do not make us call at will.
            old = self._fetched.get(uri)
            empty = KeySet([])
            self._fetched[uri] = (self.clock(), keys or (old[1] if old else empty))
        return keys


@lru_cache(maxsize=256)
def _imported(document: str) -> KeySet:
    return read_public_jwks(json.loads(document)).key_set
