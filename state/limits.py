"""Limits: how often something may be done by one address, client, person or factor.

Counts live in the expiring store, in fixed windows, and are shared by all processes. What guards a
secret for good (a lock on a factor or a password) is kept in SQL by its owner instead.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from state.ephemeral import Count, ExpiringStore


@dataclass(frozen=True)
class Limit:
    """At most ``most`` times in ``seconds``. ``name`` keeps limits apart, in the store and in
    metrics.
    """

    name: str
    most: int
    seconds: int


def spend(store: ExpiringStore, *spends: tuple[Limit, str]) -> tuple[Limit, ...]:
    """Count one use of each limit for its key, in one round trip; those that are exceeded.

    The key may be personal: only its hash is kept. Raises StoreUnavailable; who guards something
    guessable lets that refuse.
    """
    counted = store.batch([Count(_key(limit, key), limit.seconds) for limit, key in spends])
    return _exceeded(spends, counted)


def _exceeded(spends: Sequence[tuple[Limit, str]], counted: Sequence[object]) -> tuple[Limit, ...]:
    pairs = zip(spends, counted, strict=True)
    return tuple(
        limit for (limit, _), count in pairs if isinstance(count, int) and count > limit.most
    )


def _key(limit: Limit, key: str) -> str:
    return f"limit:{limit.name}:{hashlib.sha256(key.encode()).hexdigest()[:32]}"


@lru_cache(maxsize=4096)
def network_of(address: str) -> str:
    """The network that one subscriber has: the address itself for IPv4, the /64 for IPv6.

    What is no address counts as one network, so that it cannot escape a limit.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
