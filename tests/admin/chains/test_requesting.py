"""What an intermediary may ask, and how often, whatever became of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from admin.chains import answering, request_rules, requesting
from admin.chains.request_rules import Decider
from admin.chains.requesting import AskingRefused
from admin.mandates.administrators import NotAdministrator
from consent.chain_requests import ChainRequestState
from directory import dates
from directory.people import Person
from state.db import writing
from state.stores.memory import MemoryStore
from tests.admin.chains.test_answering import (
    LAST,
    Asked,
    agree,
    answer,
    asked,
    asking,
    end_place,
    suspend,
    wanted,
)
from tests.clocks import START, FakeClock

__all__ = ["asked"]


def test_asking_twice_makes_one(session: Session, asked: Asked, roos: Person) -> None:
    first = asked()
    with pytest.raises(AskingRefused, match="already_asked"):
        asked()
    session.rollback()
    with writing(session):
        again = requesting.send_again(session, asking(roos.id), first.id)
    session.refresh(first)
    assert (first.outcome, again.sends, again.outcome) == (ChainRequestState.REPLACED, 2, None)
    assert again.link_hash != first.link_hash
    later = asking(roos.id, now=START + timedelta(days=15))
    with writing(session):
        requesting.ask(session, later, wanted(until=LAST + timedelta(days=9)))


def test_asking_again_and_again_is_counted_however_it_ended(
    session: Session, asked: Asked, roos: Person
) -> None:
    """Withdrawing, or being refused, gives no new round of mails; being granted does."""
    first = asked()
    with writing(session):
        requesting.withdraw(session, asking(roos.id), first.id)
    second = asked()
    assert second.sends == 2
    with writing(session):
        answering.refuse(session, answer(), second.id, reason="")
    third = asked()
    with pytest.raises(AskingRefused, match="sent_enough"), writing(session):
        requesting.send_again(session, asking(roos.id), third.id)
    with writing(session):
        requesting.withdraw(session, asking(roos.id), third.id)
    with pytest.raises(AskingRefused, match="sent_enough"):
        asked()
    session.rollback()
    asked(organisation_id="bakery")  # of another client it may ask
    later = asking(roos.id, now=START + request_rules.REMEMBERED)
    with writing(session):
        requesting.ask(session, later, wanted(until=LAST + timedelta(days=9)))


def test_what_was_granted_counts_no_more(session: Session, asked: Asked) -> None:
    for day in range(request_rules.MOST_SENDS + 1):
        agree(session, asked(until=LAST + timedelta(days=day)))


@pytest.mark.parametrize(
    ("asks", "to", "stops"),
    [
        ([("office", "garden", Decider.LINK)] * 3, ("office", "garden", Decider.LINK), True),
        ([("office", "garden", Decider.LINK)] * 3, ("office", "bakery", Decider.LINK), True),
        ([("office", "garden", Decider.ADMINISTRATOR)] * 3, ("two", "bakery", Decider.LINK), False),
        (
            [("office", "garden", Decider.ADMINISTRATOR)] * 90,
            ("two", "garden", Decider.LINK),
            False,
        ),
        (
            [("office", "garden", Decider.ADMINISTRATOR)] * 2,
            ("office", "garden", Decider.LINK),
            False,
        ),
        (
            [(f"office{n}", "garden", Decider.ADMINISTRATOR) for n in range(60)],
            ("two", "garden", Decider.ADMINISTRATOR),
            True,
        ),
    ],
    ids=["the same", "one reader", "no mail to it", "one floods", "twice", "the client"],
)
def test_how_often_is_asked_in_a_day(
    asks: list[tuple[str, str, Decider]], to: tuple[str, str, Decider], stops: bool
) -> None:
    """Every address is another spelling of one mailbox."""
    store = MemoryStore(FakeClock())

    def too_much(number: int, intermediary: str, client: str, decider: Decider) -> bool:
        around = asking("roos", intermediary_id=intermediary)
        email = f"greet+{number}@x.example"
        return requesting.is_too_much(store, around, client, email, decider)

    for number, one in enumerate(asks):
        too_much(number, *one)
    assert too_much(999, *to) is stops


@pytest.mark.parametrize("suspended", ["garden", "office"])
def test_nothing_is_sent_again_to_who_was_suspended(
    session: Session, asked: Asked, roos: Person, suspended: str
) -> None:
    request = asked()
    suspend(session, suspended)
    with pytest.raises((AskingRefused, NotAdministrator)), writing(session):
        requesting.send_again(session, asking(roos.id), request.id)
    session.refresh(request)
    assert request.outcome is None


def test_an_administrator_has_to_do_what_can_be_answered(
    session: Session, asked: Asked, roos: Person
) -> None:
    asked(organisation_id="bakery")

    def waiting(max_years: int = 5) -> int:
        session.expire_all()
        return len(answering.waiting(session, ["bakery"], START, max_years=max_years))

    assert (waiting(), waiting(max_years=0)) == (1, 0), "it asks a day that cannot be any more"
    undo = end_place(session, roos.id)
    assert waiting() == 0, "who asked does not administer the intermediary"
    undo()
    assert waiting() == 1
    assert answering.waiting(session, [], START, max_years=5) == []


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"organisation_id": "office"}, "no_client"),
        ({"organisation_id": "nobody"}, "no_client"),
        ({"services": ()}, "nothing"),
        ({"services": tuple(f"{n:08}-2222-4333-8444-555555555555" for n in range(51))}, "too_many"),
        ({"services": ("33333333-2222-4333-8444-555555555555",)}, "no_service"),
        ({"until": dates.day_of(START)}, "ends_before_tomorrow"),
        ({"email": "roos@x.example"}, "own_address"),
        ({"email": "roos+klant@x.example"}, "own_address"),
    ],
)
def test_what_cannot_be_asked(
    session: Session, asked: Asked, roos: Person, facts: dict[str, Any], why: str
) -> None:
    with writing(session):
        roos.email = "Roos@x.example"
    with pytest.raises(AskingRefused, match=why):
        asked(**facts)
    session.rollback()
    asked()


def test_M_01_only_an_administrator_of_the_intermediary_asks(
    session: Session, asked: Asked, roos: Person
) -> None:
    request = asked()
    for act in (
        lambda: requesting.ask(session, asking("jan"), wanted()),
        lambda: requesting.send_again(session, asking("jan"), request.id),
        lambda: requesting.withdraw(session, asking("jan"), request.id),
    ):
        with pytest.raises(NotAdministrator), writing(session):
            act()
    jan = replace(asking("jan"), intermediary_id="bakery")
    with pytest.raises(requesting.NoSuchChainRequest), writing(session):
        requesting.withdraw(session, jan, request.id)
