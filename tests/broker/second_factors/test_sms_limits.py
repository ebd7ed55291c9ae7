"""Text messages cost money and wake people: how many go out, to whom, and who hears of the end."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from assurance import sms
from broker.runtime import Runtime
from broker.second_factors import sms_limits
from broker.second_factors.sms_limits import NotSent
from state import audit
from state.audit import EventTag
from tests.broker.facts import a_page, a_runtime, some_settings
from tests.clocks import FakeClock
from tests.deliveries import waiting_in

NUMBER, ADDRESS = "+31612345612", "192.0.2.1"


def numbers(how_many: int) -> list[str]:
    return [f"+316123456{n:02}" for n in range(how_many)]


def running(session: Session | None = None, **second_factors: Any) -> Runtime:
    return a_runtime(
        session, clock=FakeClock(), settings=some_settings(second_factors=second_factors)
    )


def ask(rt: Runtime, number: str = NUMBER, address: str = ADDRESS) -> NotSent | None:
    return sms_limits.spend_message(rt, number, address, rt.clock(), "ABCD1234")


def later(rt: Runtime, seconds: float) -> None:
    assert isinstance(rt.clock, FakeClock)
    rt.clock.advance(seconds)


@pytest.mark.parametrize(
    ("number", "goes"),
    [
        (NUMBER, True),
        ("+32470123456", False),  # of a country that this installation does not send to
        ("+31201234567", False),  # no mobile telephone
        ("+3190090090", False),
        ("nonsense", False),
    ],
)
def test_only_mobile_numbers_of_the_chosen_countries_get_one(number: str, goes: bool) -> None:
    found = ask(running(sms_countries=["NL"]), number)
    assert found == (None if goes else NotSent())


def test_one_number_gets_no_second_message_within_the_pause() -> None:
    rt = running()
    assert ask(rt) is None
    later(rt, 10)
    assert ask(rt) == NotSent(wait=20)
    assert ask(rt, address="192.0.2.9") == NotSent(wait=20)  # whoever asks it
    assert ask(rt, "+31612345613") is None
    later(rt, 20)
    assert ask(rt) is None


def test_one_number_gets_so_many_an_hour() -> None:
    rt = running()
    found = []
    for _ in range(sms.PER_NUMBER.most + 1):
        found.append(ask(rt))
        later(rt, 30)
    assert found == [None] * sms.PER_NUMBER.most + [NotSent()]
    later(rt, 3600)
    assert ask(rt) is None


def test_one_network_asks_for_so_many_a_day() -> None:
    rt = running()
    found = [ask(rt, number) for number in numbers(sms.PER_NETWORK.most + 1)]
    assert found == [None] * sms.PER_NETWORK.most + [NotSent()]
    assert ask(rt, "+31687654321", "192.0.2.2") is None


def test_at_the_most_of_an_hour_nobody_gets_one_and_the_operator_hears_it_once(
    session: Session,
) -> None:
    rt = running(session, sms_most_per_hour=2, alert_email="alarm@x.example")
    with capture_logs() as logs:
        found = [ask(rt, number, f"192.0.2.{n}") for n, number in enumerate(numbers(4))]
    assert found == [None, None, NotSent(), NotSent()]
    (event,) = audit.recent(session)
    assert (event.tag, event.reference) == (EventTag.SMS_STOPPED, "ABCD1234")
    (mail,) = waiting_in(session, rt.sealer)
    assert (mail.channel, mail.recipient) == ("mail", "alarm@x.example")
    assert [line["event"] for line in logs] == ["sms.stopped"]
    assert not any(number in f"{logs}{mail.text}" for number in numbers(4))
    later(rt, 3600)
    assert ask(rt, "+31687654321", "192.0.2.9") is None


def test_without_an_address_the_audit_alone_tells_it(session: Session) -> None:
    rt = running(session, sms_most_per_hour=1)
    for number in numbers(2):
        ask(rt, number)
    assert len(audit.recent(session)) == 1 and waiting_in(session, rt.sealer) == []


@pytest.mark.parametrize(
    ("language", "names"), [("nl", ("Nederland", "België")), ("en", ("Netherlands", "Belgium"))]
)
def test_countries_are_named_in_the_language_of_the_page(
    language: str, names: tuple[str, ...]
) -> None:
    with a_page(language):
        assert sms_limits.countries(running(sms_countries=["NL", "BE"])) == names
