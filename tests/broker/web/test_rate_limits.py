"""Limits: by network, by portal where all its users come from one address, by person, and unasked
after too many wrong guesses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from structlog.testing import capture_logs

from broker.errors import TooManyRequests
from broker.runtime import Runtime
from broker.web import rate_limits
from broker.web.endpoints import Endpoint
from tests.broker.runtimes import bare_app, make_runtime
from tests.clocks import FakeClock

LIMITS = {
    "address_per_minute": 2,
    "client_per_minute": 3,
    "person_per_minute": 2,
    "failures_per_minute": 2,
}
FREE = Endpoint(limit=None, because="costs nothing")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def rt(clock: FakeClock) -> Runtime:
    return make_runtime(clock=clock, limits=LIMITS)


@pytest.fixture
def app(rt: Runtime) -> Flask:
    made = bare_app(rt)
    made.testing = True
    kinds = {"login": Endpoint("login"), "token": Endpoint("token", per_portal=True), "free": FREE}
    for name, endpoint in kinds.items():
        made.add_url_rule(f"/{name}", name, endpoint(lambda: "."))
    rate_limits.install(made)
    return made


def passed(app: Flask, path: str, address: str = "192.0.2.1", most: int = 6) -> int:
    """How many of so many requests pass."""
    client, count = app.test_client(), 0
    for _ in range(most):
        try:
            client.get(path, environ_overrides={"REMOTE_ADDR": address})
            count += 1
        except TooManyRequests as refused:
            assert refused.seconds == 60
    return count


@pytest.mark.parametrize(("path", "most"), [("/login", 2), ("/token", 3), ("/free", 6)])
def test_an_address_may_ask_as_often_as_the_endpoint_declares(
    app: Flask, path: str, most: int
) -> None:
    assert passed(app, path) == most
    assert passed(app, path, "192.0.2.2") == most


def test_each_kind_of_endpoint_counts_by_itself_and_anew_every_minute(
    app: Flask, clock: FakeClock
) -> None:
    assert (passed(app, "/login"), passed(app, "/token")) == (2, 3)
    clock.advance(60)
    assert passed(app, "/login") == 2


@pytest.mark.parametrize(
    ("other", "counts_as_one"), [("2001:db8::ffff:1", True), ("2001:db8:0:1::1", False)]
)
def test_the_network_of_one_subscriber_is_one_address(
    app: Flask, other: str, counts_as_one: bool
) -> None:
    assert passed(app, "/login", "2001:db8::1") == 2
    assert passed(app, "/login", other) == (0 if counts_as_one else 2)


Count = Callable[[Runtime, str, str], None]


@pytest.mark.parametrize(
    ("count", "most", "rule"),
    [
        (rate_limits.count_client, 3, "token-client"),
        (rate_limits.count_makelaar, 3, "token-makelaar"),
        (rate_limits.count_person, 2, "token-person"),
    ],
)
def test_a_party_and_a_person_have_a_limit_from_all_addresses(
    rt: Runtime, count: Count, most: int, rule: str
) -> None:
    with bare_app(rt).test_request_context():
        for _ in range(most):
            count(rt, "token", "one")
        count(rt, "token", "another")
        count(rt, "userinfo", "one")
        with pytest.raises(TooManyRequests) as refused:
            count(rt, "token", "one")
    assert refused.value.rule == rule


def guess(rt: Runtime, about: str = "portal", address: str = "192.0.2.1") -> None:
    """One that is judged, and wrong."""
    with bare_app(rt).test_request_context(environ_base={"REMOTE_ADDR": address}):
        rate_limits.refuse_guessers(rt, "token", about)
        rate_limits.wrong_guess(rt, "token", about)


def test_who_guessed_too_often_is_refused_unasked_for_a_minute(
    rt: Runtime, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    guess(rt)
    guess(rt)
    with pytest.raises(TooManyRequests):
        guess(rt)
    asked: list[Any] = []
    monkeypatch.setattr(rate_limits, "spend", lambda *spent: asked.append(spent))
    clock.advance(59)
    with pytest.raises(TooManyRequests):
        guess(rt)
    assert asked == []
    clock.advance(1)
    guess(rt)
    assert len(asked) == 1


def test_others_at_the_same_address_and_who_guesses_elsewhere_go_on(rt: Runtime) -> None:
    for _ in range(2):
        guess(rt)
    with pytest.raises(TooManyRequests):
        guess(rt)
    guess(rt, "another portal")
    guess(rt, address="192.0.2.2")


def test_a_flood_is_one_line_in_the_log(app: Flask) -> None:
    with capture_logs() as logs:
        passed(app, "/login", most=10)
    assert [line["rule"] for line in logs if line["event"] == "limit.exceeded"] == ["login-address"]
