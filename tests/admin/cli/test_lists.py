"""A list that is empty says so."""

from __future__ import annotations

import pytest

from tests.admin.cli.conftest import Sluis


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("outbox", "list"), "No messages."),
        (("otp", "list"), "No devices."),
        (("operator", "list"), "There is no operator yet."),
        (("keys", "list"), "There are no keys yet."),
        (("export",), "# Nothing is registered."),
    ],
    ids=" ".join,
)
def test_an_empty_list_says_so(sluis: Sluis, command: tuple[str, ...], says: str) -> None:
    first = "migrate" if command[0] == "keys" else "init"  # which makes the keys
    assert sluis(first).exit_code == 0
    done = sluis(*command)
    assert (done.exit_code, done.output[: len(says)]) == (0, says)
