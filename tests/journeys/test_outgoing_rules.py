"""A makelaar that we cannot call for a reason of our own: the page, the portal, the trace and the
console say whose it is, by which rule and which setting; and one that is left alone says for how
long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from admin.traces.explanation import explain
from sandbox.portal.clients import BODEM
from sandbox.wire import Answer, Wire
from state.addresses import OutgoingRefused
from state.outgoing import OutgoingFailed
from tests.broker.portal import set_clock
from tests.world import InProcessOutgoing, World

OURS = "Inloggen met Zekerweg lukt nu niet"
THEIRS = "Zekerweg is niet bereikbaar"
INSIDE = OutgoingRefused("address", "10.1.2.3 of idp.intern", '"idp.intern"')


@pytest.fixture
def world(own_world: World) -> World:
    set_clock(own_world)
    return own_world


class _Refusing:
    """A wire on which calls to one address do not come about."""

    def __init__(self, wire: Wire, path: str, error: Exception) -> None:
        self._wire, self._path, self._error = wire, path, error

    def request(
        self, method: str, url: str, body: str | None = None, headers: Mapping[str, str] = {}
    ) -> Answer:
        if url.endswith(self._path):
            raise self._error
        return self._wire.request(method, url, body, headers)


@contextmanager
def refusing(world: World, path: str, error: Exception) -> Iterator[None]:
    outgoing = world.process.outgoing
    assert isinstance(outgoing, InProcessOutgoing)
    kept = outgoing.wire
    outgoing.wire = _Refusing(kept, path, error)  # type: ignore[assignment]
    try:
        yield
    finally:
        outgoing.wire = kept


AT_DEPARTURE, AT_ARRIVAL = "/zekerweg/.well-known/openid-configuration", "/zekerweg/token"


@pytest.mark.parametrize("path", [AT_DEPARTURE, AT_ARRIVAL], ids=["departure", "arrival"])
@pytest.mark.parametrize(
    ("error", "reason", "measured"),
    [
        (
            INSIDE,
            "outgoing_refused",
            {"outgoing_rule": "address", "seen": INSIDE.seen, "setting": "outgoing.allow"},
        ),
        (
            OutgoingFailed("proxy_login"),
            "outgoing_proxy",
            {"failure": "proxy_login", "setting": "outgoing.proxy"},
        ),
        (
            OutgoingFailed("tls_untrusted"),
            "outgoing_untrusted",
            {"failure": "tls_untrusted", "setting": "outgoing.ca_file"},
        ),
    ],
    ids=["rule", "proxy", "authority"],
)
def test_what_is_in_our_way_is_never_told_of_the_makelaar(
    world: World, path: str, error: Exception, reason: str, measured: dict[str, str]
) -> None:
    with refusing(world, path, error):
        page = world.walk(BODEM.name, "Zekerweg", "jan").run()
    assert (page.status, page.heading) == (503, OURS)
    assert "niet door uw makelaar" in page.text
    assert "10.1.2.3" not in page.text and "outgoing" not in page.text
    reference = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", page.text)
    assert reference is not None
    with world.session() as session:
        found = explain(session, reference[0], "nl")
        assert found is not None and found.record is not None and found.told is not None
        assert found.record.cause == reason
        assert found.fixer == "De operator van deze installatie"
        assert "statuspagina" not in found.told.remedy
        steps = [step for step in found.record.steps if step.reason == reason]
        assert steps and measured.items() <= steps[0].measured.items()


@pytest.mark.parametrize("path", [AT_DEPARTURE, AT_ARRIVAL], ids=["departure", "arrival"])
def test_the_page_of_a_makelaar_that_is_left_alone_says_when_to_come_back(
    world: World, path: str
) -> None:
    browser = world.browser()
    with refusing(world, path, OutgoingFailed("circuit_open", 20)):
        page = world.walk(BODEM.name, "Zekerweg", "jan", browser=browser).run()
    assert (page.status, page.heading) == (503, THEIRS)
    assert page.answer.header("Retry-After") == "20"
    world.clock.advance(15)
    assert browser.open(page.url).answer.header("Retry-After") == "5"
    world.clock.advance(5)
    assert browser.open(page.url).answer.header("Retry-After") is None


def test_one_that_is_only_away_promises_nothing(world: World) -> None:
    with refusing(world, AT_DEPARTURE, OutgoingFailed("timeout")):
        page = world.walk(BODEM.name, "Zekerweg", "jan").run()
    assert (page.status, page.heading) == (503, THEIRS)
    assert page.answer.header("Retry-After") is None
