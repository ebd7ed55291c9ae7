"""Checks that fail take an instance out; alarms do not, and nothing that is asked here raises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from broker.errors import PageError
from broker.monitoring import draining, health, heartbeat
from broker.monitoring.health import Examined
from keys.keyring import KeyMissing, KeyRing, KeyUse
from state.ephemeral import StoreUnavailable
from state.stores.memory import MemoryStore
from tests.broker.runtimes import FixedHolder, close, make_configuration, make_runtime
from tests.clocks import START, FakeClock


@dataclass
class Store(MemoryStore):
    """In memory, with a server clock that may be off, and away when it is told to be."""

    def __init__(self) -> None:
        super().__init__(FakeClock())
        self.off = timedelta(0)
        self.is_away = False

    def ping(self) -> None:
        if self.is_away:
            raise StoreUnavailable("away")

    def server_time(self) -> datetime:
        self.ping()
        return START + self.off


class Fresh(FixedHolder):
    def is_fresh(self) -> bool:
        return True


@pytest.fixture
def examined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Examined]:
    """All is well. The tables are not those of a migration, which has tests of its own."""
    monkeypatch.setattr("state.migrate.is_current", lambda _: True)
    rt = make_runtime(directory=tmp_path)
    holder = Fresh(make_configuration())
    yield Examined(rt.session, rt.engine, Store(), holder, FakeClock(), since=START)
    close(rt)


def failed(examined: Examined) -> set[str]:
    return {name for name, passed in health.examine(examined).items() if not passed}


def raised(examined: Examined) -> set[str]:
    return {name for name, quiet in health.alarms(examined).items() if not quiet}


def store_of(examined: Examined) -> Store:
    assert isinstance(examined.store, Store)
    return examined.store


def test_where_all_is_well_every_check_passes_and_all_is_quiet(examined: Examined) -> None:
    assert failed(examined) == raised(examined) == set()
    assert len(health.examine(examined)) == 7


def test_without_its_store_an_instance_serves_nobody(examined: Examined) -> None:
    store_of(examined).is_away = True
    assert failed(examined) == {"store", "clock"}


def test_a_key_that_is_missing_fails_by_name(examined: Examined) -> None:
    without = replace(make_configuration(), keyring=KeyRing(()))
    assert failed(replace(examined, holder=Fresh(without))) == {"keys"}


def test_an_instance_that_drains_wants_nobody_new(examined: Examined) -> None:
    with draining.noticeable():
        assert failed(examined) == set()
        draining.begin()
        assert failed(examined) == {"staying"}
    assert failed(examined) == set()


def test_a_clock_that_every_other_contradicts_fails_and_is_an_alarm(examined: Examined) -> None:
    store_of(examined).off = timedelta(minutes=-3)
    assert (failed(examined), raised(examined)) == ({"clock"}, {"clocks"})


@pytest.mark.parametrize(
    ("since", "beat", "quiet"),
    [
        (0, None, True),  # it had no time to come up
        (121, None, False),
        (3600, 119, True),
        (3600, 121, False),
        (0, 121, False),
    ],
)
def test_a_worker_that_is_silent_for_two_minutes_is_an_alarm_and_logins_go_on(
    examined: Examined, since: int, beat: int | None, quiet: bool
) -> None:
    if beat is not None:
        heartbeat.beat(examined.store, START - timedelta(seconds=beat))
    seen = replace(examined, since=START - timedelta(seconds=since))
    assert (raised(seen) == set()) is quiet
    assert failed(seen) == set()


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("SELECT", None, Exception("gone")),
        StoreUnavailable("away"),
        PageError(503, "store_unavailable"),
        KeyMissing(KeyUse.OIDC_SIGNING, "RS256"),
        OSError("disk"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_is_away_fails_its_own_check_and_no_other(
    examined: Examined, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(_: Examined) -> bool:
        raise error

    monkeypatch.setattr(health, "CHECKS", {**health.CHECKS, "schema": fail})
    assert failed(examined) == {"schema"}


def test_the_log_names_what_the_first_check_met_and_no_follower(
    examined: Examined, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the database away nearly everything fails; the night is too short to read it all."""

    def away(_: Examined) -> bool:
        raise OperationalError("SELECT 1", None, psycopg.OperationalError("Connection refused"))

    monkeypatch.setattr(health, "CHECKS", {"database": away, "schema": away, "keys": away})
    with capture_logs() as logs:
        assert failed(examined) == {"database", "schema", "keys"}
    (told,) = logs
    assert told["checks"] == ["database", "schema", "keys"]
    assert told["why"] == {"database": "OperationalError: refused"}
