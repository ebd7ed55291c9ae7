"""What waits in the outbox, delivered here and now, as the lanes of a worker do it one by one."""

from __future__ import annotations

from collections.abc import Collection

from keys.sealing import Sealer
from state.clock import Clock
from state.outbox import CHANNELS, Adapter, Channel, Sessions, deliver_next


def deliver_due(
    sessions: Sessions,
    sealer: Sealer,
    adapter: Adapter,
    clock: Clock,
    limit: int = 20,
    channels: Collection[Channel] = CHANNELS,
) -> int:
    """Each message with transactions of its own; how many were sent."""
    sent = 0
    for _ in range(limit):
        delivered = deliver_next(sessions, sealer, adapter, clock, channels)
        if delivered is None:
            break
        sent += delivered
    return sent
