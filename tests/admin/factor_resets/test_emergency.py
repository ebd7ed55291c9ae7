"""A reset at the machine: two administrators of the person answer for it, and nobody logged in."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from admin.actor import COMMAND_LINE, Actor
from admin.factor_resets import emergency
from admin.factor_resets.emergency import Answers, EmergencyRefusal, EmergencyRefused
from assurance import enrolment
from assurance.second_factor import bind_totp
from broker.process import Process
from directory.organisations import Organisation
from directory.people import Membership, NoSuchPerson, Person, Role
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.clocks import START
from tests.deliveries import waiting_in


@pytest.fixture
def office(process: Process) -> Process:
    """Roos with an app, two administrators and one who is none."""
    with process.sessions() as sql, writing(sql):
        organisation = Organisation(kvk="12345678", name="Kade BV")
        sql.add(organisation)
        for name in ("roos", "anna", "bram", "cas"):
            sql.add(Person(id=name, display_name=name, created_at=START))
        sql.flush()
        for name in ("roos", "anna", "bram", "cas"):
            role = Role.ADMINISTRATOR if name in ("anna", "bram") else Role.MEMBER
            sql.add(
                Membership(person_id=name, organisation_id=organisation.id, role=role, since=START)
            )
        seed = "JBSWY3DPEHPK3PXP"
        bind_totp(sql, process.sealer, person_id="roos", seed=seed, label="", now=START)
    return process


def reset(process: Process, by: str, approved_by: str, actor: Actor = COMMAND_LINE) -> int:
    with process.sessions() as sql, writing(sql):
        answers = Answers(by, approved_by)
        return emergency.reset(sql, process, "roos", answers, actor=actor, now=START)


def test_two_administrators_end_every_factor(office: Process) -> None:
    assert reset(office, "anna", "bram") == 1
    with office.sessions() as sql:
        assert enrolment.of_person(sql, "roos", START) == []
        (event,) = audit.recent(sql, tags=[EventTag.FACTOR_RESET])
    assert (event.person_id, event.details["approved_by"]) == ("anna", "bram")
    assert (event.details["person"], event.details["way"]) == ("roos", "command")


def test_what_ended_already_is_told_once(office: Process) -> None:
    with office.sessions() as sql, writing(sql):
        sql.get_one(Person, "roos").email = "roos@x.example"
    assert (reset(office, "anna", "bram"), reset(office, "anna", "bram")) == (1, 0)
    with office.sessions() as sql:
        (mail,) = waiting_in(sql, office.sealer)
        told = audit.recent(sql, tags=[EventTag.FACTOR_RESET])
    assert "App met codes" in mail.text
    assert [event.details["factors"] for event in told] == [0, 1]


@pytest.mark.parametrize(
    ("by", "approved_by", "actor", "why"),
    [
        ("anna", "anna", COMMAND_LINE, EmergencyRefusal.SAME_PERSON),
        ("anna", "roos", COMMAND_LINE, EmergencyRefusal.SAME_PERSON),
        ("anna", "cas", COMMAND_LINE, EmergencyRefusal.NO_ADMINISTRATOR),
        ("anna", "bram", Actor.operator("robin"), EmergencyRefusal.LOGGED_IN),
    ],
)
def test_nobody_gets_around_the_second_person(
    office: Process, by: str, approved_by: str, actor: Actor, why: EmergencyRefusal
) -> None:
    with pytest.raises(EmergencyRefused) as refused:
        reset(office, by, approved_by, actor)
    assert refused.value.why is why
    with office.sessions() as sql:
        assert len(enrolment.of_person(sql, "roos", START)) == 1


def test_somebody_who_is_not_known_has_nothing_to_reset(process: Process) -> None:
    with pytest.raises(NoSuchPerson):
        reset(process, "anna", "bram")


@pytest.mark.parametrize("whose", ["roos", "bram"])
def test_a_place_that_ended_makes_no_administrator_of_the_person(
    office: Process, whose: str
) -> None:
    """Neither that of the person, nor that of the administrator."""
    with office.sessions() as sql, writing(sql):
        place = sql.scalars(select(Membership).where(Membership.person_id == whose)).one()
        place.until = START
    with pytest.raises(EmergencyRefused) as refused:
        reset(office, "anna", "bram")
    assert refused.value.why is EmergencyRefusal.NO_ADMINISTRATOR


def test_an_administrator_who_is_blocked_answers_for_nothing(office: Process) -> None:
    with office.sessions() as sql, writing(sql):
        sql.get_one(Person, "bram").blocked_at = START
    with pytest.raises(EmergencyRefused) as refused:
        reset(office, "anna", "bram")
    assert (refused.value.why, refused.value.who) == (EmergencyRefusal.NO_ADMINISTRATOR, "bram")
