"""Addresses in registrations: each mistake that was seen, beside addresses that work."""

from __future__ import annotations

import pytest

from directory.web_addresses import (
    done_fault,
    is_loopback_host,
    link_fault,
    odd_host,
    return_fault,
)

GOOD = (
    "https://portal.example.nl/callback",
    "https://portal.example.nl/callback/",
    "https://portal.example.nl:8443/a?kept=yes&tenant=1",
    "https://portal.example.nl/signin-oidc;v=1/(x)/~a/%C3%A9",
    "https://portaal/callback",  # a name inside a network
    "https://10.1.2.3/callback",
    "https://[2001:db8::1]/callback",
    "https://xn--bcher-kva.example/callback",
    "https://OK.example/callback",
    "https://a_b.example/callback",
    "http://localhost:3000/callback",
    "http://127.0.0.1:8002/callback",
    "http://[::1]/callback",
)
BAD = {
    "": "empty",
    " ": "empty",
    "javascript:alert(1)": "only https",
    "data:text/html,x": "only https",
    "file:///etc/passwd": "only https",
    "ftp://portal.example/": "only https",
    "http://portal.example/callback": "http",
    "http://10.0.0.1/callback": "http",
    "http://localhost.example/callback": "http",
    "https://*.example/callback": "wildcard",
    "https://portal.example/*": "wildcard",
    "https://jan@portal.example/callback": "user name",
    "https://jan:geheim@portal.example/callback": "user name",
    "/callback": "scheme",
    "//portal.example/callback": "scheme",
    "portal.example/callback": "scheme",
    "portal.example:8443/callback": "only https",
    "https:/portal.example/callback": "no host",
    "https://": "no host",
    "https:///callback": "no host",
    " https://portal.example/callback": "space",
    "https://portal.example/call back": "space",
    "https://portal.example/callback\r\nX-A: b": "line break",
    "https://portal.example/call\tback": "invisible",
    "https://portal.example/\u200bcallback": "invisible",
    "https://bücher.example/callback": "ASCII",
    "https://portal.example\\@evil.example/": "RFC 3986",
    "https://portal.example/%zz": "RFC 3986",
    "https://portal.example/<x>": "RFC 3986",
    "https://portal.example:99999/": "cannot be read",
    "https://portal.example:port/": "cannot be read",
    "https://[::1/": "cannot be read",
    "https://por..tal.example/": "host",
    "https://-portal.example/": "host",
    "https://127.1/": "host",
    "https://portal.example/" + "a" * 2000: "too long",
    "myapp:/callback": "only https",
}


@pytest.mark.parametrize("address", GOOD)
def test_an_address_that_works_is_taken_for_every_use(address: str) -> None:
    for native in (False, True):
        assert return_fault(address, native=native) is None
        assert done_fault(address, native=native) is None
    assert link_fault(address) is None


@pytest.mark.parametrize(("address", "what"), BAD.items(), ids=[text[:40] for text in BAD])
def test_an_address_that_cannot_work_is_told_with_what_to_write(address: str, what: str) -> None:
    for fault in (
        return_fault(address, native=False),
        done_fault(address, native=False),
        link_fault(address),
    ):
        assert fault is not None and what in fault.what, fault
        assert fault.instead


@pytest.mark.parametrize(
    "address",
    [
        "nl.example.app:/callback",
        "nl.example.app://callback",  # AppAuth
        "com.example.my-app:/oauth2redirect",
        "http://127.0.0.1/callback",
        "http://localhost:8400/callback",
        "https://app.example.nl/callback",
    ],
)
def test_an_app_may_have_a_scheme_of_its_own(address: str) -> None:
    assert return_fault(address, native=True) is None


@pytest.mark.parametrize(
    "address",
    [
        "myapp:/callback",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "nl.example.app:/call back",
        "nl.example.app:/callback#x",
        "nl.example.app:/*",
        "http://portal.example/callback",
        "",
    ],
)
def test_an_app_may_not_have_every_scheme(address: str) -> None:
    assert return_fault(address, native=True) is not None


def test_who_registers_an_app_as_a_web_site_hears_how_to_say_that_it_is_one() -> None:
    app = return_fault("nl.example.app:/callback", native=False)
    assert app is not None and "application_type: native" in app.instead
    for address in ("javascript:alert(1)", "myapp:/callback", "http://portal.example/"):
        fault = return_fault(address, native=False)
        assert fault is not None and "native" not in fault.instead


def test_a_fragment_hides_an_answer_and_is_no_harm_in_a_link() -> None:
    address = "https://portal.example/#/start"
    assert return_fault(address, native=False) is not None
    assert done_fault(address, native=False) is not None
    assert link_fault(address) is None


@pytest.mark.parametrize("name", ["code", "state", "iss", "error"])
def test_a_name_of_the_answer_cannot_stand_in_the_query(name: str) -> None:
    address = f"https://portal.example/?a=1&{name}="
    assert return_fault(address, native=False) is not None
    assert link_fault(address) is None


@pytest.mark.parametrize(
    ("address", "is_odd"),
    [
        ("https://OK.example/Callback", True),
        ("HTTPS://ok.example/", True),
        ("https://ok.example/Callback?A=B", False),
        ("nl.example.app:/Callback", False),
    ],
)
def test_capitals_are_odd_in_scheme_and_host_alone(address: str, is_odd: bool) -> None:
    assert odd_host(address) is is_odd


@pytest.mark.parametrize(
    ("host", "is_loopback"),
    [
        ("localhost", True),
        ("app.localhost", True),
        ("127.0.0.2", True),
        ("::1", True),
        ("localhost.example", False),
        ("128.0.0.1", False),
        ("0.0.0.0", False),
        ("", False),
    ],
)
def test_loopback_is_this_machine(host: str, is_loopback: bool) -> None:
    assert is_loopback_host(host) is is_loopback
