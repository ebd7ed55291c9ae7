"""Requests for a mandate: asked once for the same, and for no more than the own login is worth."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from assurance.levels import AssuranceLevel
from consent import requests
from consent.requests import AboveOwnLevel, MandateRequest
from tests.clocks import START
from tests.consent.conftest import BAKERY, SERVICE, Register

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
