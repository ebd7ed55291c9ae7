"""What our own rules forbid says what was seen, by which rule, and what to write in which setting;
what failed says whose it is.
"""

from __future__ import annotations

import pytest

from state.addresses import RULES, OutgoingRefused
from state.outgoing import OutgoingClient, OutgoingFailed
from state.outgoing_failures import FAILURES


@pytest.mark.parametrize(
    ("url", "addresses", "reason", "told"),
    [
        ("http://idp.example/", [], "scheme", ("only https", "correct the address")),
        ("ftp://idp.example/", [], "scheme", ("ftp", "only https")),
        ("https://u@idp.example/", [], "userinfo", ("no user name",)),
        ("https://idp.example/#x", [], "url_malformed", ("no fragment",)),
        ("https://idp/", [], "host", ("idp:443", 'add "idp" to outgoing.allow')),
        ("https://10.1.2.3/", [], "host", ('add "10.1.2.3" to outgoing.allow',)),
        ("https://[fd12::1]:9443/", [], "host", ('add "[fd12::1]:9443" to outgoing.allow',)),
        ("https://idp.example:9443/", [], "port", ("443 and 8443", '"idp.example:9443"')),
        (
            "https://idp.example/",
            ["10.1.2.3"],
            "address",
            ("10.1.2.3 of idp.example", 'add "idp.example" to outgoing.allow'),
        ),
        (
            "https://idp.example/",
            ["169.254.169.254"],
            "address_never",
            ("169.254.169.254 of idp.example", "never called"),
        ),
    ],
)
def test_a_refusal_names_what_was_seen_the_rule_and_the_setting(
    url: str, addresses: list[str], reason: str, told: tuple[str, ...]
) -> None:
    with pytest.raises(OutgoingRefused) as caught:
        OutgoingClient(resolver=lambda _host, _port: addresses).get(url)
    refused = caught.value
    assert refused.reason == reason
    assert refused.rule == RULES[reason].says and refused.rule in str(refused)
    assert refused.setting == RULES[reason].setting
    for part in told:
        assert part in str(refused)
    assert ("outgoing.allow" in str(refused)) == (refused.setting == "outgoing.allow")


@pytest.mark.parametrize(
    ("url", "addresses"),
    [
        ("https://idp/", ["10.1.2.3"]),
        ("https://10.1.2.3/", ["10.1.2.3"]),
        ("https://[fd12::1]:9443/", ["fd12::1"]),
        ("https://idp.example:9443/", ["93.184.216.34"]),
        ("https://idp.example/", ["10.1.2.3"]),
    ],
)
def test_what_a_refusal_says_to_write_is_enough(
    url: str, addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("socket.create_connection", refuse)
    with pytest.raises(OutgoingRefused) as caught:
        OutgoingClient(resolver=lambda _host, _port: addresses).get(url)
    allow = [caught.value.entry.strip('"')]
    with pytest.raises(OutgoingFailed, match="refused"):
        OutgoingClient(allow=allow, resolver=lambda _host, _port: addresses).get(url)


def test_an_address_can_be_judged_without_calling_it() -> None:
    def never(host: str, port: int) -> list[str]:
        raise AssertionError

    outgoing = OutgoingClient(resolver=never)
    assert outgoing.check("https://idp.example:8443/a").authority == "idp.example:8443"
    with pytest.raises(OutgoingRefused):
        outgoing.check("https://idp.example:22/")


@pytest.mark.parametrize("reason", FAILURES)
def test_a_failure_says_what_it_means_and_which_setting_may_be_wrong(reason: str) -> None:
    failed = OutgoingFailed(reason)
    assert str(failed) == reason
    assert failed.explained.startswith(f"{reason}: ")
    assert failed.setting in failed.explained
    assert not (failed.is_silence and failed.is_of_proxy)


def test_a_failure_of_another_kind_is_one_all_the_same() -> None:
    failed = OutgoingFailed("unheard_of")
    assert (failed.setting, failed.is_silence, failed.is_of_proxy) == ("", False, False)
