"""Received text in a trace: enough to compare, nothing that may be a secret."""

from __future__ import annotations

import pytest

from broker.oidc.errors import Refused
from broker.texts import reasons
from broker.web.refusals import LONGEST, shown_address

REGISTERED = ("https://portal.example/callback?kept=yes",)


@pytest.mark.parametrize("reason", Refused)
def test_every_reason_is_explained(reason: Refused) -> None:
    assert reasons.find(reason) is not None


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("https://portal.example/callback/", "https://portal.example/callback/"),
        ("https://portal.example/cb?kept=yes", "https://portal.example/cb?kept=yes"),
        ("https://portal.example/cb?token=abc&x=", "https://portal.example/cb?token=...&x="),
        ("https://portal.example/cb?", "https://portal.example/cb?"),
        ("https://portal.example/cb#abc", "https://portal.example/cb#..."),
        ("https://portal.example/cb#", "https://portal.example/cb#"),
        ("https://jan:abc@portal.example/cb", "https://...@portal.example/cb"),
        ("https://[half?token=abc", "https://[half"),
        ("http://127.0.0.1:9000/callback", "http://127.0.0.1:9000/callback"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("https://portal.example/\u202ecb\r\nx", "https://portal.example/?cbx"),
        ("callback", "callback"),
    ],
)
def test_an_address_is_kept_without_what_it_carries(sent: str, kept: str) -> None:
    assert shown_address(sent, REGISTERED) == kept


def test_an_address_is_one_line_and_not_long() -> None:
    assert shown_address("a\u2028b\x00c") == "a?b?c"
    assert shown_address("x" * 9000) == "x" * LONGEST + "…"
