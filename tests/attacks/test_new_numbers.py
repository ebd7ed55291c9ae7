"""Codes by SMS to numbers that nobody confirmed yet: what one session may send."""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from tests.broker.portal import set_clock
from tests.journeys.at_mijn import BASE, arrive
from tests.journeys.test_own_factors import add_number, posts, token_of
from tests.world import ADDRESSES, World, make_world


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = make_world(tmp_path_factory.mktemp("world"))
    set_clock(made)
    return made


def test_F_05_one_person_sends_five_codes_a_day_to_new_numbers_from_wherever(world: World) -> None:
    """A stolen session must not spend the messages of everybody, nor pester strangers."""
    browser = arrive(world, "jan", "Polderpoort")
    browser.open(f"{BASE}/sms")
    token = token_of(browser.page)
    jar = "; ".join(f"{name}={value}" for name, value in browser.cookies(ADDRESSES.broker).items())
    codes = []
    for number in range(8):
        codes.append(
            Client(world.app, use_cookies=False)
            .post(
                "/mijn/inlogmiddelen/sms",
                base_url=ADDRESSES.broker,
                data={"csrf_token": token, "number": f"+316123457{number:02}"},
                headers={"Cookie": jar},
                environ_overrides={"REMOTE_ADDR": f"2001:db8:0:{number}::1"},
            )
            .status_code
        )
    assert codes == [303] * 5 + [422] * 3
    assert len(posts(world, "sms")) == 5
    other = arrive(world, "liv", "Zekerweg")  # the good twin: somebody else
    add_number(world, other, "+31612345799")
