"""Where the answer of the authorization endpoint goes: to an address that the client registered.

With client or address in doubt there is a page of ours and no redirect.
"""

from __future__ import annotations

import pytest

from tests.broker.answers import goes_on, shows_page
from tests.broker.clients import HOST, REDIRECT_URI
from tests.broker.portal import (
    Portal,
    query_of,
)

DISGUISES = (
    pytest.param("https://elders.example/callback", id="O-01 unknown"),
    pytest.param(REDIRECT_URI + "/", id="O-01 a slash more"),
    pytest.param(REDIRECT_URI + "/../callback", id="O-01 dots in the path"),
    pytest.param(REDIRECT_URI + "/%2e%2e/callback", id="O-01 encoded dots"),
    pytest.param(REDIRECT_URI.replace("callback", "Callback"), id="O-01 a capital"),
    pytest.param(REDIRECT_URI.replace("callback", "c%61llback"), id="O-01 an encoded letter"),
    pytest.param(REDIRECT_URI + "?x=1", id="O-01 a query"),
    pytest.param(REDIRECT_URI + "?", id="O-01 an empty query"),
    pytest.param(REDIRECT_URI + "#f", id="O-01 a fragment"),
    pytest.param(REDIRECT_URI + "#", id="O-01 an empty fragment"),
    pytest.param(REDIRECT_URI + " ", id="O-01 a space behind"),
    pytest.param(" " + REDIRECT_URI, id="O-01 a space before"),
    pytest.param(REDIRECT_URI + "\n", id="O-01 a line end"),
    pytest.param(REDIRECT_URI + "\x00", id="O-01 a null"),
    pytest.param("https" + REDIRECT_URI.removeprefix("http"), id="O-01 https for http"),
    pytest.param("HTTP" + REDIRECT_URI.removeprefix("http"), id="O-01 the scheme in capitals"),
    pytest.param(f"http://{HOST}@elders.example/callback", id="O-01 the host as a name"),
    pytest.param(f"http://elders.example@{HOST}/callback", id="O-01 a name before the host"),
    pytest.param(f"http://elders.example\\@{HOST}/callback", id="O-01 a backslash"),
    pytest.param(f"http://{HOST}.elders.example/callback", id="O-01 the host as a prefix"),
    pytest.param("http://127.0.0.4./callback", id="O-01 a dot behind the host"),
    pytest.param("http://127.0.0.4:9001/callback", id="O-01 another port"),
    pytest.param("http://127.0.0.4/callback", id="O-01 without the port"),
    pytest.param("//127.0.0.4:9000/callback", id="O-01 without a scheme"),
    pytest.param("/callback", id="O-01 a path alone"),
    pytest.param("javascript:alert(1)", id="O-01 a script"),
    pytest.param("http://127。0。0。4:9000/callback", id="O-01 other dots"),
)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("uri", DISGUISES)
def test_an_answer_goes_to_the_registered_address_and_nowhere_else(
    portal: Portal, uri: str, method: str
) -> None:
    shows_page(portal.ask(portal.request(redirect_uri=uri), method), "SLS-4002")


@pytest.mark.parametrize(
    ("client", "uri", "is_registered"),
    [
        pytest.param("native", "http://127.0.0.1:9000/callback", True, id="O-02 as registered"),
        pytest.param("native", "http://127.0.0.1:51234/callback", True, id="O-02 another port"),
        pytest.param("native", "http://127.0.0.1/callback", True, id="O-02 no port"),
        pytest.param("native", "http://[::1]:51234/callback", True, id="O-02 IPv6"),
        pytest.param("native", "http://127.0.0.1:51234/other", False, id="O-02 other path"),
        pytest.param("native", "http://127.0.0.1:51234/callback?x", False, id="O-02 a query"),
        pytest.param("native", "http://127.0.0.1:51234/callback#x", False, id="O-02 a fragment"),
        pytest.param("native", "https://127.0.0.1:51234/callback", False, id="O-02 https"),
        pytest.param("native", "http://localhost:51234/callback", False, id="O-02 localhost"),
        pytest.param("native", "http://127.0.0.2:51234/callback", False, id="O-02 another host"),
        pytest.param("native", "http://127.0.0.1.evil:80/callback", False, id="O-02 look-alike"),
        pytest.param("native", "http://x@127.0.0.1:80/callback", False, id="O-02 a user"),
        pytest.param("native", "http://127.0.0.1:99999/callback", False, id="O-02 no such port"),
        pytest.param("native", "http://127.0.0.1:x/callback", False, id="O-02 port of letters"),
        pytest.param("native", "http://[::1/callback", False, id="O-02 half an address"),
        pytest.param("web-on-loopback", "http://127.0.0.1:9000/callback", True, id="O-02 web"),
        pytest.param(
            "web-on-loopback", "http://127.0.0.1:51234/callback", False, id="O-02 web, other port"
        ),
    ],
)
def test_only_a_native_client_may_choose_the_port(
    portal: Portal, client: str, uri: str, is_registered: bool
) -> None:
    answer = portal.ask(portal.request(client_id=client, redirect_uri=uri))
    if is_registered:
        goes_on(answer)
    else:
        shows_page(answer, "SLS-4002")


@pytest.mark.parametrize("client", ["by-basic", "two-addresses"])
@pytest.mark.parametrize("uri", [None, ""])
def test_O_03_there_is_no_redirect_uri_by_default(
    portal: Portal, client: str, uri: str | None
) -> None:
    shows_page(portal.ask(portal.request(client_id=client, redirect_uri=uri)), "SLS-4002")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"client_id": "nobody"}, id="O-04 unknown client"),
        pytest.param({"client_id": None}, id="O-04 no client"),
        pytest.param({"client_id": "by-basic\n"}, id="O-04 a line end"),
        pytest.param({"client_id": "BY-BASIC"}, id="O-04 in capitals"),
        pytest.param({"client_id": "x" * 9000}, id="O-04 a huge client"),
        pytest.param({"redirect_uri": "http://a.example/" + "x" * 9000}, id="O-04 a huge address"),
        pytest.param({"client_id": "nobody", "prompt": "none"}, id="O-04 no pages wanted"),
        pytest.param({"redirect_uri": "http://a.example/", "prompt": "none"}, id="O-04 address"),
        pytest.param({"redirect_uri": "http://a.example/", "scope": None}, id="O-04 two mistakes"),
    ],
)
def test_an_error_goes_nowhere_while_the_address_is_not_known(
    portal: Portal, changes: dict[str, str | None]
) -> None:
    answer = portal.ask(portal.request(**changes))
    assert answer.status == 400
    assert answer.header("Location") is None
    assert b"SLS-400" in answer.body


def test_an_answer_keeps_the_query_of_the_registered_address(portal: Portal) -> None:
    uri = f"http://{HOST}/one?kept=yes"
    asked = portal.request(client_id="two-addresses", redirect_uri=uri, scope="profile")
    place = portal.ask(asked).header("Location") or ""
    assert place.startswith(uri + "&")
    assert query_of(place)["error"] == "invalid_scope"
