"""What programs read when something goes wrong: JSON with a reference, never a page, never kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from broker import configuration
from broker.oidc import views
from broker.web import json_errors
from sandbox.wire import Answer
from state.ephemeral import StoreUnavailable
from tests.broker.clients import SECRET
from tests.broker.portal import FORM, ISSUER, Portal, basic, make_portal_world, set_clock
from tests.world import World

REFERENCE = re.compile(r"Reference: [0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")
AS_CLIENT = {**FORM, "Authorization": basic("by-basic", SECRET)}
AS_BEARER = {"Authorization": "Bearer a.b.c"}
REDEMPTION = "grant_type=authorization_code&code=nothing"
ENDPOINTS: Mapping[str, tuple[str, str | None, Mapping[str, str]]] = {
    "/token": ("POST", REDEMPTION, AS_CLIENT),
    "/par": ("POST", "response_type=code", AS_CLIENT),
    "/userinfo": ("GET", None, AS_BEARER),
    "/jwks": ("GET", None, {}),
    "/oidc/client-jwks": ("GET", None, {}),
    "/.well-known/openid-configuration": ("GET", None, {}),
    "/.well-known/oauth-authorization-server": ("GET", None, {}),
}
READ_WHAT_IS_KEPT = ("/token", "/par", "/userinfo")
EVERY_ENDPOINT = pytest.mark.parametrize("path", ENDPOINTS)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_portal_world(tmp_path_factory.mktemp("world"), limits={"failures_per_minute": 900})


@pytest.fixture
def world(made: World) -> World:
    set_clock(made)
    return made


def ask(world: World, path: str, **changes: str) -> Answer:
    method, body, headers = ENDPOINTS[path]
    return world.wire.request(
        changes.get("method", method), f"{ISSUER}{path}", changes.get("body", body), headers
    )


def is_in_json(answer: Answer, status: int, error: str) -> None:
    """RFC 6749 §5.2, with the reference that the log has."""
    assert answer.status == status, answer.body
    assert answer.header("Content-Type") == "application/json"
    assert answer.header("Cache-Control") == "no-store"
    assert answer.json().keys() == {"error", "error_description"}
    assert answer.json()["error"] == error
    assert REFERENCE.search(answer.json()["error_description"])
    assert b"<" not in answer.body


def failing(error: Exception) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def works(world: World) -> None:
    """The good twin: everything is there again."""
    portal = Portal(world)
    tokens = portal.tokens(portal.code())
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert world.wire.request("GET", f"{ISSUER}/userinfo", None, bearer).status == 200
    for path in ENDPOINTS:
        assert path in READ_WHAT_IS_KEPT or ask(world, path).status == 200


@pytest.mark.parametrize("path", READ_WHAT_IS_KEPT)
@pytest.mark.parametrize(
    "error",
    [
        StoreUnavailable("down"),
        OperationalError("SELECT", None, Exception("gone")),
        PoolTimeout("no connection left"),
    ],
    ids=lambda error: f"O-34 {type(error).__name__}",
)
def test_a_part_that_is_away_is_said_in_json(
    world: World, monkeypatch: pytest.MonkeyPatch, path: str, error: Exception
) -> None:
    for name in ("token_response", "keep", "read_userinfo"):
        monkeypatch.setattr(views, name, failing(error))
    answer = ask(world, path)
    is_in_json(answer, 503, "temporarily_unavailable")
    assert int(answer.header("Retry-After") or 0) > 0
    monkeypatch.undo()
    works(world)


@EVERY_ENDPOINT
def test_O_34_registrations_that_cannot_be_read_are_said_in_json(
    world: World, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    gone = OperationalError("SELECT", None, Exception("gone"))
    monkeypatch.setattr(configuration, "current_revision", failing(gone))
    world.clock.advance(120)
    answer = ask(world, path)
    is_in_json(answer, 503, "temporarily_unavailable")
    assert int(answer.header("Retry-After") or 0) > 0
    monkeypatch.undo()
    works(world)


@EVERY_ENDPOINT
def test_O_34_what_nobody_expected_is_said_in_json(
    world: World, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    holder = type(world.process.holder)
    monkeypatch.setattr(holder, "current", property(failing(RuntimeError("secret detail"))))
    answer = ask(world, path)
    is_in_json(answer, 500, "server_error")
    assert b"secret detail" not in answer.body
    monkeypatch.undo()
    works(world)


@EVERY_ENDPOINT
@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS"])
def test_O_34_another_method_is_refused_in_json(world: World, path: str, method: str) -> None:
    answer = ask(world, path, method=method)
    is_in_json(answer, 405, "invalid_request")
    assert answer.header("Allow")


@EVERY_ENDPOINT
def test_O_34_what_is_not_there_is_said_in_json(world: World, path: str) -> None:
    url = f"{ISSUER}{path}/nothing"
    is_in_json(world.wire.request("GET", url), 404, "invalid_request")


def test_O_34_a_request_that_is_too_large_is_refused_in_json(world: World) -> None:
    answer = ask(world, "/token", body=f"{REDEMPTION}&x={'x' * 600_000}")
    is_in_json(answer, 413, "invalid_request")
    works(world)


def test_O_34_who_asks_too_much_reads_it_in_json(tmp_path: Path) -> None:
    world = make_portal_world(tmp_path, limits={"client_per_minute": 20})
    for path in READ_WHAT_IS_KEPT:
        answers = [ask(world, path) for _ in range(21)]
        assert {answer.status for answer in answers[:2]} <= {400, 401}
        is_in_json(answers[-1], 429, "temporarily_unavailable")
        assert answers[-1].header("Retry-After") == "60"
    world.clock.advance(61)
    works(world)


@EVERY_ENDPOINT
def test_O_34_another_host_is_refused_in_json(world: World, path: str) -> None:
    method, body, headers = ENDPOINTS[path]
    answer = world.wire.request(method, f"{ISSUER}{path}", body, {**headers, "Host": "elsewhere"})
    is_in_json(answer, 400, "invalid_request")


def test_people_still_read_a_page(world: World) -> None:
    """Also at addresses that only begin like those of programs."""
    for path in ("/tokens", "/niets", "/authorize"):
        answer = world.wire.request("GET", f"{ISSUER}{path}")
        assert (answer.header("Content-Type") or "").startswith("text/html")
        assert b"<h1" in answer.body
        with world.app.app_context():
            assert not json_errors.ask(path)
