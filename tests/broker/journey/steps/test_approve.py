"""An answer to a document: to exactly what was shown, and only while it may be given."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from assurance.accepted_factor import AcceptedFactor
from broker.downstream import LoginRefused, RefusalCode
from broker.journey.dispatch import Advance, Show, StepOutcome
from broker.journey.steps import approve
from consent.documents import LONGEST_REMARK, Answer, AskedDocument
from directory.people import Person
from tests.broker.facts import IDENTITY, a_login, a_page, a_runtime, a_turn, asking
from tests.clocks import START

DOCUMENT = AskedDocument(
    "Opdracht", "Tekst", "https://x.example/a", "0" * 64, "text/plain", 9, may_deposit=True
)
AGREED = Answer(DOCUMENT.shown, True, "", False, START)
CONFIRMED = AcceptedFactor("f", "totp", START)


@pytest.fixture(autouse=True)
def somebody(roos: Person) -> None:
    """Roos."""


def answered(
    session: Session, form: dict[str, str], document: AskedDocument = DOCUMENT
) -> StepOutcome:
    login = a_login(asking(document=document), must_be="roos", confirmed=CONFIRMED)
    turn = a_turn(a_runtime(session), login, form={"shown": DOCUMENT.shown, **form})
    with a_page():
        return approve.answer(turn)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"decision": "agree"}, AGREED),
        ({"decision": "agree", "deposit": "yes"}, replace(AGREED, deposit=True)),
        ({"decision": "decline"}, replace(AGREED, agrees=False)),
        # What is declined is not deposited.
        ({"decision": "decline", "deposit": "yes"}, replace(AGREED, agrees=False)),
        ({"decision": "agree", "remark": "Graag"}, replace(AGREED, remark="Graag")),
    ],
)
def test_an_answer_is_kept_and_asks_a_code_of_its_own(
    session: Session, form: dict[str, str], said: Answer
) -> None:
    outcome = answered(session, form)
    assert isinstance(outcome, Advance)
    assert outcome.login.answer == said
    assert outcome.login.confirmed is None  # a code for an earlier answer confirms nothing


def test_nothing_is_deposited_that_the_portal_did_not_offer_to(session: Session) -> None:
    document = replace(DOCUMENT, may_deposit=False)
    form = {"decision": "agree", "deposit": "yes", "shown": document.shown}
    outcome = answered(session, form, document)
    assert isinstance(outcome, Advance) and outcome.login.answer is not None
    assert not outcome.login.answer.deposit


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({}, 422, "choice"),
        ({"decision": "perhaps"}, 422, "choice"),
        ({"decision": "agree", "remark": "x" * (LONGEST_REMARK + 1)}, 422, "remark"),
        # Something else was shown: look again, nothing was wrong.
        ({"decision": "agree", "shown": "another"}, 200, None),
    ],
)
def test_what_is_no_answer_to_this_shows_it_again(
    session: Session, form: dict[str, str], status: int, error: str | None
) -> None:
    outcome = answered(session, form)
    assert isinstance(outcome, Show)
    assert (outcome.status, outcome.page.error) == (status, error)


@pytest.mark.parametrize(
    ("document", "form", "code"),
    [
        (DOCUMENT, {"later": ""}, RefusalCode.CANCELLED),
        (
            replace(DOCUMENT, answer_before=date(2026, 11, 2)),
            {"decision": "agree"},
            RefusalCode.NOT_ALLOWED,
        ),
    ],
)
def test_who_waits_goes_back_and_who_is_too_late_as_well(
    session: Session, document: AskedDocument, form: dict[str, str], code: RefusalCode
) -> None:
    with pytest.raises(LoginRefused) as refused:
        answered(session, form, document)
    assert refused.value.code is code


@pytest.mark.parametrize(("minutes", "goes_back"), [(14, False), (15, True)])
def test_who_took_long_confirms_with_a_login_of_now(
    session: Session, minutes: int, goes_back: bool
) -> None:
    """Without a factor of ours the login is the confirmation; more time does not make it fresh."""
    identity = replace(IDENTITY, authenticated_at=START)
    later = START + timedelta(minutes=minutes)
    login = a_login(
        asking(document=DOCUMENT),
        identity=identity,
        person_id="roos",
        expires_at=START + timedelta(hours=1),
    )
    answered = {"shown": DOCUMENT.shown, "decision": "agree"}
    turn = replace(a_turn(a_runtime(session), login, form=answered), now=later)
    with a_page():
        outcome = approve.answer(turn)
    assert isinstance(outcome, Advance) and outcome.login.answer is not None
    assert (outcome.login.identity is None) is goes_back
    assert outcome.login.must_be == ("roos" if goes_back else None)
