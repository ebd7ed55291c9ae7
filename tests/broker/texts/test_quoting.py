"""What people wrote stands in our mails as theirs."""

from __future__ import annotations

import pytest

from broker.texts.quoting import LONGEST_LINE, WIDTH, one_line, quoted, written


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Mag ik morgen al?", "Mag ik morgen al?"),
        ("  Dag,\r\n\r\n\r\n\r\nmag ik?\r\n", "Dag,\n\nmag ik?"),
        ("een\ttwee\x0bdrie\u2028vier", "een twee\ndrie\nvier"),
        ("\u202egro.live\u202c \u200b\x00\x1b[31mrood", "gro.live [31mrood"),
        ("Zoë & Ōkuma \U0001f600", "Zoë & Ōkuma \U0001f600"),
        (" \r\n\u200b\n ", ""),
        ("", ""),
    ],
)
def test_what_was_written_is_kept_without_what_nobody_sees(text: str, kept: str) -> None:
    assert written(text) == kept
    assert written(kept) == kept


def test_every_line_of_a_quote_has_its_mark_also_one_that_is_broken() -> None:
    long = "woord " * 60 + "\n\n" + "x" * 300
    lines = quoted(f"Groet,\n\nSluis\n{long}").splitlines()
    assert all(line.startswith(">") for line in lines)
    assert all(len(line) <= WIDTH + 2 for line in lines)
    assert lines[:3] == ["> Groet,", ">", "> Sluis"]
    assert "".join(lines).count("x") == 300, "nothing is lost"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Jan de Vries", "Jan de Vries"),
        ("Jan\r\n\r\nLog in op https://elders.example", "Jan Log in op https://elders.example"),
        ("Jan\u202e\u2028de Vries", "Jan de Vries"),
        ("x" * (LONGEST_LINE + 1), "x" * (LONGEST_LINE - 1) + "…"),
        ("x" * LONGEST_LINE, "x" * LONGEST_LINE),
    ],
)
def test_a_name_is_one_line(text: str, line: str) -> None:
    assert one_line(text) == line
