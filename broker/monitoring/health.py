"""Health: the named checks behind readiness, and alarms.

A check fails where this instance cannot serve a login, or must not. What is broken for all of them
alike while logins go on is an alarm: taking every instance out of the balancer mends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

import structlog
from sqlalchemy import text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from broker.configuration import ConfigurationHolder
from broker.errors import PageError
from broker.monitoring import clocks, draining, heartbeat
from keys.keyring import KeyMissing, KeyUse
from state import migrate, outages
from state.clock import Clock
from state.ephemeral import ExpiringStore, StoreUnavailable

log = structlog.get_logger()


@dataclass(frozen=True)
class Examined:
    """What the checks look at."""

    session: Session
    engine: Engine
    store: ExpiringStore
    holder: ConfigurationHolder
    clock: Clock
    since: datetime | None = None  # when this process began; alarms look at it


Check = Callable[[Examined], bool]


def examine(examined: Examined) -> dict[str, bool]:
    """Name of the check → passed. Raises nothing."""
    why: dict[str, str] = {}
    found = _all(CHECKS, examined, why)
    failed = [name for name, passed in found.items() if not passed]
    if failed:
        log.warning("health.failed", checks=failed, why=why)
    return found


def alarms(examined: Examined) -> dict[str, bool]:
    """Name of the alarm → all is quiet. Raises nothing."""
    return _all(ALARMS, examined, {})


def _all(checks: Mapping[str, Check], examined: Examined, why: dict[str, str]) -> dict[str, bool]:
    """``why`` takes what was raised by the first check of each kind of error: those after it fail
    of the same.
    """
    return {name: _passes(name, check, examined, why) for name, check in checks.items()}


def _passes(name: str, check: Check, examined: Examined, why: dict[str, str]) -> bool:
    try:
        return check(examined)
    except (SQLAlchemyError, StoreUnavailable, PageError, KeyMissing, OSError) as error:
        told = outages.named(error)
        if told not in why.values():
            why[name] = told
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
    ring.active(KeyUse.SAML_IDP_SIGNING, "RSA")
    return True


def _clock(examined: Examined) -> bool:
    found = clocks.measure(examined.session, examined.store, examined.clock)
    return not clocks.is_ours_wrong(found)


def _clocks(examined: Examined) -> bool:
    return not clocks.differ(clocks.measure(examined.session, examined.store, examined.clock))


def _worker(examined: Examined) -> bool:
    """A worker that never lived is missed as well, once it had the time to come up."""
    seen = heartbeat.last_beat(examined.store) or examined.since
    return seen is None or not heartbeat.is_silent(seen, examined.clock())


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
        "staying": _staying,
    }
)
ALARMS: Final[Mapping[str, Check]] = MappingProxyType({"worker": _worker, "clocks": _clocks})
