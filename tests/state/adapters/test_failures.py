"""What operators read of a message that was not delivered."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from state import adapters, outbox
from state.adapters.failures import explained


def _words() -> set[str]:
    """What the adapters say that is one fixed word."""
    found = {outbox.TOO_LATE, "too_large"}
    for path in Path(adapters.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "DeliveryFailed":
                said = node.args[0]
                if isinstance(said, ast.Constant):
                    found.add(str(said.value))
    return found


def test_every_word_of_an_adapter_has_a_meaning() -> None:
    words = _words()
    assert {"no_adapter", "recipient_refused"} <= words
    assert [word for word in words if explained(word) == word] == []


@pytest.mark.parametrize("reason", ["recipient_refused", "notify_refused"])
def test_an_address_or_a_key_that_is_refused_is_no_port_where_nobody_listens(reason: str) -> None:
    assert "nobody listens" not in explained(reason)
    assert "nobody listens" in explained("smtp_connection_refused")


@pytest.mark.parametrize("reason", ["", "webhook_503", "smtp_421", "notify_400"])
def test_a_word_that_says_all_stays_bare(reason: str) -> None:
    assert explained(reason) == reason
