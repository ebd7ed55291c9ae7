"""Sectors: one host, what was named, or the client alone; and what an earlier version had stays."""

from __future__ import annotations

import pytest

from directory.sectors import hosts_of, sector
from tests.broker.examples import a_client

APP, LOOPBACK = "nl.example.app:/callback", "http://127.0.0.1/callback"
A, B = "https://a.example/callback", "https://b.example/callback"


@pytest.mark.parametrize(
    ("uris", "named", "found"),
    [
        ((A,), None, "a.example"),
        (("https://A.example:8443/x", A), None, "a.example"),
        ((A, B), None, "client:portal"),
        ((A, B), "a.example", "a.example"),
        ((A,), "client:portal", "client:portal"),
        ((APP,), "client:portal", "client:portal"),
        ((APP,), None, ""),  # as it was before apps had sectors of their own
        ((LOOPBACK,), None, "127.0.0.1"),
        ((APP, A), None, "client:portal"),
        (("https://[::1/callback", A), None, "a.example"),  # from before the rules
        (("https://[::1/callback",), None, "client:portal"),
    ],
)
def test_the_sector_of_what_stands(uris: tuple[str, ...], named: str | None, found: str) -> None:
    client = a_client(redirect_uris=uris, sector_identifier=named)
    assert sector(client) == found


@pytest.mark.parametrize(
    ("kind", "uris", "hosts"),
    [
        ("web", (A, B), {"a.example", "b.example"}),
        ("web", (A, LOOPBACK), {"a.example", "127.0.0.1"}),
        ("web", (LOOPBACK, "http://[::1]/callback"), set()),
        ("native", (A, LOOPBACK, APP), {"a.example"}),
        ("native", (APP, LOOPBACK), set()),
    ],
)
def test_what_is_every_apps_is_no_host(kind: str, uris: tuple[str, ...], hosts: set[str]) -> None:
    assert hosts_of(a_client(application_type=kind, redirect_uris=uris)) == hosts
