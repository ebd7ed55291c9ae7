"""``sluis outbox``: what waits, what was given up, and offering that again."""

from __future__ import annotations

import json
from dataclasses import asdict

from admin.actor import COMMAND_LINE
from admin.cli.columns import aligned
from admin.cli.installation import opened
from admin.operations import outbox
from broker.settings import Settings
from state import outbox_queries
from state.adapters.failures import explained
from state.db import writing
from state.outbox_queries import Queued, State
from state.trace import show_reference

_HEAD = ("Id", "Channel", "State", "At (UTC)", "Tries", "Reference", "Reason")


def list_messages(settings: Settings, state: State | None, *, as_json: bool) -> list[str]:
    """Lines to print, the newest message first; never a recipient or content."""
    with opened(settings) as at:
        found = outbox_queries.listed(at.session, state)
    if as_json:
        return [json.dumps([asdict(one) for one in found], default=str)]
    return aligned([_HEAD, *map(_row, found)]) if found else ["No messages."]


def _row(one: Queued) -> tuple[str, ...]:
    is_lost = one.state == "given-up" and not one.kept
    remarks = [explained(one.reason or ""), "(content is gone)" if is_lost else ""]
    return (
        *(one.id, one.channel, one.state, one.at.strftime("%Y-%m-%d %H:%M:%S"), str(one.attempts)),
        *(show_reference(one.reference) if one.reference else "-", " ".join(remarks).strip()),
    )


def retry_messages(settings: Settings, message_id: str | None) -> int:
    """Offer one message again, or each that was given up; how many."""
    with opened(settings) as at, writing(at.session) as session:
        return len(outbox.retry(session, message_id, actor=COMMAND_LINE, now=at.now))
