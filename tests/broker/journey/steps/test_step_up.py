"""The level is missing: who is asked a code, who goes back to the makelaar, who can only leave."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assurance import second_factor
from assurance.levels import AssuranceLevel
from broker.downstream import LoginRefused, RefusalCode
from broker.journey.dispatch import Advance, Show, StepOutcome, Turn
from broker.journey.pages.level_unknown import LevelUnknownPage
from broker.journey.pages.level_unreachable import LevelUnreachablePage
from broker.journey.pages.second_factor import SecondFactorPage
from broker.journey.steps import level_unknown, step_up
from broker.journey.steps.step_up import MAX_ROUNDS
from directory import people
from providers.registry import ProviderRecord
from state.db import writing
from tests.broker.facts import (
    IDENTITY,
    a_configuration,
    a_login,
    a_makelaar,
    a_page,
    a_runtime,
    a_service,
    a_turn,
    asking,
)
from tests.clocks import START

L = AssuranceLevel
LIFTED = a_makelaar(ceiling=L.EH2, local_factor_lifts=True)
STRONGER = a_makelaar(ceiling=L.EH3, local_factor_lifts=True)
IDENTIFIED = replace(IDENTITY, proofing=L.EH2_PLUS, authentication=L.EH2)
BACK: dict[str, Any] = {"identity": None, "too_low": True, "given": L.EH2}


@pytest.fixture
def person(session: Session) -> str:
    """Somebody that Polder knows, with an app; the id."""
    sealer = a_runtime().sealer
    found = people.find_or_create(
        session,
        sealer,
        provider_id=IDENTITY.provider_id,
        subject=IDENTITY.subject,
        display_name="Roos Willems",
        email=None,
        now=START,
    )
    with writing(session):
        second_factor.bind_totp(
            session,
            sealer,
            person_id=found.person_id,
            seed="JBSWY3DPEHPK3PXP",
            label="",
            now=START,
        )
    return found.person_id


def turn(
    session: Session,
    makelaar: ProviderRecord,
    person_id: str | None,
    *,
    service: dict[str, Any] | None = None,
    form: dict[str, str] | None = None,
    **login: Any,
) -> Turn:
    facts: dict[str, Any] = {
        "request": asking(level=L.EH2_PLUS),
        "provider_id": "polder",
        "identity": IDENTIFIED,
        "person_id": person_id,
        "departures": 1,
    }
    configuration = a_configuration(
        [a_service(level=L.EH2_PLUS.label, **(service or {}))], [makelaar]
    )
    return a_turn(a_runtime(session, configuration), a_login(**{**facts, **login}), form=form)


def entered(found: Turn) -> StepOutcome:
    with a_page():
        return step_up.enter(found)


def is_sent_back(outcome: StepOutcome, person_id: str) -> bool:
    """To the makelaar, as nobody yet, and to come back as the same."""
    if not isinstance(outcome, Advance):
        return False
    login = outcome.login
    assert (login.identity, login.person_id) == (None, None)
    return login.insists and login.must_be == person_id


def test_where_a_factor_does_it_is_asked(session: Session, person: str) -> None:
    outcome = entered(turn(session, LIFTED, person))
    assert isinstance(outcome, Show) and isinstance(outcome.page, SecondFactorPage)


def test_where_the_makelaar_can_give_more_it_is_asked_for_it(session: Session, person: str) -> None:
    no_factor = {"local_second_factor": False}
    assert is_sent_back(entered(turn(session, STRONGER, person, service=no_factor)), person)


def test_a_makelaar_is_asked_so_often_and_no_more(session: Session, person: str) -> None:
    for departures, again in ((MAX_ROUNDS - 1, True), (MAX_ROUNDS, False)):
        found = turn(
            session,
            STRONGER,
            person,
            service={"local_second_factor": False},
            departures=departures,
        )
        assert is_sent_back(entered(found), person) is again


def test_where_nothing_helps_the_page_says_so(session: Session, person: str) -> None:
    outcome = entered(turn(session, LIFTED, person, service={"local_second_factor": False}))
    assert isinstance(outcome, Show) and isinstance(outcome.page, LevelUnreachablePage)
    assert not outcome.page.may_use_factor


@pytest.mark.parametrize(
    ("login", "may"),
    [
        ({}, True),
        ({"departures": MAX_ROUNDS}, False),
        ({"must_be": None}, False),
    ],
)
def test_who_came_back_without_the_level_may_use_a_factor_instead(
    session: Session, person: str, login: dict[str, Any], may: bool
) -> None:
    facts = {**BACK, "must_be": person, "insists": True, **login}
    outcome = entered(turn(session, STRONGER, None, **facts))
    assert isinstance(outcome, Show) and isinstance(outcome.page, LevelUnreachablePage)
    assert outcome.page.may_use_factor is may
    posted = turn(session, STRONGER, None, form={"use": "factor"}, **facts)
    if not may:
        with pytest.raises(LoginRefused) as refused:
            step_up.answer(posted)
        assert refused.value.code is RefusalCode.LEVEL_UNREACHABLE
        return
    after = step_up.answer(posted)
    assert isinstance(after, Advance)
    assert (after.login.too_low, after.login.insists, after.login.given) == (False, False, None)
    assert after.login.must_be == person  # it must still be the one who was sent


@pytest.mark.parametrize("must_be", [True, False])
def test_a_level_that_is_not_understood_has_a_page_of_its_own(
    session: Session, person: str, must_be: bool
) -> None:
    facts: dict[str, Any] = {"identity": None, "not_understood": True, "insists": must_be}
    facts["must_be"] = person if must_be else None
    outcome = entered(turn(session, STRONGER, None, **facts))
    assert isinstance(outcome, Show) and isinstance(outcome.page, LevelUnknownPage)
    assert (outcome.status, outcome.stopped) == (403, level_unknown.STOPPED)
    assert outcome.page.may_use_factor is must_be
    posted = turn(session, STRONGER, None, form={"use": "factor"}, **facts)
    if must_be:
        after = step_up.answer(posted)
        assert isinstance(after, Advance) and not after.login.lacks_level
        return
    with pytest.raises(LoginRefused) as refused:
        step_up.answer(posted)
    assert refused.value.public_key == "level_unknown"
    assert refused.value.code is RefusalCode.LEVEL_UNREACHABLE


@pytest.mark.parametrize(("makelaar", "may"), [(STRONGER, True), (LIFTED, False)])
def test_instead_of_a_code_the_makelaar_may_be_asked_where_it_gives_the_level(
    session: Session, person: str, makelaar: ProviderRecord, may: bool
) -> None:
    posted = turn(session, makelaar, person, form={"use": step_up.MAKELAAR})
    with a_page():
        assert is_sent_back(step_up.answer(posted), person) is may


NOT_HERE: dict[str, Any] = {"local_second_factor": False}


@pytest.mark.parametrize("field", ["code", "assertion", "resend", "use"])
def test_a_code_for_a_question_that_is_asked_no_more_is_answered_with_why(
    session: Session, person: str, field: str
) -> None:
    posted = turn(session, LIFTED, person, service=NOT_HERE, form={field: "123456"})
    after = step_up.answer(posted)
    assert isinstance(after, Advance) and after.login == posted.login
    shown = entered(turn(session, LIFTED, person, service=NOT_HERE))
    assert isinstance(shown, Show) and isinstance(shown.page, LevelUnreachablePage)


def test_the_form_of_the_page_without_a_way_on_leads_back_to_the_portal(
    session: Session, person: str
) -> None:
    posted = turn(session, LIFTED, person, service=NOT_HERE, form={})
    with pytest.raises(LoginRefused) as refused:
        step_up.answer(posted)
    assert refused.value.public_key == "level_unreachable"
