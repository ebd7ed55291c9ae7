"""Asking for a reset: for whom, of what, with which proof, and by whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.factor_resets import requests
from admin.factor_resets.requests import FactorReset, ResetOutcome, ResetRefused, ResetRequestForm
from admin.operators import roles
from admin.operators.roles import OperatorRole
from assurance import enrolment, second_factor
from assurance.factors import BoundBy
from assurance.levels import AssuranceLevel
from directory.people import Person
from providers.accounts import Account
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.clocks import START
from tests.keys_for_tests import make_sealer

HOUR = timedelta(hours=1)
SEED = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def app(session: Session, roos: Person) -> str:
    """Roos has an app; its id. Anna is of the help desk."""
    with writing(session):
        session.add(Person(id="anna", display_name="Anna", created_at=START))
        session.flush()
        roles.assign(session, "anna", {OperatorRole.HELPDESK}, START)
        made = second_factor.bind_totp(
            session, make_sealer(), person_id=roos.id, seed=SEED, label="", now=START
        )
    return made.id


def form(app: str, **changes: Any) -> ResetRequestForm:
    return replace(ResetRequestForm(frozenset({app}), "lost", "in_person"), **changes)


def asked(session: Session, wish: ResetRequestForm, person_id: str = "roos") -> FactorReset:
    with writing(session):
        return requests.ask(session, person_id, wish, actor=Actor.operator("anna"), now=START)


def refused(session: Session, wish: ResetRequestForm, person_id: str = "roos") -> frozenset[str]:
    with pytest.raises(ResetRefused) as why:
        asked(session, wish, person_id)
    assert session.query(FactorReset).filter_by(person_id=person_id).count() <= 1
    return why.value.why


def test_a_request_waits_an_hour_for_a_colleague(session: Session, app: str) -> None:
    reset = asked(session, form(app))
    assert reset.is_open(START) and reset.is_open(START + HOUR - timedelta(seconds=1))
    assert not reset.is_open(START + HOUR)
    assert [one.id for one in requests.open_now(session, START)] == [reset.id]
    assert requests.open_now(session, START + HOUR) == []
    (event,) = audit.recent(session)
    assert (event.tag, event.person_id) == (EventTag.FACTOR_RESET_ASKED, "anna")
    assert event.details == {
        "request": reset.id,
        "person": "roos",
        "operator": "anna",
        "factors": 1,
        "reason": "lost",
        "proof": "in_person",
    }


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"factor_ids": frozenset()}, {"factors"}),
        ({"factor_ids": frozenset({"of somebody else"})}, {"factors"}),
        ({"reason": "because"}, {"reason"}),
        ({"proof": "a friendly voice"}, {"proof"}),
        ({"factor_ids": frozenset(), "reason": "", "proof": ""}, {"factors", "reason", "proof"}),
    ],
)
def test_everything_that_is_missing_is_named_at_once(
    session: Session, app: str, changes: dict[str, Any], why: set[str]
) -> None:
    assert refused(session, form(app, **changes)) == why
    assert audit.recent(session) == []


@pytest.mark.parametrize(
    ("means", "proof", "is_enough"),
    [
        (None, "administrator", True),
        (AssuranceLevel.EH3, "administrator", False),
        (AssuranceLevel.EH3, "remote", True),
        (AssuranceLevel.EMAIL, "administrator", True),
    ],
)
def test_the_proof_must_be_good_for_what_the_factors_give(
    session: Session, app: str, means: AssuranceLevel | None, proof: str, is_enough: bool
) -> None:
    if means is not None:
        with writing(session):
            session.add(Account(person_id="roos", user_name="roos", level=means, created_at=START))
    if is_enough:
        assert asked(session, form(app, proof=proof)).proof == proof
    else:
        assert refused(session, form(app, proof=proof)) == {"proof"}


def test_for_oneself_and_for_an_operator_nobody_asks(session: Session, app: str) -> None:
    assert refused(session, form(app), "anna") == {"operator"}
    with writing(session):
        roles.assign(session, "roos", {OperatorRole.VIEWER}, START)
    assert refused(session, form(app)) == {"operator"}


@pytest.mark.parametrize(
    ("name", "email", "is_same"),
    [
        ("Roos Willems", "roos@example.nl", False),
        ("ANNA", "roos@example.nl", True),
        ("Roos Willems", "Anna+prive@example.nl", True),
    ],
)
def test_for_another_account_of_the_same_human_nobody_asks(
    session: Session, app: str, name: str, email: str, is_same: bool
) -> None:
    with writing(session):
        session.get_one(Person, "anna").email = "anna@example.nl"
        roos = session.get_one(Person, "roos")
        roos.display_name, roos.email = name, email
    if is_same:
        assert refused(session, form(app)) == {"self"}
    else:
        asked(session, form(app))


def test_for_somebody_who_is_blocked_nobody_asks(session: Session, app: str) -> None:
    with writing(session):
        session.get_one(Person, "roos").blocked_at = START
    assert refused(session, form(app)) == {"blocked"}


@pytest.mark.parametrize(
    ("change", "may_ask"),
    [
        ({}, False),
        ({"outcome": ResetOutcome.WITHDRAWN}, True),
        ({"expires_at": START}, True),
    ],
)
def test_one_request_is_open_for_one_person(
    session: Session, app: str, change: dict[str, Any], may_ask: bool
) -> None:
    reset = asked(session, form(app))
    with writing(session):
        for name, value in change.items():
            setattr(reset, name, value)
    if may_ask:
        asked(session, form(app))
    else:
        assert refused(session, form(app)) == {"open"}


def test_the_digest_changes_with_every_factor_that_comes_goes_or_begins_to_count(
    session: Session, app: str
) -> None:
    before = requests.digest(enrolment.of_person(session, "roos", START))
    assert requests.digest(enrolment.of_person(session, "roos", START + HOUR)) == before
    with writing(session):
        second = second_factor.bind_totp(
            session,
            make_sealer(),
            person_id="roos",
            seed=SEED,
            label="",
            now=START,
            bound_by=BoundBy.SELF,
        )
    added = requests.digest(enrolment.of_person(session, "roos", START))
    with writing(session):
        second.bound_by = BoundBy.LETTER
    counts = requests.digest(enrolment.of_person(session, "roos", START))
    with writing(session):
        second.ended_at = START
    assert len({before, added, counts}) == 3
    assert requests.digest(enrolment.of_person(session, "roos", START)) == before
