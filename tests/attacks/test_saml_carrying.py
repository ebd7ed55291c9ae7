"""How a response is carried to the assertion consumer service (S-75 … S-77)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from werkzeug.test import Client

from tests.providers.saml.in_world import (
    EXPIRED,
    REJECTED,
    UNSOLICITED,
    Fields,
    accepted,
    is_open,
    rejections,
    turned_away,
    visit,
)
from tests.world import ADDRESSES, World, make_world


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return make_world(tmp_path_factory.mktemp("world"))


Change = Callable[[Fields], Fields]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(
            lambda f: [*f, ("SAMLRequest", f[0][1])], "binding", id="S-75 a request beside it"
        ),
        pytest.param(lambda f: [*f, f[0]], "repeated_parameter", id="S-75 the response twice"),
        pytest.param(
            lambda f: [("SAMLResponse", ""), *f], "repeated_parameter", id="S-75 an empty one first"
        ),
        pytest.param(lambda f: [*f, ("SAMLart", "x")], "binding", id="S-76 an artifact beside it"),
        pytest.param(
            lambda f: [("SAMLart", f[0][1]), f[1]], "binding", id="S-76 an artifact instead"
        ),
        pytest.param(lambda f: [f[1]], "message_missing", id="S-76 no response"),
    ],
)
def test_a_form_carries_one_response(world: World, change: Change, reason: str) -> None:
    asked = visit(world)
    turned_away(asked.bring(change(asked.fields)), *REJECTED)
    assert rejections(world)[-1].reason == reason
    assert not is_open(asked)
    accepted(visit(world))


@pytest.mark.parametrize("name", ["SAMLResponse", "RelayState", "SAMLRequest", "other"])
def test_S_75_nothing_is_read_from_the_address(world: World, name: str) -> None:
    asked = visit(world)
    value = dict(asked.fields).get(name, "x")
    fields = [(key, text) for key, text in asked.fields if key != name]
    client = Client(world.app)
    for form in (dict(asked.fields), dict(fields)):
        got = client.post(
            "/saml/acs", base_url=ADDRESSES.broker, query_string={name: value}, data=form
        )
        assert (got.status_code, got.headers.get("Location")) == (400, None)
    accepted(asked)


def test_S_75_a_handle_that_comes_twice_is_refused(world: World) -> None:
    asked = visit(world)
    turned_away(asked.bring([*asked.fields, asked.fields[1]]), *UNSOLICITED)
    accepted(asked)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_S_76_only_post_is_served(world: World, method: str) -> None:
    asked = visit(world)
    got = Client(world.app).open(
        "/saml/acs", method=method, base_url=ADDRESSES.broker, query_string=dict(asked.fields)
    )
    assert got.status_code == 405
    assert "POST" in got.headers["Allow"]
    accepted(asked)


@pytest.mark.parametrize("kind", ["application/json", "text/xml", "application/samlmetadata+xml"])
def test_S_76_only_a_form_is_read(world: World, kind: str) -> None:
    asked = visit(world)
    got = Client(world.app).post(
        "/saml/acs", base_url=ADDRESSES.broker, data=asked.message, content_type=kind
    )
    assert got.status_code == 400
    accepted(asked)


@pytest.mark.parametrize(
    "handle",
    [
        pytest.param("https://evil.example/", id="S-77 an address"),
        pytest.param("//evil.example", id="S-77 an address without scheme"),
        pytest.param("javascript:alert(1)", id="S-77 a script"),
        pytest.param("x" * 10_000, id="S-77 too long"),
        pytest.param("{good}\r\nSet-Cookie: a=b", id="S-77 line ends"),
        pytest.param("{good}\n", id="S-77 a line end behind"),
        pytest.param("{good}0", id="S-77 a departure that never was"),
        pytest.param("{good}.1", id="S-77 two numbers"),
        pytest.param("{upper}", id="S-77 in capitals"),
        pytest.param("", id="S-77 empty"),
        pytest.param("%00", id="S-77 NUL"),
    ],
)
def test_a_handle_is_nothing_but_ours(world: World, handle: str) -> None:
    asked = visit(world)
    good = asked.relay_state
    value = handle.replace("{good}", good).replace("{upper}", good.upper())
    turned_away(asked.bring([asked.fields[0], ("RelayState", value)]), *UNSOLICITED)
    accepted(asked)  # an answer with an unknown handle touches nothing


def test_S_77_no_handle_or_one_of_no_login_is_refused(world: World) -> None:
    asked = visit(world)
    turned_away(asked.bring([asked.fields[0]]), *UNSOLICITED)
    unknown = ("0" * 26) + ".1"
    turned_away(asked.bring([asked.fields[0], ("RelayState", unknown)]), *EXPIRED)
    accepted(asked)
