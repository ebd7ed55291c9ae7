"""A link to recover an account: kept as a hash, for a quarter of an hour, the newest only, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from assurance.levels import AssuranceLevel
from directory.people import Person
from providers import recovery
from providers.accounts import Account
from providers.recovery import HOLDS, Recipient
from tests.clocks import START
from tests.databases import make_database


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = make_database(tmp_path)
    with Session(engine) as opened:
        add(opened, "daan", email="daan@voorbeeld.example")
        add(opened, "eva", person_email="eva@voorbeeld.example")
        add(opened, "bas")
        yield opened
    engine.dispose()


def add(session: Session, name: str, person_email: str | None = None, **fields: Any) -> None:
    session.add(Person(id=name, display_name=name, email=person_email, created_at=START))
    session.flush()
    base = {"person_id": name, "user_name": name, "level": AssuranceLevel.EMAIL}
    session.add(Account(**base, created_at=START, **fields))
    session.flush()


def account_of(session: Session) -> Account:
    return session.scalars(select(Account).where(Account.user_name == "daan")).one()


def begun(session: Session, name: str = "daan") -> Recipient:
    recipient = recovery.begin(session, name, START)
    assert recipient is not None
    session.flush()
    return recipient


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("daan", "daan@voorbeeld.example"),
        ("Daan@Voorbeeld.example", "daan@voorbeeld.example"),
        ("eva", "eva@voorbeeld.example"),  # no address of the account: that of the person
        ("bas", None),
        ("nobody", None),
        ("", None),
    ],
)
def test_a_link_goes_to_the_address_that_is_known_or_nowhere(
    session: Session, name: str, email: str | None
) -> None:
    recipient = recovery.begin(session, name, START)
    assert (recipient.email if recipient is not None else None) == email


def test_the_link_itself_is_kept_nowhere(session: Session) -> None:
    token = begun(session).token
    assert len(token) == 43
    account = account_of(session)
    assert account.recovery_hash is not None and token not in account.recovery_hash


def test_looking_changes_nothing_and_using_it_works_once(session: Session) -> None:
    token = begun(session).token
    for _ in range(2):
        found = recovery.find(session, token, START)
        assert found is not None and found.user_name == "daan"
    assert recovery.take(session, token, START)
    assert not recovery.take(session, token, START)
    assert recovery.find(session, token, START) is None


@pytest.mark.parametrize(("seconds", "works"), [(-1, True), (0, False), (1, False)])
def test_it_works_for_a_quarter_of_an_hour(session: Session, seconds: int, works: bool) -> None:
    token = begun(session).token
    at = START + HOLDS + timedelta(seconds=seconds)
    assert (recovery.find(session, token, at) is not None) is works
    assert recovery.take(session, token, at) is works


def test_a_newer_link_takes_the_place_of_the_older(session: Session) -> None:
    old, new = begun(session).token, begun(session).token
    assert not recovery.take(session, old, START)
    assert recovery.take(session, new, START)


def test_it_ends_when_it_is_forgotten_and_with_the_account(session: Session) -> None:
    for end in (recovery.forget, lambda account: setattr(account, "ended_at", START)):
        token = begun(session).token
        end(account_of(session))
        session.flush()
        assert recovery.find(session, token, START) is None
        assert not recovery.take(session, token, START)


@pytest.mark.parametrize("token", ["", "x", "x" * 10_000, "\ud800"])
def test_what_is_no_link_is_none(session: Session, token: str) -> None:
    begun(session)
    assert recovery.find(session, token, START) is None
    assert not recovery.take(session, token, START)
