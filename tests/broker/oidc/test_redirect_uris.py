"""An address is registered byte for byte; a native app chooses its port on loopback."""

from __future__ import annotations

import pytest

from broker.oidc.redirect_uris import is_registered
from tests.broker.examples import CALLBACK, a_client

LOOPBACK = ("http://127.0.0.1:9000/callback?a=1", "http://[::1]/callback")


@pytest.mark.parametrize(
    ("uri", "registered"),
    [
        (CALLBACK, True),
        (CALLBACK + "/", False),
        (CALLBACK + "?", False),
        (CALLBACK + "#", False),
        (CALLBACK.replace("portal", "Portal"), False),
        (CALLBACK.replace("example/", "example:443/"), False),
        (CALLBACK.removeprefix("https:"), False),
        ("", False),
    ],
)
def test_a_web_address_is_compared_byte_for_byte(uri: str, registered: bool) -> None:
    assert is_registered(a_client(), uri) is registered


@pytest.mark.parametrize(
    ("uri", "native", "web"),
    [
        ("http://127.0.0.1:9000/callback?a=1", True, True),
        ("http://127.0.0.1:51234/callback?a=1", True, False),
        ("http://127.0.0.1/callback?a=1", True, False),
        ("http://[::1]:51234/callback", True, False),
        ("http://127.0.0.1:51234/callback", False, False),
        ("http://[::1]:51234/callback?a=1", False, False),
        ("http://localhost:51234/callback?a=1", False, False),
        ("https://127.0.0.1:51234/callback?a=1", False, False),
        ("http://127.0.0.1:51234/callback?a=1#", False, False),
        ("http://127.0.0.1:x/callback?a=1", False, False),
        ("http://a@127.0.0.1:80/callback?a=1", False, False),
        ("http://[::1/callback", False, False),
    ],
)
def test_only_a_native_client_chooses_the_port_and_only_on_loopback(
    uri: str, native: bool, web: bool
) -> None:
    for kind, registered in (("native", native), ("web", web)):
        client = a_client(redirect_uris=LOOPBACK, application_type=kind)
        assert is_registered(client, uri) is registered


def test_a_native_client_does_not_choose_the_port_of_another_host() -> None:
    client = a_client(application_type="native")
    assert is_registered(client, CALLBACK)
    assert not is_registered(client, CALLBACK.replace("example/", "example:8443/"))
    plain = "http://app.example/callback"  # registered before the rules
    client = a_client(redirect_uris=(plain,), application_type="native")
    assert is_registered(client, plain)
    assert not is_registered(client, "http://app.example:8443/callback")


@pytest.mark.parametrize(
    "uri", [f"{CALLBACK}\r\nX-A: b", f"{CALLBACK}\n", "https://[::1/callback", "https://a:port/"]
)
def test_what_is_no_address_is_not_registered_though_it_stands_there(uri: str) -> None:
    """Registered before the rules: it would break the answer's header, a 500."""
    assert not is_registered(a_client(redirect_uris=(uri, CALLBACK)), uri)
    assert is_registered(a_client(redirect_uris=(uri, CALLBACK)), CALLBACK)
