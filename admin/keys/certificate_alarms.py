"""Alarms before one of our own certificates ends and nothing follows it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.orm import Session

from keys.certificate_ends import ALARM_DAYS, EndingCertificate, ending_certificates
from keys.rotation import live_keys
from state.ephemeral import ExpiringStore

AGAIN: Final = timedelta(days=1)  # an alarm is told once a day, by one worker
log = structlog.get_logger()


def own_endings(session: Session, now: datetime) -> tuple[EndingCertificate, ...]:
    """Our current certificates, the first to end first; those in alarm say so."""
    return ending_certificates(live_keys(session), now)


def tell_endings(session: Session, store: ExpiringStore, now: datetime) -> None:
    """A line in the log for each that is in alarm: an error once it has ended or ends within a
    week, before that a warning.
    """
    for one in in_alarm(own_endings(session, now)):
        if not store.add_once(f"certificate-alarm:{one.kid}:{one.alarm}", _seconds()):
            continue
        facts = {
            "use": str(one.use),
            "key": one.kid,
            "end": one.end.isoformat(),
            "days": one.days,
            "within": one.alarm,
        }
        if one.alarm == ALARM_DAYS[-1]:
            log.error("certificate.ends", **facts)
        else:
            log.warning("certificate.ends", **facts)


def in_alarm(found: Iterable[EndingCertificate]) -> tuple[EndingCertificate, ...]:
    """Those that need somebody."""
    return tuple(one for one in found if one.alarm is not None)


def _seconds() -> int:
    return int(AGAIN.total_seconds())
