"""An organisation that nobody registered comes from the trade register: once, with no rights."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.organisations import registering
from admin.organisations.records import NotInRegister
from admin.trade_register import lookup
from admin.trade_register.entries import RegisterEntry, RegisterTrouble
from admin.trade_register.lookup import Found
from broker.organisation_settings import RegisterSettings
from directory import dates
from directory.organisations import Organisation
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.admin.organisations.test_records import entry, session
from tests.clocks import START, FakeClock

__all__ = ["session"]
NEW = "90001747"
TODAY = dates.day_of(START)


def within() -> Any:
    chosen = RegisterSettings.model_validate({"adapter": "file", "file": "x.yaml"})
    return SimpleNamespace(settings=SimpleNamespace(trade_register=chosen), clock=FakeClock(START))


def says(monkeypatch: pytest.MonkeyPatch, found: Found | RegisterTrouble) -> None:
    def look_up(*_: object) -> Found:
        if isinstance(found, RegisterTrouble):
            raise found
        return found

    monkeypatch.setattr(lookup, "look_up", look_up)


def test_it_is_registered_once_with_what_the_register_says(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(monkeypatch, Found(entry(kvk=NEW, name="Boekhouding Van Dijk")))
    found = registering.entry_of(session, within(), NEW)
    made = []
    for _ in range(2):
        with writing(session):
            actor = Actor.administrator("sanne")
            made.append(registering.register(session, within(), found, actor=actor))
    assert made[0] == made[1]
    place = session.get_one(Organisation, made[0])
    assert (place.name, place.kvk) == ("Boekhouding Van Dijk", NEW)
    assert session.scalar(select(func.count()).select_from(Organisation)) == 3
    (event,) = audit.recent(session, tags=[EventTag.ORGANISATION_CHANGED])
    assert event.organisation_id == place.id


@pytest.mark.parametrize(
    ("found", "is_known"),
    [
        (Found(entry(kvk=NEW)), True),
        (Found(entry(kvk=NEW, ended=TODAY + timedelta(days=1))), True),
        (Found(entry(kvk=NEW, ended=TODAY)), False),
        (Found(None), False),
        (Found(entry(kvk=NEW), moved_to="90001201"), False),
        (Found(entry(kvk="90001201")), False),  # another number than was asked
        (RegisterTrouble("none"), False),  # no register was chosen
    ],
)
def test_who_can_be_registered(
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    found: Found | RegisterTrouble,
    is_known: bool,
) -> None:
    says(monkeypatch, found)
    if is_known:
        said = registering.entry_of(session, within(), NEW)
        assert cast(RegisterEntry, said).kvk == NEW
        return
    with pytest.raises(NotInRegister):
        registering.entry_of(session, within(), NEW)


def test_a_register_that_does_not_answer_is_no_answer(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    says(monkeypatch, RegisterTrouble("unreachable"))
    with pytest.raises(RegisterTrouble):
        registering.entry_of(session, within(), NEW)
