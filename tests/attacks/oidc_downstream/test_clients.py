"""How a portal proves who it is at the token endpoint: by its registered method, and only so."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import quote

import pytest
import yaml

from tests.broker.answers import unauthenticated
from tests.broker.clients import SECRET, portal_ec_key
from tests.broker.portal import (
    ASSERTION_TYPE,
    FORM,
    ISSUER,
    Portal,
    assertion,
    basic,
    by_assertion,
    set_clock,
)
from tests.world import World


def raw_basic(text: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}


GOOD_BASIC = {"Authorization": basic("by-basic", SECRET)}
GOOD_POST = {"client_id": "by-post", "client_secret": SECRET}
ENCODED = quote(SECRET, safe="")


@pytest.mark.parametrize("client", ["by-basic", "by-post", "by-key", "by-ec-key", "public"])
def test_each_method_is_accepted_from_a_client_that_registered_it(
    portals: dict[str, Portal], client: str
) -> None:
    portal = portals[client]
    if client == "by-ec-key":
        made = assertion(client, key=portal_ec_key(), header={"alg": "ES256", "kid": "portal-2"})
        code = portal.code()
        assert portal.token({**portal.redemption(code), **by_assertion(made)}).status == 200
    else:
        assert "id_token" in portal.tokens(portal.code())


@pytest.mark.parametrize(
    ("client", "fields", "headers"),
    [
        pytest.param("by-basic", {}, {}, id="O-13 nothing"),
        pytest.param("by-basic", {"client_id": "by-basic"}, {}, id="O-13 a name alone"),
        pytest.param("by-key", {"client_id": "by-key"}, {}, id="O-13 a name and no key"),
        pytest.param("by-post", {"client_id": "by-post"}, {}, id="O-13 a name and no secret"),
        pytest.param(
            "by-post", {"client_id": "by-post", "client_secret": ""}, {}, id="O-13 empty secret"
        ),
        pytest.param(
            "by-post", {}, {"Authorization": basic("by-post", SECRET)}, id="O-13 Basic for post"
        ),
        pytest.param(
            "by-basic",
            {"client_id": "by-basic", "client_secret": SECRET},
            {},
            id="O-13 post for Basic",
        ),
        pytest.param(
            "by-key", {"client_id": "by-key", "client_secret": SECRET}, {}, id="O-13 secret for key"
        ),
        pytest.param("by-basic", {"client_id": "public"}, GOOD_BASIC, id="O-13 two names"),
        pytest.param("by-basic", {}, raw_basic(f"by-basic:{SECRET}x"), id="O-13 wrong secret"),
        pytest.param("by-basic", {}, raw_basic("by-basic:"), id="O-13 no secret"),
        pytest.param("by-basic", {}, raw_basic("by-basic"), id="O-13 no colon"),
        pytest.param("by-basic", {}, raw_basic(f":{ENCODED}"), id="O-13 no name"),
        pytest.param("by-basic", {}, raw_basic(f"by-basic:{quote(ENCODED)}"), id="O-13 twice"),
        pytest.param("by-basic", {}, raw_basic(f"by-bas%ic:{SECRET}"), id="O-13 a broken name"),
        pytest.param("by-basic", {}, raw_basic(f"by-basic:{ENCODED}%"), id="O-13 half an escape"),
        pytest.param("by-basic", {}, raw_basic(f"by-basic:{ENCODED}%zz"), id="O-13 no escape"),
        pytest.param("by-basic", {}, {"Authorization": "Basic"}, id="O-13 empty"),
        pytest.param("by-basic", {}, {"Authorization": "Basic ~~~"}, id="O-13 no base64"),
        pytest.param("by-basic", {}, {"Authorization": "Basic /w=="}, id="O-13 no text"),
        pytest.param(
            "by-basic",
            {},
            {"Authorization": GOOD_BASIC["Authorization"].replace("Basic", "Digest")},
            id="O-13 another scheme",
        ),
        pytest.param(
            "by-basic",
            {},
            {"Authorization": GOOD_BASIC["Authorization"].replace("Basic", "Bearer")},
            id="O-13 Bearer",
        ),
        pytest.param("public", {}, {}, id="O-13 nobody"),
        pytest.param("public", {"client_id": "nobody"}, {}, id="O-13 unknown"),
        pytest.param(
            "public", {"client_id": "public", "client_secret": "x"}, {}, id="O-13 secret of none"
        ),
        pytest.param(
            "by-key", {"client_assertion_type": ASSERTION_TYPE}, {}, id="O-14 no assertion"
        ),
        pytest.param("by-key", {"client_assertion": "a.b.c"}, {}, id="O-14 no type"),
        pytest.param(
            "by-key",
            {**by_assertion("a.b.c"), "client_assertion_type": "saml"},
            {},
            id="O-14 another type",
        ),
    ],
)
def test_a_client_that_does_not_prove_itself_gets_nothing(
    portals: dict[str, Portal], client: str, fields: dict[str, str], headers: dict[str, str]
) -> None:
    portal = portals[client]
    code = portal.code()
    answer = portal.token({**portal.redemption(code), **fields}, headers)
    unauthenticated(answer)
    assert portal.redeem(code).status == 200


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"client_secret": SECRET}, id="O-13 two methods"),
        pytest.param(by_assertion("a.b.c"), id="O-13 Basic and an assertion"),
    ],
)
def test_a_client_that_proves_itself_twice_gets_nothing(
    portals: dict[str, Portal], fields: dict[str, str]
) -> None:
    portal = portals["by-basic"]
    code = portal.code()
    answer = portal.token({**portal.redemption(code), **fields}, GOOD_BASIC)
    assert (answer.status, answer.json()["error"]) == (400, "invalid_request")
    assert portal.redeem(code).status == 200


def test_O_13_a_secret_in_the_address_is_refused(portals: dict[str, Portal]) -> None:
    portal = portals["by-post"]
    form = portal.redemption(portal.code())
    answer = portal.token(form, query=f"?client_id=by-post&client_secret={ENCODED}")
    assert (answer.status, answer.json()["error"]) == (400, "invalid_request")
    assert portal.token({**form, **GOOD_POST}).status == 200


def test_O_13_a_secret_is_changed_without_a_gap(world: World) -> None:
    """Two digests may stand side by side; each of them opens, nothing else does."""
    set_clock(world)
    document = world.runtime.configuration.oidc_clients["by-post"].model_dump(mode="json")
    digests = [hashlib.sha256(s.encode()).hexdigest() for s in ("new secret", SECRET)]
    world.apply(
        yaml.safe_dump({"kind": "Client", **document, "client_id": "two", "secret_sha256": digests})
    )
    portal = Portal(world, "two")
    for secret, status in (("new secret", 200), (SECRET, 200), ("other", 401), (digests[0], 401)):
        form = portal.redemption(portal.code())
        answer = portal.token({**form, "client_id": "two", "client_secret": secret})
        assert answer.status == status, secret


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_O_34_the_token_endpoint_takes_post_alone(world: World, method: str) -> None:
    answer = world.wire.request(method, f"{ISSUER}/token", None, GOOD_BASIC)
    assert answer.status == 405


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", '{"grant_type":"authorization_code"}'),
        ("text/plain", "grant_type=authorization_code"),
        ("multipart/form-data; boundary=x", "--x--"),
        ("", "grant_type=authorization_code"),
    ],
)
def test_O_34_another_content_type_is_refused(world: World, kind: str, body: str) -> None:
    headers = {**GOOD_BASIC, **({"Content-Type": kind} if kind else {})}
    answer = world.wire.request("POST", f"{ISSUER}/token", body, headers)
    assert (answer.status, answer.json()["error"]) == (400, "invalid_request")


def test_O_34_errors_are_json_that_nobody_keeps(portals: dict[str, Portal]) -> None:
    portal = portals["by-basic"]
    form = list(portal.redemption("x").items())
    for answer in (
        portal.token(form, GOOD_BASIC),
        portal.token([*form, form[0]], GOOD_BASIC),
        portal.token(form),
        portal.token([], GOOD_BASIC),
        portal.world.wire.request("POST", f"{ISSUER}/token", "%zz=%&&&", {**FORM, **GOOD_BASIC}),
    ):
        assert answer.status in (400, 401)
        assert answer.header("Content-Type") == "application/json"
        assert answer.header("Cache-Control") == "no-store"
        assert answer.json().keys() == {"error", "error_description"}
        assert b"<" not in answer.body


@pytest.mark.parametrize("name", ["grant_type", "code", "redirect_uri", "code_verifier"])
def test_O_05_a_parameter_of_the_token_endpoint_comes_once(
    portals: dict[str, Portal], name: str
) -> None:
    portal = portals["by-basic"]
    form = portal.redemption(portal.code())
    answer = portal.token([*form.items(), (name, form[name])], GOOD_BASIC)
    assert (answer.status, answer.json()["error"]) == (400, "invalid_request")
    assert portal.token(form, GOOD_BASIC).status == 200
