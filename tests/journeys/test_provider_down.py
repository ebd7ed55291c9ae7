"""The provider of text messages is away: the user gets in with another factor, the code comes once
and never too late.
"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from sandbox.prepare import recovery_codes
from state import audit
from state.audit import EventTag
from state.outbox import DeliveryFailed, Message, OutboxRow
from tests.broker.portal import set_clock
from tests.deliveries import deliver_due
from tests.journeys.test_demo_factors import IN, at_question, finish
from tests.world import World


class Down:
    def send(self, message_id: str, message: Message) -> None:
        raise DeliveryFailed("webhook_503")


@pytest.fixture
def world(own_world: World) -> World:
    set_clock(own_world)
    return own_world


def _fails(world: World) -> None:
    parts = world.process
    assert deliver_due(parts.sessions, parts.sealer, Down(), parts.clock) == 0


def _messages(world: World) -> list[OutboxRow]:
    with world.session() as session:
        return list(session.scalars(select(OutboxRow).where(OutboxRow.channel == "sms")))


def _came(world: World) -> list[str]:
    return [each["text"] for each in world.deliver_mail() if each["channel"] == "sms"]


def test_X_16_another_factor_gets_in_while_sms_is_down(world: World) -> None:
    browser = at_question(world, "yara")
    _fails(world)
    (row,) = _messages(world)
    assert row.due_at is not None and row.sealed is not None, "queued"
    browser.click("Gebruik een herstelcode")
    assert finish(browser, recovery_codes(world.demo, "yara")[0]).heading == IN


def test_X_16_a_code_that_comes_late_still_works_and_comes_once(world: World) -> None:
    browser = at_question(world, "yara")
    _fails(world)
    world.clock.advance(5)
    (text,) = _came(world)
    assert _came(world) == [text], "not again"
    assert finish(browser, text.rpartition("#")[2]).heading == IN


def test_X_16_a_code_that_is_worth_nothing_any_more_is_not_sent(world: World) -> None:
    at_question(world, "yara")
    _fails(world)
    world.clock.advance(10 * 60)
    assert _came(world) == []
    (row,) = _messages(world)
    assert (row.due_at, row.sealed, row.reason) == (None, None, "too_late")
    with world.session() as session:
        (event,) = audit.recent(session, tags=(EventTag.MESSAGE_GIVEN_UP,))
    assert (event.reason, event.reference) == ("too_late", row.reference)
