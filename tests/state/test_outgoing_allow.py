"""Who is called beyond the open internet: how it is written, and what that covers."""

from __future__ import annotations

import ipaddress

import pytest

from state.ip_addresses import is_never, is_public
from state.outgoing_allow import AllowedParty, parse_party, read_allowed

USUAL = frozenset({443, 8443})


@pytest.mark.parametrize(
    ("entry", "host", "network", "port"),
    [
        ("idp.intern", "idp.intern", None, None),
        ("IdP.Intern:9443", "idp.intern", None, 9443),
        ("keycloak", "keycloak", None, None),
        ("xn--bcher-kva.example", "xn--bcher-kva.example", None, None),
        ("10.1.2.3", None, "10.1.2.3/32", None),
        ("10.1.2.3:8080", None, "10.1.2.3/32", 8080),
        ("10.0.0.0/8", None, "10.0.0.0/8", None),
        ("172.16.0.0/12:9443", None, "172.16.0.0/12", 9443),
        ("fd00::/8", None, "fd00::/8", None),
        ("fd12:3456::1", None, "fd12:3456::1/128", None),
        ("[fd00::/8]:9443", None, "fd00::/8", 9443),
        ("[fd12:3456::1]", None, "fd12:3456::1/128", None),
        ("203.0.113.0/24:9443", None, "203.0.113.0/24", 9443),
    ],
)
def test_an_entry_is_a_name_an_address_or_a_network_with_or_without_a_port(
    entry: str, host: str | None, network: str | None, port: int | None
) -> None:
    expected = ipaddress.ip_network(network) if network is not None else None
    assert parse_party(entry) == AllowedParty(host, expected, port)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("", "host name"),
        ("https://idp.intern", "host name"),
        ("idp.intern/path", "host name"),
        ("idp.intern.", "host name"),
        ("*.intern", "host name"),
        ("bücher.example", "host name"),
        ("127.1", "host name"),
        ("0x7f.0.0.1", "host name"),
        ("a b", "host name"),
        ("idp.intern:", "a port is a number"),
        ("idp.intern:https", "a port is a number"),
        ("idp.intern:0", "a port is a number"),
        ("idp.intern:65536", "a port is a number"),
        ("10.1.2.3/8", "written 10.0.0.0/8"),
        ("localhost", "this machine itself"),
        ("demo.localhost", "this machine itself"),
        ("127.0.0.0/8", "never called"),
        ("127.0.0.1", "never called"),
        ("::1", "never called"),
        ("169.254.0.0/16", "never called"),
        ("fe80::/10", "never called"),
        ("224.0.0.0/4", "never called"),
        ("0.0.0.0/0", "never called"),
        ("::/0", "never called"),
        ("::ffff:127.0.0.1", "never called"),
    ],
)
def test_what_cannot_be_meant_is_told_with_what_to_write(entry: str, told: str) -> None:
    with pytest.raises(ValueError, match=told) as refused:
        parse_party(entry)
    assert repr(entry) in str(refused.value)


@pytest.mark.parametrize(
    ("entry", "host", "port", "named"),
    [
        ("idp.intern", "idp.intern", 443, True),
        ("idp.intern", "idp.intern", 8443, True),
        ("idp.intern", "idp.intern", 9443, False),
        ("idp.intern:9443", "idp.intern", 9443, True),
        ("idp.intern:9443", "idp.intern", 443, False),
        ("idp.intern", "a.idp.intern", 443, False),
        ("idp.intern", "intern", 443, False),
        ("10.0.0.0/8", "idp.intern", 443, False),
    ],
)
def test_a_name_is_exact_and_so_is_its_port(entry: str, host: str, port: int, named: bool) -> None:
    assert read_allowed([entry], USUAL).names(host, port) is named


@pytest.mark.parametrize(
    ("entry", "address", "port", "held"),
    [
        ("10.0.0.0/8", "10.255.255.255", 443, True),
        ("10.0.0.0/8", "11.0.0.0", 443, False),
        ("10.0.0.0/8", "::ffff:10.1.2.3", 443, True),
        ("10.0.0.0/8", "10.1.2.3", 9443, False),
        ("10.0.0.0/8:9443", "10.1.2.3", 9443, True),
        ("fd00::/8", "fd12::1", 443, True),
        ("fd00::/8", "10.1.2.3", 443, False),
        ("idp.intern", "10.1.2.3", 443, False),
    ],
)
def test_a_network_holds_its_addresses_and_no_others(
    entry: str, address: str, port: int, held: bool
) -> None:
    assert read_allowed([entry], USUAL).holds(ipaddress.ip_address(address), port) is held


@pytest.mark.parametrize(
    ("address", "never"),
    [
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("fd12:3456::1", False),
        ("203.0.113.7", False),
        ("93.184.216.34", False),
        ("64:ff9b::5db8:d822", False),
        ("::ffff:10.1.2.3", False),
        ("127.0.0.1", True),
        ("::1", True),
        ("0.0.0.0", True),
        ("0.1.2.3", True),
        ("169.254.169.254", True),
        ("168.63.129.16", True),
        ("192.0.0.192", True),
        ("100.100.100.200", True),
        ("fd00:ec2::254", True),
        ("fd20:ce::254", True),
        ("fe80::1", True),
        ("224.0.0.1", True),
        ("255.255.255.255", True),
        ("::ffff:127.0.0.1", True),
        ("::127.0.0.1", True),
        ("64:ff9b::7f00:1", True),
        ("64:ff9b::a01:203", True),
        ("2002:7f00:1::", True),
    ],
)
def test_some_addresses_nobody_can_allow(address: str, never: bool) -> None:
    found = ipaddress.ip_address(address)
    assert is_never(found) is never
    assert not (never and is_public(found))
