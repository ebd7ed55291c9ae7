"""Codes by SMS in a login: to whom, for how long, and for this login alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from assurance import second_factor, sms
from assurance.factors import BoundBy, FactorKind
from assurance.second_factor import SecondFactorMethod
from assurance.sms import SmsSent
from broker.journey import sms_codes
from broker.journey.login import Login
from broker.second_factors.sms_limits import NotSent
from consent.documents import Amount, Answer, AskedDocument
from directory.people import Person
from state.db import writing
from state.outbox import OutboxRow
from tests.broker.facts import LOGIN, a_login, a_page, a_runtime, a_turn
from tests.clocks import START, FakeClock
from tests.deliveries import waiting_in

PHONE = SecondFactorMethod("phone", FactorKind.SMS, "…12", None)
OTHER = replace(PHONE, factor_id="another")
SENT = SmsSent(PHONE.factor_id, "hash of the code", START)
DOCUMENT = AskedDocument(
    "Opdracht", "Tekst", "https://x.example/a", "0" * 64, "text/plain", 9, Amount("5", "EUR")
)


@pytest.fixture
def phone(session: Session, roos: Person) -> SecondFactorMethod:
    """Roos gets codes on her telephone."""
    with writing(session):
        factor = second_factor.bind_sms(
            session,
            a_runtime().sealer,
            person_id=roos.id,
            number="+31612345612",
            bound_by=BoundBy.ADMINISTRATOR,
            now=START,
        )
    return replace(PHONE, factor_id=factor.id)


def test_a_code_belongs_to_the_number_that_it_was_sent_to() -> None:
    assert sms_codes.sent_in(a_login(sms=SENT), PHONE) == SENT
    assert sms_codes.sent_in(a_login(sms=SENT), OTHER) is None
    assert sms_codes.sent_in(LOGIN, PHONE) is None


def test_a_wrong_code_counts_for_the_number_that_it_was_sent_to() -> None:
    login = a_login(sms=SENT)
    once = sms_codes.one_more_wrong(login, PHONE)
    assert once.sms == replace(SENT, wrong=1)
    assert sms_codes.one_more_wrong(once, PHONE).sms == replace(SENT, wrong=2)
    used_up = sms_codes.one_more_wrong(login, PHONE, used_up=True)
    assert used_up.sms is not None and used_up.sms.tries_left == 0
    assert sms_codes.one_more_wrong(login, OTHER) is login
    assert sms_codes.one_more_wrong(LOGIN, PHONE) is LOGIN


@pytest.mark.parametrize(
    ("sent", "seconds", "counts"),
    [
        (SENT, 0, True),
        (SENT, 599, True),
        (SENT, 600, False),
        (replace(SENT, wrong=2), 0, True),
        (replace(SENT, wrong=3), 0, False),
        (replace(SENT, factor_id="another"), 0, False),
        (None, 0, False),
    ],
)
def test_a_code_counts_for_its_time_and_its_tries(
    sent: SmsSent | None, seconds: int, counts: bool
) -> None:
    rt = a_runtime(clock=FakeClock(START + timedelta(seconds=seconds)))
    found = sms_codes.expected(a_turn(rt, a_login(sms=sent)), PHONE)
    assert found == (SENT.code_hash if counts else None)


def test_a_login_that_forgets_its_wrong_codes_gets_no_more_tries() -> None:
    """Tries at once each read the login before the other wrote it; the store counts them all."""
    rt = a_runtime()
    turns = [a_turn(rt, a_login(sms=SENT)) for _ in range(sms.TRIES.most + 1)]
    found = [sms_codes.expected(turn, PHONE) for turn in turns]
    assert found == [SENT.code_hash] * sms.TRIES.most + [None]


def test_a_code_is_worth_nothing_in_another_login_or_for_another_number() -> None:
    rt = a_runtime()
    turn = a_turn(rt, LOGIN)
    ours = sms_codes.given(turn, PHONE, "123456")
    assert sms_codes.given(turn, PHONE, "123 456") == ours
    others = (
        sms_codes.given(turn, PHONE, "123457"),
        sms_codes.given(turn, OTHER, "123456"),
        sms_codes.given(a_turn(rt, a_login(id="another")), PHONE, "123456"),
    )
    assert ours not in others


def test_the_login_keeps_a_hash_of_what_the_message_says(
    session: Session, phone: SecondFactorMethod
) -> None:
    rt = a_runtime(session)
    turn = a_turn(rt, LOGIN)
    with a_page():
        login = sms_codes.send(turn, phone)
    assert isinstance(login, Login) and login.sms is not None
    (message,) = waiting_in(session, rt.sealer)
    first, last = message.text.split("\n\n")
    code = first.rpartition(" ")[2]
    assert (message.channel, message.recipient) == ("sms", "+31612345612")
    assert first == f"Uw code om in te loggen bij Vergunningen: {code}"
    assert last == f"@sluis.example #{code}"
    assert sms_codes.given(turn, phone, code) == login.sms.code_hash and code not in str(login)
    row = session.query(OutboxRow).one()
    assert row.until == START + sms.HOLDS  # nobody waits for a code that works no more


@pytest.mark.parametrize(
    ("agrees", "said"),
    [
        (True, "Uw code om akkoord te gaan met “Opdracht, €\xa05,00”: "),
        (False, "Uw code om niet akkoord te gaan met “Opdracht, €\xa05,00”: "),
    ],
)
def test_a_code_for_a_document_says_what_it_confirms(
    session: Session, phone: SecondFactorMethod, agrees: bool, said: str
) -> None:
    rt = a_runtime(session)
    login = a_login(answer=Answer(DOCUMENT.shown, agrees, "", False, START))
    with a_page():
        sms_codes.send(a_turn(rt, login), phone, DOCUMENT)
    assert waiting_in(session, rt.sealer)[0].text.startswith(said)


def test_what_is_held_back_is_not_remembered_as_sent(
    session: Session, phone: SecondFactorMethod
) -> None:
    rt = a_runtime(session)
    with a_page():
        assert isinstance(sms_codes.send(a_turn(rt, LOGIN), phone), Login)
        assert sms_codes.send(a_turn(rt, LOGIN), phone) == NotSent(wait=30)
    assert len(waiting_in(session, rt.sealer)) == 1
