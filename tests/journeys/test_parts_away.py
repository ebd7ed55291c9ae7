"""A part of ours is away while people are in the middle of things: each hears so with a code, the
code explains which part it was, nothing is half done, and whoever tries again goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any, Final

import pytest
from flask import Flask, Response, request_finished
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from admin.app import create_app
from admin.cli.tracing import explain_login
from keys.keyring import KeyMissing, KeyRing, KeyUse
from state.ephemeral import ExpiringStore, Operation, Result, StoreUnavailable
from state.stores.single import SingleOperations
from tests.broker.portal import set_clock
from tests.journeys.running import (
    RUNS,
    Begin,
    Instances,
    a_code,
    make_instances,
)
from tests.journeys.spoiled import CODE
from tests.world import ADDRESSES


class Flaky(SingleOperations):
    """The store, at the other side of a line that can be cut."""

    def __init__(self, store: ExpiringStore) -> None:
        self._store = store
        self.is_away = False

    def batch(self, operations: Sequence[Operation]) -> list[Result]:
        if self.is_away:
            raise StoreUnavailable("ConnectionError")
        return self._store.batch(operations)

    def ping(self) -> None:
        self.batch([])


@pytest.fixture(scope="module")
def instances(tmp_path_factory: pytest.TempPathFactory) -> Instances:
    made = make_instances(tmp_path_factory.mktemp("away"))
    process = made.world.process
    elsewhere = process.settings.store.model_copy(update={"url": "redis://127.0.0.1:1/0"})
    settings = process.settings.model_copy(update={"store": elsewhere})
    flaky = Flaky(process.store)
    there = create_app(replace(process, holder=made.holder, store=flaky, settings=settings))
    return replace(made, there=there)


@pytest.fixture
def at(instances: Instances) -> Iterator[Instances]:
    set_clock(instances.world)
    instances.holder.refresh()
    yield instances
    instances.world.wire.applications[ADDRESSES.broker.partition("//")[2]] = instances.here


@contextmanager
def redis(at: Instances) -> Iterator[None]:
    store = at.there.extensions["sluis"].store
    store.is_away = True
    try:
        yield
    finally:
        store.is_away = False


@contextmanager
def database(at: Instances) -> Iterator[None]:
    def gone(*_: object) -> None:
        raise OperationalError("SELECT", None, Exception("gone"))

    event.listen(at.world.process.engine, "checkout", gone)
    try:
        yield
    finally:
        event.remove(at.world.process.engine, "checkout", gone)
        at.there.extensions["sluis"].windows._blocks.clear()  # no half minute of leaving it alone


@contextmanager
def keys(_at: Instances) -> Iterator[None]:
    """The last key to sign with was revoked."""

    def gone(_: KeyRing, use: KeyUse, algorithm: str) -> None:
        raise KeyMissing(use, algorithm)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KeyRing, "active", gone)
        yield


@contextmanager
def answers(app: Flask) -> Iterator[list[tuple[int, str, str | None]]]:
    """Status, text and when to come back, of every answer meanwhile."""
    found: list[tuple[int, str, str | None]] = []

    def note(_: Flask, response: Response, **__: Any) -> None:
        retry = response.headers.get("Retry-After")
        found.append((response.status_code, response.get_data(as_text=True), retry))

    with request_finished.connected_to(note, app):
        yield found


Away = Callable[[Instances], AbstractContextManager[None]]
PARTS: Final[dict[str, Away]] = {"redis": redis, "database": database}


def told(at: Instances, said: str) -> str | None:
    """What ``sluis trace`` says of the code in this text."""
    code = CODE.search(said)
    assert code is not None, said
    lines = explain_login(at.world.process.settings, code[0], "nl")
    return " ".join(" ".join(lines).split()) if lines is not None else None


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.__name__)
@pytest.mark.parametrize("part", PARTS)
def test_X_04_X_05_who_meets_a_part_that_is_away_hears_when_to_come_back_and_then_goes_on(
    at: Instances, part: str, run: Begin
) -> None:
    go_on = run(at)
    at.a_minute_later()
    with answers(at.there) as given, PARTS[part](at):
        went_on = go_on()
    away = [one for one in given if one[0] >= 400]
    if part == "redis" and went_on:
        assert not away, "it needs no store"
    else:
        assert not went_on and away
        assert all(status == 503 and retry for status, _, retry in away)
        found = told(at, away[-1][1])
        if part == "redis":
            assert found is not None
            assert "Redis, waar lopende logins staan" in found and "ConnectionError" in found
            assert "De operator" in found, found
    assert go_on(), "as if nothing had been"


@pytest.mark.parametrize("run", [a_code], ids=lambda run: run.__name__)
def test_a_key_that_is_missing_is_told_as_that(at: Instances, run: Begin) -> None:
    go_on = run(at)
    at.a_minute_later()
    with answers(at.there) as given, keys(at):
        assert not go_on()
    found = told(at, given[-1][1])
    assert found is not None
    assert "Er is geen sleutel in gebruik om mee te tekenen, voor oidc_signing." in found
