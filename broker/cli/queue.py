"""``sluis outbox``: what waits, what was given up, and offering that again."""

from __future__ import annotations

import json
from dataclasses import asdict

from sqlalchemy.orm import Session

from broker.settings import Settings
from broker.tables import TABLES
from state import undelivered
from state.clock import utc_now
from state.db import writing
from state.engine import make_engine
from state.trace import show_reference
from state.undelivered import Queued, State

_HEADER = f"{'Id':<26}  {'Channel':<7}  {'State':<8}  {'At':<20}  {'Tries':>5}  Reason"


def list_messages(settings: Settings, state: State | None, *, as_json: bool) -> list[str]:
    """Lines to print, the newest message first; never a recipient or content."""
    assert TABLES
    with Session(make_engine(settings.database.url)) as session:
        found = undelivered.listed(session, state)
    if as_json:
        return [json.dumps([asdict(one) for one in found], default=str)]
    return [_HEADER, *map(_line, found)] if found else ["No messages."]


def _line(one: Queued) -> str:
    remarks = [one.reason] if one.reason else []
    if one.reference:
        remarks.append(show_reference(one.reference))
    if one.state == "given-up" and not one.kept:
        remarks.append("(content is gone)")
    when = one.at.strftime("%Y-%m-%d %H:%M:%SZ")
    columns = f"{one.id:<26}  {one.channel:<7}  {one.state:<8}  {when:<20}  {one.attempts:>5}"
    return f"{columns}  {' '.join(remarks)}".rstrip()


def retry_messages(settings: Settings, message_id: str | None) -> int:
    """Offer one message again, or each that was given up; how many."""
    assert TABLES
    with Session(make_engine(settings.database.url)) as session, writing(session):
        return undelivered.retry(session, utc_now(), message_id)
