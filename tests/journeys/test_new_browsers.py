"""Whoever logs in where they never did before hears of it by mail; in a known browser nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import event, select, update

from admin.operations.jobs import JOBS, run_due
from admin.operations.new_browsers import BATCH, tell_new_browsers
from broker.texts import notices
from broker.web.cookies import KNOWN
from directory import history
from directory.history import HistoryEntry
from directory.people import Person
from sandbox.browser import Browser
from sandbox.portal.clients import BODEM, LOZING
from state.db import writing
from state.outbox import Message, OutboxRow
from tests.broker.portal import set_clock
from tests.world import ADDRESSES, World

IN = "U bent ingelogd"
SUBJECT = "Nieuwe login op uw naam"


@pytest.fixture
def world(own_world: World) -> World:
    set_clock(own_world)
    return own_world


def log_in(
    world: World, browser: Browser, person: str = "jan", makelaar: str = "Polderpoort"
) -> None:
    """From the start: any session of this browser ends before."""
    browser.open(f"{ADDRESSES.broker}/uitloggen")
    if browser.page is not None and browser.page.heading == "Wilt u overal uitloggen?":
        browser.click("Log overal uit")
    set_clock(world)  # makelaars and portal know no other time
    walk = world.walk(BODEM.name, makelaar, person, browser=browser)
    walk.on_behalf_of = "Groenrijk" if person == "sanne" else None
    assert walk.run().heading == IN


def told(world: World, person: str = "jan") -> list[dict[str, str]]:
    """The mails of this kind, after the worker came by."""
    tell_new_browsers(world.process)
    address = f"{person}@voorbeeld.example"
    mails = world.deliver_mail()
    return [m for m in mails if m["recipient"] == address and m["subject"] == SUBJECT]


def test_the_first_login_of_all_and_those_in_the_same_browser_are_not_told(world: World) -> None:
    browser = world.browser()
    for _ in range(2):
        log_in(world, browser)
    assert told(world) == []


def test_a_login_in_another_browser_is_told_once_with_when_where_and_what_to_do(
    world: World,
) -> None:
    log_in(world, world.browser())
    other = world.browser()
    log_in(world, other)
    (mail,) = told(world)
    for word in (
        BODEM.name,
        "via Polderpoort",
        f"{ADDRESSES.broker}/mijn/logins",
        "Was u dit niet?",
    ):
        assert word in mail["text"], word
    assert mail["text"].count("Jan de Vries") == 0
    log_in(world, other)  # known by now
    assert len(told(world)) == 1


def test_two_workers_tell_it_once(world: World) -> None:
    log_in(world, world.browser())
    log_in(world, world.browser())
    tell_new_browsers(world.process)
    assert len(told(world)) == 1


def test_one_browser_of_several_people_knows_each_of_them(world: World) -> None:
    shared = world.browser()
    log_in(world, world.browser())
    log_in(world, world.browser(), "sanne")
    log_in(world, shared)
    log_in(world, shared, "sanne")
    assert [len(told(world, person)) for person in ("jan", "sanne")] == [1, 1]
    log_in(world, shared)
    log_in(world, shared, "sanne")
    assert [len(told(world, person)) for person in ("jan", "sanne")] == [1, 1]


def test_the_cookie_of_somebody_else_or_one_that_was_made_up_knows_nobody(world: World) -> None:
    first = world.browser()
    log_in(world, first, "sanne")
    log_in(world, world.browser())
    mark = first.cookies(ADDRESSES.broker)[KNOWN]
    assert "sanne" not in mark and len(mark) == 64
    for value in (mark, "0" * 64, ".".join([mark] * 40), "x", "", "é"):
        thief = first.duplicate()
        host = urlsplit(ADDRESSES.broker).hostname or ""
        thief._cookies[host][KNOWN] = replace(thief._cookies[host][KNOWN], value=value)
        log_in(world, thief)
    assert len(told(world)) == 6


def test_a_refused_login_is_not_told_and_makes_no_browser_known(world: World) -> None:
    log_in(world, world.browser())
    other = world.browser()
    page = world.walk(LOZING.name, "Polderpoort", "jan", fault="bad_signature", browser=other).run()
    assert page.status == 400
    assert KNOWN not in other.cookies(ADDRESSES.broker)
    assert told(world) == []
    log_in(world, other)
    assert len(told(world)) == 1


def test_who_has_no_address_is_not_told_and_nothing_waits_for_ever(world: World) -> None:
    with world.session() as session, session.begin():
        session.execute(update(Person).where(Person.id == "jan").values(email=None))
    log_in(world, world.browser())
    log_in(world, world.browser())
    assert told(world) == []
    with world.session() as session, session.begin():
        session.execute(
            update(Person).where(Person.id == "jan").values(email="jan@voorbeeld.example")
        )
    assert told(world) == []


def test_it_is_said_in_the_language_of_the_person(world: World) -> None:
    with world.session() as session, session.begin():
        session.execute(update(Person).where(Person.id == "jan").values(locale="en"))
    log_in(world, world.browser())
    log_in(world, world.browser())
    tell_new_browsers(world.process)
    texts = [m["subject"] for m in world.deliver_mail()]
    assert "New login in your name" in texts


def many(world: World, number: int) -> None:
    """So many logins of Jan in browsers that nobody knew, written in no order of time."""
    log_in(world, world.browser())
    assert told(world) == []
    now = world.process.clock()
    with world.session() as session, writing(session):
        (first,) = session.scalars(select(HistoryEntry))
        for each in range(number):
            history.record(
                session,
                person_id=first.person_id,
                at=now + timedelta(seconds=1 + each),
                reference=f"{each:08d}",
                client_id=first.client_id,
                service_uuid=first.service_uuid,
                provider_id=first.provider_id,
                outcome="success",
                level=None,
                represented=None,
                new_browser=True,
            )


def references(world: World) -> list[str | None]:
    """Of the mails that wait."""
    with world.session() as session:
        query = select(OutboxRow.reference).where(OutboxRow.due_at.is_not(None))
        return list(session.scalars(query.order_by(OutboxRow.reference)))


def test_as_many_as_there_are_are_told_oldest_first_without_waiting(world: World) -> None:
    many(world, 2 * BATCH + 3)
    due: dict[str, datetime] = {}
    jobs = [job for job in JOBS if job.name == "browsers"]
    for told_by_now in (BATCH, 2 * BATCH, 2 * BATCH + 3):
        run_due(world.process, jobs, due)
        assert references(world) == [f"{each:08d}" for each in range(told_by_now)]
    run_due(world.process, jobs, due)
    assert len(references(world)) == 2 * BATCH + 3


def test_a_batch_costs_no_more_statements_than_one_login(world: World) -> None:
    many(world, BATCH)
    statements: list[str] = []
    engine = world.process.engine

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        tell_new_browsers(world.process)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(references(world)) == BATCH
    assert len(statements) <= 7, statements


def test_one_that_cannot_be_told_holds_up_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(world, 3)
    made = notices.new_browser

    def fails(*arguments: Any, reference: str, **named: Any) -> Message:
        if reference.endswith("1"):
            raise ValueError
        return made(*arguments, reference=reference, **named)

    monkeypatch.setattr(notices, "new_browser", fails)
    tell_new_browsers(world.process)
    assert references(world) == ["00000000", "00000002"]
    monkeypatch.undo()
    tell_new_browsers(world.process)
    assert references(world) == ["00000000", "00000001", "00000002"]
