"""What waits in the outbox, and what of it is delivered here and now."""

from __future__ import annotations

from collections.abc import Collection

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from keys.sealing import Sealer
from state import outbox
from state.clock import Clock
from state.outbox import (
    CHANNELS,
    Adapter,
    Channel,
    Message,
    OutboxRow,
    Sessions,
)


def deliver_due(
    sessions: Sessions,
    sealer: Sealer,
    adapter: Adapter,
    clock: Clock,
    limit: int = 20,
    channels: Collection[Channel] = CHANNELS,
) -> int:
    """As the lanes of a worker do, but of every channel; how many were sent."""
    return outbox.deliver_due(sessions, sealer, adapter, clock, channels, most=limit)


def waiting_in(session: Session, sealer: Sealer) -> list[Message]:
    """Every message that was not sent yet, as its reader will get it, in the order of asking."""
    rows = session.scalars(
        select(OutboxRow)
        .where(OutboxRow.due_at.is_not(None))
        .order_by(OutboxRow.created_at, OutboxRow.channel)
    )
    adapter = TypeAdapter(Message)
    return [
        adapter.validate_json(sealer.open(row.sealed, f"outbox:{row.id}"))
        for row in rows
        if row.sealed is not None
    ]
