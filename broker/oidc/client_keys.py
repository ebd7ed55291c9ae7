"""Keys of clients for private_key_jwt: from the registration, or from the address that it names."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache

import structlog
from joserfc.jwk import KeySet

from directory.services import OidcClient
from keys.jwk_sets import KeySetMalformed, read_key_set
from keys.public_jwks import read_public_jwks
from state.addresses import OutgoingRefused
from state.clock import Clock
from state.last_good import LastGood
from state.outgoing import ACCEPT_KEYS, OutgoingClient, OutgoingFailed

FRESH = timedelta(seconds=60)  # a key that is withdrawn counts no longer than this
USABLE = timedelta(hours=1)  # while the address does not answer
MAX_BYTES = 64 * 1024
log = structlog.get_logger()


class KeysNotFetched(Exception):
    """The address of a client gave no key set. The message says what was wrong, and by which rule
    or setting of ours.
    """


@dataclass
class ClientKeys:
    """Key sets by client; the fetched ones are asked for again every minute, out of turn for an
    unknown key, and end after an hour without an answer.
    """

    outgoing: OutgoingClient
    clock: Clock
    _fetched: dict[str, tuple[str, LastGood[KeySet]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def candidates(self, client: OidcClient) -> Iterator[KeySet]:
        """Sets to try in order: what is known, then, where nothing fitted, what the address says
        now.
        """
        if client.jwks is not None:
            yield _imported(json.dumps(client.jwks, sort_keys=True))
        if client.jwks_uri is None:
            return
        kept = self._at(client.client_id, client.jwks_uri)
        with contextlib.suppress(KeysNotFetched):
            yield from (known for known in kept.copies(self.clock()) if known.keys)

    def trouble(self, client: OidcClient) -> str | None:
        """Why the address of this client gave nothing when it was last asked; None where it did, or
        none is registered.
        """
        if client.jwks_uri is None:
            return None
        failed = self._at(client.client_id, client.jwks_uri).failed
        return str(failed) if failed is not None else None

    def _at(self, client_id: str, uri: str) -> LastGood[KeySet]:
        """Of the address that is registered now: keys of an earlier one are gone."""
        with self._lock:
            registered, kept = self._fetched.get(client_id, ("", None))
            if kept is None or registered != uri:
                kept = LastGood(
                    lambda: self._fetch(client_id, uri), KeysNotFetched, fresh=FRESH, usable=USABLE
                )
                self._fetched[client_id] = (uri, kept)
            return kept

    def _fetch(self, client_id: str, uri: str) -> KeySet:
        try:
            answer = self.outgoing.get(
                uri, accept=ACCEPT_KEYS, max_bytes=MAX_BYTES, party=f"client {client_id}"
            )
            if answer.status != 200:
                raise _not_fetched(client_id, f"status {answer.status}")
            return KeySet([published.key for published in read_key_set(answer.json())])
        except OutgoingRefused as refused:
            raise _not_fetched(client_id, str(refused)) from None
        except OutgoingFailed as failed:
            raise _not_fetched(client_id, failed.explained) from None
        except KeySetMalformed as malformed:
            raise _not_fetched(client_id, f"key set: {malformed}") from None


def _not_fetched(client_id: str, why: str) -> KeysNotFetched:
    log.warning("client_keys.not_fetched", client=client_id, detail=why)
    return KeysNotFetched(why)


@lru_cache(maxsize=256)
def _imported(document: str) -> KeySet:
    return read_public_jwks(json.loads(document)).key_set
