"""A bar for who looks at a terminal, and nothing for a program."""

from __future__ import annotations

import io
import sys

import pytest

from admin.cli.progress import SHORT, progress


class _Terminal(io.StringIO):
    def __init__(self, is_one: bool) -> None:
        super().__init__()
        self._is_one = is_one

    def isatty(self) -> bool:
        return self._is_one


@pytest.mark.parametrize(
    ("is_terminal", "length", "is_shown"),
    [(True, SHORT, True), (True, SHORT - 1, False), (False, SHORT, False)],
)
def test_a_bar_is_for_a_terminal_and_for_what_takes_long(
    monkeypatch: pytest.MonkeyPatch, is_terminal: bool, length: int, is_shown: bool
) -> None:
    out, error = _Terminal(is_terminal), _Terminal(is_terminal)
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", error)
    with progress("Documents", length) as more:
        for _ in range(length):
            more(1)
    assert ("100%" in error.getvalue()) is is_shown
    assert out.getvalue() == ""
