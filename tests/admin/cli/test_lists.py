"""A list that is empty says so."""

from __future__ import annotations

import pytest

from sandbox.prepare import Demo
from tests.admin.cli.conftest import Sluis
from tests.installed import copy_initialised


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
def test_an_empty_list_says_so(
    sluis: Sluis, demo: Demo, command: tuple[str, ...], says: str
) -> None:
    if command[0] == "keys":  # init makes them
        assert sluis("migrate").exit_code == 0
    else:
        copy_initialised(demo)
    done = sluis(*command)
    assert (done.exit_code, done.output[: len(says)]) == (0, says)
