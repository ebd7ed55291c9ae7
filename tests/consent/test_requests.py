"""Requests for a mandate: asked once for the same, and for no more than the own login is worth."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from assurance.levels import AssuranceLevel
from consent import requests
from consent.requests import AboveOwnLevel, MandateRequest
from directory.organisations import Organisation
from directory.people import Membership, Person, Role
from tests.clocks import START
from tests.consent.conftest import BAKERY, OFFICE, SERVICE, YEAR, Register

L = AssuranceLevel


def send(
    register: Register, level: L = L.EH3, own_level: L = L.EH3, message: str | None = None
) -> tuple[MandateRequest, bool]:
    return requests.send(
        register.session,
        person_id="jan",
        organisation_id=register.organisations[BAKERY],
        service_uuid=SERVICE,
        level=level,
        own_level=own_level,
        message=message,
        reference="ABCD1234",
        now=START,
    )


@pytest.mark.parametrize("own_level", L)
@pytest.mark.parametrize("level", L)
def test_nobody_asks_above_the_own_level(register: Register, level: L, own_level: L) -> None:
    if own_level < level:
        with pytest.raises(AboveOwnLevel):
            send(register, level, own_level)
        assert register.session.scalars(select(MandateRequest)).all() == []
    else:
        request, is_new = send(register, level, own_level)
        assert is_new and request.level is level


def test_asking_twice_makes_one_and_after_a_decision_another(register: Register) -> None:
    first, is_new = send(register, message=" Mag ik? ")
    assert is_new and first.message == "Mag ik?"
    again, is_new = send(register, message="Nu dan?")
    assert (again.id, is_new, again.message) == (first.id, False, "Mag ik?")
    assert requests.refuse(register.session, first, by="sanne", now=START, reason="Nee.")
    assert not requests.refuse(register.session, first, by="sanne", now=START, reason="Toch niet.")
    assert first.refusal_reason == "Nee."
    assert send(register)[1]


def test_what_was_read_before_decides_nothing(register: Register) -> None:
    """Another process decided meanwhile; this one still holds the row as it was."""
    request, _ = send(register)
    table = MandateRequest.__table__
    register.session.execute(table.update().values(state="granted"))  # type: ignore[attr-defined]
    assert request.state is requests.RequestState.OPEN
    assert not requests.refuse(register.session, request, by="sanne", now=START)
    assert request.state is requests.RequestState.GRANTED


SECOND = timedelta(seconds=1)
TERMS = [
    ({}, True),
    ({"since": START}, True),
    ({"since": START + SECOND}, False),
    ({"until": START + SECOND}, True),
    ({"until": START}, False),
]


def belongs(register: Register, role: Role, **term: datetime) -> None:
    """Jan has this place at the bakery."""
    facts = {"since": START - YEAR, **term}
    place = register.organisations[BAKERY]
    register.session.add(Membership(person_id="jan", organisation_id=place, role=role, **facts))
    register.session.flush()


@pytest.mark.parametrize(("term", "may"), TERMS)
def test_who_belongs_to_an_organisation_asks_there_from_the_first_day_to_the_last(
    register: Register, term: dict[str, datetime], may: bool
) -> None:
    belongs(register, Role.MEMBER, **term)
    found = requests.organisations_to_ask(register.session, "jan", START)
    assert [place.kvk for place in found] == ([BAKERY] if may else [])


def test_nobody_asks_at_an_organisation_that_was_suspended(register: Register) -> None:
    belongs(register, Role.MEMBER)
    place = register.session.get_one(Organisation, register.organisations[BAKERY])
    place.suspended_at = START
    register.session.flush()
    assert requests.organisations_to_ask(register.session, "jan", START) == []


@pytest.mark.parametrize(("term", "decides"), TERMS)
def test_who_decides_is_an_administrator_from_the_first_day_to_the_last(
    register: Register, term: dict[str, datetime], decides: bool
) -> None:
    belongs(register, Role.ADMINISTRATOR, **term)
    place = register.organisations[BAKERY]
    found = requests.administrators_of(register.session, place, START)
    assert [person.id for person in found] == (["jan"] if decides else [])
    elsewhere = register.organisations[OFFICE]
    assert requests.administrators_of(register.session, elsewhere, START) == []


def test_neither_a_member_nor_somebody_who_is_blocked_decides(register: Register) -> None:
    belongs(register, Role.MEMBER)
    place = register.organisations[BAKERY]
    assert requests.administrators_of(register.session, place, START) == []
    register.session.execute(update(Membership).values(role=Role.ADMINISTRATOR))
    assert len(requests.administrators_of(register.session, place, START)) == 1
    register.session.get_one(Person, "jan").blocked_at = START
    register.session.flush()
    assert requests.administrators_of(register.session, place, START) == []
