"""Health: the named checks behind readiness. A makelaar that is down is no reason to fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

import structlog
from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from broker import beats, draining
from broker.configuration import ConfigurationHolder
from broker.downstream.interface import PageError
from keys.keyring import KeyMissing, KeyUse
from state import migrate
from state.clock import Clock
from state.ephemeral import ExpiringStore, StoreUnavailable

MOST_DRIFT: Final = timedelta(seconds=5)
log = structlog.get_logger()


@dataclass(frozen=True)
class Examined:
    """What the checks look at."""

    session: Session
    engine: Engine
    store: ExpiringStore
    holder: ConfigurationHolder
    clock: Clock


Check = Callable[[Examined], bool]


def examine(examined: Examined) -> dict[str, bool]:
    """Name of the check → passed. Raises nothing."""
    found = {name: _passes(check, examined) for name, check in CHECKS.items()}
    failed = [name for name, passed in found.items() if not passed]
    if failed:
        log.warning("health.failed", checks=failed)
    return found


def drifts(ours: datetime, theirs: datetime) -> bool:
    """True where two clocks differ by more than tokens and mandates can bear."""
    return abs(ours - theirs) > MOST_DRIFT


def _passes(check: Check, examined: Examined) -> bool:
    try:
        return check(examined)
    except (SQLAlchemyError, StoreUnavailable, PageError, KeyMissing, OSError):
        return False


def _database(examined: Examined) -> bool:
    return examined.session.scalar(text("SELECT 1")) == 1


def _schema(examined: Examined) -> bool:
    return migrate.is_current(examined.engine)


def _store(examined: Examined) -> bool:
    examined.store.ping()
    return True


def _configuration(examined: Examined) -> bool:
    examined.holder.current  # noqa: B018
    return examined.holder.is_fresh()


def _keys(examined: Examined) -> bool:
    ring = examined.holder.current.keyring
    ring.active(KeyUse.OIDC_SIGNING, "RS256")
    ring.active(KeyUse.SAML_SIGNING, "RSA")
    return True


def _clock(examined: Examined) -> bool:
    """SQLite has no clock but ours."""
    if examined.engine.dialect.name == "sqlite":
        return True
    seconds = examined.session.scalar(text("SELECT extract(epoch FROM clock_timestamp())"))
    return not drifts(examined.clock(), datetime.fromtimestamp(float(seconds), UTC))


def _worker(examined: Examined) -> bool:
    """Where a worker was seen, it still lives."""
    seen = beats.last_beat(examined.store)
    return seen is None or examined.clock() - seen <= beats.SILENT_AFTER


def _staying(_examined: Examined) -> bool:
    """An instance that drains answers as always, but wants nobody new."""
    return not draining.has_begun()


CHECKS: Final[Mapping[str, Check]] = MappingProxyType(
    {
        "database": _database,
        "schema": _schema,
        "store": _store,
        "configuration": _configuration,
        "keys": _keys,
        "clock": _clock,
        "worker": _worker,
        "staying": _staying,
    }
)
