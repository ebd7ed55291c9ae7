"""Kinds of IP addresses: on the open internet, inside a network, or never to be called, by the
registries of special-purpose addresses (RFC 6890).
"""

from __future__ import annotations

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_IPv4 = ipaddress.IPv4Address
_IPv6 = ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Python counts these as global or leaves them open; they carry or reach other networks' insides.
_ALSO_INSIDE = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "192.0.0.0/24",  # protocol assignments, and the metadata of a cloud
        "168.63.129.16/32",  # a cloud's host agent on a public address
        "192.88.99.0/24",  # 6to4 relays
        "::/96",  # IPv4-compatible
        "64:ff9b:1::/48",  # local NAT64
        "100::/64",
        "2001::/23",  # Teredo, ORCHID and other protocol assignments
        "2002::/16",  # 6to4
        "fec0::/10",  # site-local
    )
)

_NEVER = (
    *_ALSO_INSIDE,
    *(
        ipaddress.ip_network(text)
        for text in (
            "100.100.100.200/32",  # metadata of clouds, from here on
            "fd00:ec2::/32",
            "fd20:ce::/64",
        )
    ),
)


def is_public(address: Address) -> bool:
    """True for an address on the open internet, looking through IPv4 that is wrapped in IPv6."""
    if isinstance(address, _IPv6):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(_IPv4(int(address) & 0xFFFFFFFF))
    if address.is_multicast or address.is_reserved or address.is_unspecified:
        return False
    if any(address.version == net.version and address in net for net in _ALSO_INSIDE):
        return False
    return address.is_global


def is_never(address: Address) -> bool:
    """True for an address that nobody can allow: this machine itself, its link, many at once,
    tunnels, and what hands out the secrets of a cloud machine.
    """
    if isinstance(address, _IPv6):
        if address.ipv4_mapped is not None:
            return is_never(address.ipv4_mapped)
        if address in _NAT64:  # never of an inside address (RFC 6052 §3.1)
            return not is_public(address)
    if address.is_loopback or address.is_link_local or address.is_multicast:
        return True
    if address.is_reserved or address.is_unspecified:
        return True
    return any(address.version == net.version and address in net for net in _NEVER)
