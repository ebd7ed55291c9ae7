"""Operators are told before metadata end, when an address brings nothing good for long, and when
something waits for them: a line in the log, and a mail.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.orm import Session

from admin.metadata.parties import KnownParty, title_of
from admin.operators.addresses import addresses
from admin.operators.roles import OperatorRole
from broker.process import Process
from broker.texts import metadata_mails
from broker.texts.metadata_mails import MetadataNews
from broker.texts.outside_request import texts
from state import party_metadata
from state.db import writing
from state.outbox import enqueue
from state.party_metadata import PartyMetadata

DAYS: Final = (90, 30, 7, 0)  # before the end
LONG: Final = timedelta(hours=24)
log = structlog.get_logger()


def tell_due(process: Process) -> None:
    """What has come so near, or failed for so long, since operators were told last."""
    now = process.clock()
    with process.sessions() as session:
        if not _ending(session, now) and not party_metadata.failing(session, now - LONG):
            return  # the usual case costs no write lock
        with writing(session):
            party_metadata.hold_many(session)
            news = [_of_end(session, row, now) for row in _ending(session, now)]
            failing = party_metadata.failing(session, now - LONG)
            news += [_of_failure(session, row, now) for row in failing]
            _mail(process, session, [one for one in news if one is not None])


def tell_waits(process: Process, session: Session, known: KnownParty, row: PartyMetadata) -> None:
    """With the transaction in which something begins to wait; once a day, for whoever holds the
    address can let something else wait at every look.
    """
    now = process.clock()
    if row.told_waiting_at is not None and now - row.told_waiting_at < LONG:
        return
    row.told_waiting_at = now
    _mail(process, session, [MetadataNews("waits", f"{known.title} ({known.party.name})", now)])


def _ending(session: Session, now: datetime) -> list[PartyMetadata]:
    return party_metadata.ending(session, {days: now + timedelta(days=days) for days in DAYS})


def _of_end(session: Session, row: PartyMetadata, now: datetime) -> MetadataNews | None:
    assert row.ends_at is not None
    left = row.ends_at - now
    row.told_days = min(days for days in DAYS if left <= timedelta(days=days))
    title = title_of(session, row.kind, row.name)
    if title is None:
        return None
    log.warning(
        "metadata.ends",
        kind=row.kind,
        name=row.name,
        at=row.ends_at.isoformat(),
        days=max(0, left.days),
    )
    return MetadataNews(
        "ends" if row.ends_at > now else "ended", f"{title} ({row.name})", row.ends_at
    )


def _of_failure(session: Session, row: PartyMetadata, now: datetime) -> MetadataNews | None:
    row.told_failing_at = now
    title = title_of(session, row.kind, row.name)
    if title is None or row.failing_since is None:
        return None
    log.warning(
        "metadata.fails_for_long",
        kind=row.kind,
        name=row.name,
        since=row.failing_since.isoformat(),
        reason=row.reason,
    )
    return MetadataNews("fails", f"{title} ({row.name})", row.failing_since)


def _mail(process: Process, session: Session, news: Sequence[MetadataNews]) -> None:
    """Each operator who can do something about it, in their own language."""
    if not news:
        return
    now = process.clock()
    with texts():
        for to in addresses(session, OperatorRole.CONFIGURATOR, now):
            message = metadata_mails.of_news(to.email, to.locale, process.settings.base_url, news)
            enqueue(session, process.sealer, message, now)
