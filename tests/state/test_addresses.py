"""Which addresses may be called."""

from __future__ import annotations

import ipaddress

import pytest

from state.addresses import (
    OutgoingRefused,
    check_addresses,
    checked_loopback,
    parse_target,
)
from state.ip_addresses import is_public

LISTED = checked_loopback(frozenset({"localhost:8001", "127.0.0.2:8002", "[::1]:8003"}))
PORTS = frozenset({443, 8443})


@pytest.mark.parametrize(
    ("url", "authority", "path"),
    [
        ("https://makelaar.example", "makelaar.example:443", "/"),
        ("https://Makelaar.Example:8443/a?b=c", "makelaar.example:8443", "/a?b=c"),
        ("http://localhost:8001/x", "localhost:8001", "/x"),
        ("http://[::1]:8003/", "[::1]:8003", "/"),
    ],
)
def test_a_target_names_party_and_path(url: str, authority: str, path: str) -> None:
    target = parse_target(url, LISTED, PORTS)
    assert (target.authority, target.path) == (authority, path)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("169.254.169.254", False),
        ("168.63.129.16", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fc00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("::127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d822", True),
        ("2002:7f00:1::", False),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),
    ],
)
def test_only_the_open_internet_is_public(address: str, public: bool) -> None:
    assert is_public(ipaddress.ip_address(address)) is public


@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_inside_address_among_several_spoils_the_name(place: int) -> None:
    """Wherever it stands: which of them is called is not ours to say."""
    target = parse_target("https://makelaar.example/", LISTED, PORTS)
    outside = ["93.184.216.34", "93.184.216.35"]
    check_addresses(target, outside)
    with pytest.raises(OutgoingRefused, match="address"):
        check_addresses(target, [*outside[:place], "10.0.0.1", *outside[place:]])


@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_outside_address_among_several_spoils_a_listed_name(place: int) -> None:
    target = parse_target("http://localhost:8001/", LISTED, PORTS)
    own = ["127.0.0.1", "::1"]
    check_addresses(target, own)
    with pytest.raises(OutgoingRefused, match="address"):
        check_addresses(target, [*own[:place], "93.184.216.34", *own[place:]])


def test_a_listed_name_must_stay_on_loopback() -> None:
    target = parse_target("http://localhost:8001/", LISTED, PORTS)
    check_addresses(target, ["127.0.0.1", "::1"])
    with pytest.raises(OutgoingRefused, match="address"):
        check_addresses(target, ["93.184.216.34"])


@pytest.mark.parametrize("entry", ["example.nl:80", "10.0.0.1:80", "localhost", "0.0.0.0:80"])
def test_only_loopback_can_be_listed(entry: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        checked_loopback(frozenset({entry}))
