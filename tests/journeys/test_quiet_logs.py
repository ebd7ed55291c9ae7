"""What second factors, accounts, ``/mijn`` and the worker leave in the logs: nothing that anyone
could use, and nothing about anybody.
"""

from __future__ import annotations

import io

import pytest

from sandbox.people import PEOPLE
from sandbox.portal.clients import BODEM
from tests.broker.monitoring.test_logs import is_told, log, secrets_of
from tests.broker.portal import set_clock
from tests.broker.recorder import Recorder
from tests.journeys.whole_walk import walk_past_every_secret
from tests.world import ADDRESSES, World

__all__ = ["log"]  # fixture
TEXTS = ("@voorbeeld.example", "voorbeeld-gebruiker", "+316", "06 ")


@pytest.fixture
def world(own_world: World) -> World:
    set_clock(own_world)
    return own_world


def about_people(text: str) -> set[str]:
    """What of the people of the demo stands in this text."""
    words = {word for person in PEOPLE for word in (person.name, f"{person.key}@")}
    words |= {login.subject for person in PEOPLE for login in person.logins}
    words |= {person.account.user_name for person in PEOPLE if person.account is not None}
    return {word for word in (*words, *TEXTS) if word in text}


def test_L_01_factors_accounts_and_the_worker_leave_no_secret(
    world: World, log: io.StringIO
) -> None:
    recorder = Recorder(world.wire)
    seen = walk_past_every_secret(world, recorder)
    text = log.getvalue()
    for event in ("login.ended", "outbox.delivered", "outbox.postponed"):
        assert event in text
    assert len(seen) > 20
    assert {value for value in (*seen, *secrets_of(recorder)) if is_told(value, text)} == set()
    assert about_people(text) == set()


def test_L_01_nor_does_an_error_in_the_middle_of_it(
    world: World, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the error carries: the values of the statement, the person, the message."""

    def fail(*values: object, **named: object) -> None:
        raise RuntimeError(
            f"cannot use {values} and {named} of jan@voorbeeld.example, +31612345678"
        )

    recorder = Recorder(world.wire)
    assert world.walk(BODEM.name, "Polderpoort", "jan").run().status == 200  # the good twin
    monkeypatch.setattr("broker.journey.login_records.history.record", fail)
    walk = world.walk(BODEM.name, "Polderpoort", "jan")
    walk.browser._wire = recorder
    page = walk.run()
    assert (page.status, page.url.startswith(ADDRESSES.broker)) == (500, True)
    text = log.getvalue()
    assert "RuntimeError" in text and "cannot use" in text
    assert {value for value in secrets_of(recorder) if is_told(value, text)} == set()
    assert about_people(text) == set()
