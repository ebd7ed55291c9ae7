"""What a portal asks when somebody logs out, and where that may lead."""

from __future__ import annotations

from typing import Any

import pytest

from broker.downstream import LogoutRequest
from broker.errors import PageError
from broker.oidc import jwt
from broker.oidc.end_session import parse_logout
from broker.oidc.parameters import Parameters
from tests.broker.examples import ISSUER, a_client
from tests.broker.runtimes import make_configuration, make_runtime
from tests.clocks import START
from tests.keys_for_tests import make_keyring

DONE = "https://portal.example/done"
NO_ADDRESSES = (f"{DONE}\r\nX-A: b", "https://[::1/done")  # registered before the rules
PORTAL = a_client(post_logout_redirect_uris=(DONE, f"{DONE}?a=1", *NO_ADDRESSES))
OTHER = a_client(client_id="other")
RUNTIME = make_runtime(make_configuration(clients=(PORTAL, OTHER)))


def hint_of(client: Any = PORTAL, issuer: str = ISSUER) -> str:
    return jwt.id_token(
        keyring=make_keyring(),
        issuer=issuer,
        client=client,
        identity={"sub": "pseudonym"},
        nonce=None,
        access="a-token",
        sid="a-sid",
        now=START,
    )


def asked(**parameters: str) -> LogoutRequest:
    return parse_logout(Parameters(parameters.items()), RUNTIME)


def test_a_hint_names_portal_and_session() -> None:
    assert asked(id_token_hint=hint_of()) == LogoutRequest("portal", "a-sid")


@pytest.mark.parametrize(
    ("parameters", "request_"),
    [
        ({}, LogoutRequest()),
        ({"client_id": "portal"}, LogoutRequest("portal")),
        ({"client_id": "nobody"}, LogoutRequest("nobody")),
        ({"state": "s"}, LogoutRequest()),
        ({"ui_locales": "fr en-GB nl"}, LogoutRequest(locale="en")),
        ({"ui_locales": "fr"}, LogoutRequest()),
        (
            {"client_id": "portal", "post_logout_redirect_uri": DONE},
            LogoutRequest("portal", None, DONE, DONE),
        ),
        (
            {"client_id": "portal", "post_logout_redirect_uri": DONE, "state": "a b"},
            LogoutRequest("portal", None, DONE, f"{DONE}?state=a+b"),
        ),
        (
            {"client_id": "portal", "post_logout_redirect_uri": f"{DONE}?a=1", "state": "s"},
            LogoutRequest("portal", None, f"{DONE}?a=1", f"{DONE}?a=1&state=s"),
        ),
    ],
)
def test_without_a_hint_it_is_what_the_portal_says_of_itself(
    parameters: dict[str, str], request_: LogoutRequest
) -> None:
    assert asked(**parameters) == request_


@pytest.mark.parametrize(
    ("parameters", "key"),
    [
        ({"post_logout_redirect_uri": DONE}, "redirect_uri_mismatch"),
        ({"client_id": "other", "post_logout_redirect_uri": DONE}, "redirect_uri_mismatch"),
        ({"client_id": "portal", "post_logout_redirect_uri": f"{DONE}/"}, "redirect_uri_mismatch"),
        *(
            ({"client_id": "portal", "post_logout_redirect_uri": text}, "redirect_uri_mismatch")
            for text in NO_ADDRESSES
        ),
        ({"id_token_hint": "x"}, "invalid_request"),
        ({"id_token_hint": hint_of(issuer="https://elders.example")}, "invalid_request"),
        ({"id_token_hint": hint_of(a_client(client_id="withdrawn"))}, "invalid_request"),
        ({"id_token_hint": hint_of(), "client_id": "other"}, "invalid_request"),
        (
            {"id_token_hint": hint_of(OTHER), "post_logout_redirect_uri": DONE},
            "redirect_uri_mismatch",
        ),
    ],
)
def test_nobody_is_led_to_where_no_registration_leads(parameters: dict[str, str], key: str) -> None:
    with pytest.raises(PageError) as error:
        asked(**parameters)
    assert (error.value.status, error.value.public_key) == (400, key)
