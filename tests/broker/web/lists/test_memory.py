"""Rows in memory: looked through, filtered, in order."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from broker.web.lists.memory import HeldList, folded
from broker.web.lists.request import ListFilter, ListRules


@dataclass(frozen=True)
class Party:
    name: str
    roles: tuple[str, ...]
    number: int | None = None


ROWS = (
    Party("Ørsted Dienst", ("a",), 30),
    Party("élan", ("a", "b"), None),
    Party("Zekerweg", ("b",), 4),
    Party("amstel", ("a",), 100),
)
RULES = ListRules(columns=("naam", "getal"), filters=(ListFilter("rol", ("a", "b", "c")),))
HELD = HeldList[Party](
    words=lambda row: (row.name, None),
    keys={"naam": lambda row: row.name, "getal": lambda row: row.number},
    values={"rol": lambda row: row.roles},
)


def found(**query: str) -> list[str]:
    return [row.name for row in HELD.matching(ROWS, RULES.read(query))]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["amstel", "élan", "Zekerweg", "Ørsted Dienst"]),
        ({"sorteer": "-naam"}, ["Ørsted Dienst", "Zekerweg", "élan", "amstel"]),
        ({"sorteer": "getal"}, ["Zekerweg", "Ørsted Dienst", "amstel", "élan"]),
        ({"sorteer": "-getal"}, ["amstel", "Ørsted Dienst", "Zekerweg", "élan"]),
        ({"rol": "b"}, ["élan", "Zekerweg"]),
        ({"rol": "c"}, []),
        ({"rol": "d"}, []),
        ({"zoek": "ELAN"}, ["élan"]),
        ({"zoek": "dienst ørs"}, ["Ørsted Dienst"]),
        ({"zoek": "dienst zeker"}, []),
        ({"zoek": "\0"}, []),
        ({"zoek": "a", "rol": "a"}, ["amstel", "élan"]),
    ],
)
def test_what_is_asked_is_found_in_order(query: dict[str, str], names: list[str]) -> None:
    assert found(**query) == names


def test_a_page_says_how_many_there_are() -> None:
    many = [Party(f"naam {number:03}", ("a",)) for number in range(60)]
    page = HELD.page(many, RULES.read({"blad": "2"}), "/lijst")
    assert (page.rows[0].name, len(page.rows), page.total) == ("naam 025", 25, 60)
    assert page.is_more


def test_letters_are_compared_as_people_read_them() -> None:
    assert folded("ÉÉn ﬁets STRASSE") == folded("een fiets straße")
