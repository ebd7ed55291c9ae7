"""A makelaar whose token endpoint fails after the user logged in there: a page that says what to
do, nobody else notices, and the same browser gets in once it works again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from sandbox.portal.clients import BODEM
from sandbox.wire import Answer, Wire
from state.outgoing import TOTAL_SECONDS
from tests.broker.portal import set_clock
from tests.faults.ending import helps
from tests.world import InProcessOutgoing, World

IN = "U bent ingelogd"
AWAY = "Zekerweg is niet bereikbaar"
BETWEEN = "Inloggen met Zekerweg lukt nu niet"
JSON = (("Content-Type", "application/json"),)
FAILURES = {
    "500": Answer(500, (), b"oops"),
    "nonsense": Answer(200, JSON, b"<html>"),
    "no token": Answer(200, JSON, b"{}"),
    "10 MB": Answer(200, JSON, b" " * 10_000_000),
    "another error": Answer(400, JSON, b'{"error": "invalid_client"}'),
    "refused": ConnectionError("refused"),
}


@pytest.fixture
def world(own_world: World) -> World:
    set_clock(own_world)
    return own_world


class _Broken:
    """A wire on which one token endpoint fails."""

    def __init__(self, wire: Wire, answer: Answer | Exception) -> None:
        self._wire, self._answer = wire, answer

    def request(
        self, method: str, url: str, body: str | None = None, headers: Mapping[str, str] = {}
    ) -> Answer:
        if not url.endswith("/zekerweg/token"):
            return self._wire.request(method, url, body, headers)
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


@contextmanager
def broken(world: World, how: str) -> Iterator[None]:
    outgoing = world.process.outgoing
    assert isinstance(outgoing, InProcessOutgoing)
    kept = outgoing.wire
    outgoing.wire = _Broken(kept, FAILURES[how])  # type: ignore[assignment]
    try:
        yield
    finally:
        outgoing.wire = kept


@pytest.mark.parametrize("how", FAILURES)
def test_X_09_a_token_endpoint_that_fails_is_a_page_and_the_next_try_is_in(
    world: World, how: str
) -> None:
    assert TOTAL_SECONDS <= 5  # of the six that a user waits
    browser = world.browser()
    with broken(world, how):
        page = world.walk(BODEM.name, "Zekerweg", "jan", browser=browser).run()
        assert page.url.startswith(world.demo.addresses.broker)
        expected = {"no token": (400, "Inloggen is niet gelukt"), "another error": (503, BETWEEN)}
        assert (page.status, page.heading) == expected.get(how, (503, AWAY))
        if page.status == 503:
            buttons = {str(b.text_content()) for form in page.forms for b in form.iter("button")}
            assert {"Probeer opnieuw", "Kies een andere manier om in te loggen"} <= buttons
        assert helps(page.answer) or page.forms
        assert "Traceback" not in page.text
        other = world.walk(BODEM.name, "Polderpoort", "jan").run()
        assert other.heading == IN
    assert world.walk(BODEM.name, "Zekerweg", "jan", browser=browser).run().heading == IN
