"""A list as a file: a spreadsheet shows what was in it and runs none of it."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime

import pytest

from broker.web.lists.cells import Cell
from broker.web.lists.file import lines


def written(*rows: tuple[Cell, ...], language: str = "nl") -> list[list[str]]:
    text = "".join(lines(("Naam", "Sinds"), rows, language))
    assert text.startswith("\ufeff")
    separator = ";" if language == "nl" else ","
    return list(csv.reader(io.StringIO(text[1:]), delimiter=separator))


@pytest.mark.parametrize("language", ["nl", "en"])
def test_names_of_columns_come_first(language: str) -> None:
    made = written(("Jan; de, Wit", None), ('zei "hoi"\nen ging', 3), language=language)
    assert made == [
        ["Naam", "Sinds"],
        ["Jan; de, Wit", ""],
        ['zei "hoi"\nen ging', "3"],
    ]


def test_moments_are_those_of_the_netherlands() -> None:
    made = written((datetime(2026, 11, 30, 23, 30, tzinfo=UTC), date(2026, 12, 1)))
    assert made[1] == ["2026-12-01 00:30:00", "2026-12-01"]


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+31612345678", "-2", "@SUM(A1)", " =1+1", "\t=1", "\r=1", "\n=1"),
        *("|cmd", "%0A", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20x", "=cmd|' /C calc'!A0"),
    ],
)
def test_A_06_no_text_becomes_a_formula(text: str) -> None:
    (cell,) = written((text,))[1]
    assert cell.startswith("'") and cell.replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("between", [",", ";", "\t", "\n", ", ", '","', '";"'])
def test_no_text_becomes_a_formula_with_another_separator(language: str, between: str) -> None:
    """A spreadsheet that is set to English opens a Dutch file, and the other way round."""
    text = f"Jan{between}=HYPERLINK(1)"
    whole = "".join(lines(("Naam", "Sinds"), ((text, text),), language)).removeprefix("\ufeff")
    for separator in (";", ",", "\t"):
        read = csv.reader(io.StringIO(whole), delimiter=separator)
        assert not [cell for row in read for cell in row if cell.lstrip(' "').startswith("=")]


@pytest.mark.parametrize(
    "text", ["Jan", "a=b", "1-2", "jan@x.example", "'t Zand", "", "Jan, de Wit; Piet", "a, b-c"]
)
def test_other_text_is_as_it_was(text: str) -> None:
    assert written((text, "x"))[1] == [text, "x"]


def test_a_number_of_ours_is_a_number() -> None:
    assert written((-5,))[1] == ["-5"]


def test_a_line_is_made_when_it_is_sent() -> None:
    def rows() -> object:
        yield ("een",)
        raise AssertionError("nobody asked for this row yet")

    made = lines(("Naam",), rows(), "nl")  # type: ignore[arg-type]
    assert next(made) == "\ufeffNaam\r\n"
    assert next(made) == "een\r\n"
