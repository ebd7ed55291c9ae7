"""Who may ask what, and when an operator may approve: each rule as a table."""

from __future__ import annotations

from typing import Any

import pytest

from admin.factor_resets.rules import Colleague
from admin.means.rules import (
    MeansApproval,
    MeansVerdict,
    address_lines,
    is_name,
    verdict,
    why_not_level,
    why_not_role,
)
from assurance.levels import AssuranceLevel
from directory.people import Role

EH2, PLUS, EH3 = AssuranceLevel.EH2, AssuranceLevel.EH2_PLUS, AssuranceLevel.EH3
EH4, EMAIL = AssuranceLevel.EH4, AssuranceLevel.EMAIL


def colleague(name: str, *, mailbox: str = "", may: bool = True) -> Colleague:
    return Colleague(name, name, frozenset({mailbox or f"{name}@example.nl"}), may)


def approval(**facts: Any) -> MeansApproval:
    values: dict[str, Any] = {
        "is_open": True,
        "level": PLUS,
        "role": Role.MEMBER,
        "asker": colleague("jan"),
        "subject": colleague("noa"),
        "approver": colleague("otto"),
    }
    return MeansApproval(**{**values, **facts})


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({}, MeansVerdict.GRANTED),
        ({"is_open": False}, MeansVerdict.DECIDED),
        ({"approver": colleague("otto", may=False)}, MeansVerdict.NOT_ALLOWED),
        ({"asker_may": False}, MeansVerdict.ASKER_GONE),
        ({"approver": colleague("jan")}, MeansVerdict.OWN),
        ({"approver": colleague("noa")}, MeansVerdict.SUBJECT),
        ({"level": EH3}, MeansVerdict.NOT_IDENTIFIED),
        ({"role": Role.ADMINISTRATOR}, MeansVerdict.NOT_IDENTIFIED),
        ({"level": EH3, "checker": colleague("otto")}, MeansVerdict.FOUR_EYES),
        ({"level": EH3, "checker": colleague("petra")}, MeansVerdict.GRANTED),
        ({"checker": colleague("otto")}, MeansVerdict.GRANTED),  # no identification was needed
        ({"level": EH3, "checker": colleague("petra", may=False)}, MeansVerdict.CHECKER_GONE),
        ({"level": EH3, "checker": colleague("jan")}, MeansVerdict.CHECKER_INVOLVED),
        ({"level": EH3, "checker": colleague("noa")}, MeansVerdict.CHECKER_INVOLVED),
        ({"document_gone": True, "checker": colleague("noa")}, MeansVerdict.CHECKER_INVOLVED),
        (
            {"level": EH3, "checker": colleague("x", mailbox="jan@example.nl")},
            MeansVerdict.CHECKER_INVOLVED,
        ),
        ({"checker": colleague("petra", may=False)}, MeansVerdict.GRANTED),
        ({"document_gone": True}, MeansVerdict.NOT_IDENTIFIED),
        ({"document_gone": True, "checker": colleague("otto")}, MeansVerdict.FOUR_EYES),
        ({"document_gone": True, "checker": colleague("petra")}, MeansVerdict.GRANTED),
    ],
)
def test_the_first_objection_counts(facts: dict[str, Any], found: MeansVerdict) -> None:
    assert verdict(approval(**facts)) is found


@pytest.mark.parametrize("role", ["asker", "subject", "checker"])
def test_M_05_a_second_account_of_the_same_human_is_the_same_human(role: str) -> None:
    twin = colleague("tweede", mailbox="otto@example.nl")
    facts = {"level": EH3, "checker": colleague("petra"), role: twin}
    assert verdict(approval(**facts)) in (MeansVerdict.SAME_PERSON, MeansVerdict.FOUR_EYES)
    namesake = Colleague("x", "OTTO", frozenset(), may_reset=True)
    assert verdict(approval(**{**facts, role: namesake})) is not MeansVerdict.GRANTED


@pytest.mark.parametrize(
    ("level", "own", "why"),
    [
        (EH2, PLUS, None),
        (PLUS, PLUS, None),
        (EH3, PLUS, "above_own_level"),
        (EH3, EH4, None),
        (EH4, EH4, "not_issued"),
        (EMAIL, EH4, "not_issued"),
    ],
)
def test_M_02_nobody_asks_above_the_own_level(
    level: AssuranceLevel, own: AssuranceLevel, why: str | None
) -> None:
    assert why_not_level(level, own) == why


@pytest.mark.parametrize(
    ("level", "role", "why"),
    [
        (EH2, Role.ADMINISTRATOR, "too_low_for_administrators"),
        (EH2, Role.MEMBER, None),
        (PLUS, Role.ADMINISTRATOR, None),
    ],
)
def test_an_administrator_has_two_factors(
    level: AssuranceLevel, role: Role, why: str | None
) -> None:
    assert why_not_role(level, role) == why


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Straat 1\n1234 AB Plaats", ("Straat 1", "1234 AB Plaats")),
        ("  Straat   1 \r\n\r\n 1234 AB Plaats ", ("Straat 1", "1234 AB Plaats")),
        ("Straat 1", None),
        ("a\nb\nc\nd\ne", None),
        ("a\n" + "b" * 101, None),
        ("", None),
    ],
)
def test_an_address_is_what_fits_an_envelope(text: str, lines: tuple[str, ...] | None) -> None:
    assert address_lines(text) == lines


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("Noa Smit", True),
        ("Zoë van 't Hof-Şahin", True),
        ("", False),
        ("x" * 201, False),
        ("Noa\nSmit", False),
        ("Log in op https://kwaad.example/x", False),
    ],
)
def test_a_name_is_no_link(text: str, good: bool) -> None:
    assert is_name(text) is good
