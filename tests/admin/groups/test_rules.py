"""What holds for every user group."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from admin.groups import rules
from assurance.levels import AssuranceLevel
from directory import groups
from directory.groups import GroupCompany, GroupMember, GroupNameRefused
from directory.people import Person, Role

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
ADMINISTRATOR, MEMBER = Role.ADMINISTRATOR, Role.MEMBER


def member(name: str, role: Role = MEMBER, *, blocked: bool = False) -> GroupMember:
    person = Person(id=name, display_name=name, blocked_at=NOW if blocked else None)
    return GroupMember(id=f"m-{name}", person_id=name, person=person, role=role)


def company(name: str, level: str = "EH3", days: int = 1) -> GroupCompany:
    return GroupCompany(
        id=f"c-{name}",
        level=AssuranceLevel.from_label(level),
        valid_until=NOW + timedelta(days=days),
    )


@pytest.mark.parametrize(
    ("members", "is_last"),
    [
        ([member("jan", ADMINISTRATOR)], True),
        ([member("jan", ADMINISTRATOR), member("eva")], True),
        ([member("jan", ADMINISTRATOR), member("eva", ADMINISTRATOR)], False),
        ([member("jan", ADMINISTRATOR), member("eva", ADMINISTRATOR, blocked=True)], True),
        ([member("jan"), member("eva", ADMINISTRATOR)], False),
    ],
)
def test_M_04_who_is_the_last_administrator(members: list[GroupMember], is_last: bool) -> None:
    assert rules.is_last_administrator(members, "jan") is is_last


@pytest.mark.parametrize(
    ("members", "leaves"),
    [
        ([member("jan", ADMINISTRATOR)], False),  # nobody stays behind
        ([member("jan", ADMINISTRATOR), member("eva")], True),
        ([member("jan", ADMINISTRATOR, blocked=True), member("eva")], True),
        ([member("jan", ADMINISTRATOR), member("eva", ADMINISTRATOR)], False),
        ([member("jan", ADMINISTRATOR), member("eva", ADMINISTRATOR, blocked=True)], True),
        ([member("jan"), member("eva", ADMINISTRATOR, blocked=True)], False),
        ([member("jan"), member("eva")], False),
        ([member("eva")], False),
    ],
)
def test_M_04_whom_others_need(members: list[GroupMember], leaves: bool) -> None:
    assert rules.leaves_others_without(members, "jan") is leaves


@pytest.mark.parametrize(
    ("own", "one_per_account", "why_not"),
    [
        ((), True, None),
        (("this",), True, "already_here"),
        (("this",), False, "already_here"),
        (("other",), True, "other_group"),
        (("other",), False, None),
    ],
)
def test_an_account_is_in_one_group_unless_the_setting_allows_more(
    own: tuple[str, ...], one_per_account: bool, why_not: str | None
) -> None:
    assert rules.why_not_member("this", own, one_per_account=one_per_account) == why_not


def test_what_was_taken_back_is_not_given_again_and_what_is_over_is_not_given() -> None:
    people = [member("jan"), member("eva")]
    places = [company("bakery"), company("garden", days=0)]
    found = list(rules.missing(people, places, {("m-jan", "c-bakery")}, NOW))
    assert [(one.id, other.id) for one, other in found] == [("m-eva", "c-bakery")]


def test_the_highest_company_says_what_a_login_must_reach() -> None:
    places = [company("bakery", "EH2+"), company("garden", "EH4", days=0)]
    assert rules.needed_level(places, NOW) is AssuranceLevel.EH2_PLUS
    assert rules.needed_level([], NOW) is None


@pytest.mark.parametrize(
    ("text", "name"), [("Korenmolen", "korenmolen"), (" a1 ", "a1"), ("noord-2", "noord-2")]
)
def test_a_short_name_has_one_spelling(text: str, name: str) -> None:
    assert groups.canonical_short_name(text) == name


@pytest.mark.parametrize("text", ["", "a", "twee woorden", "é" * 3, "x" * 33, "a/b"])
def test_what_is_no_short_name_is_refused(text: str) -> None:
    with pytest.raises(GroupNameRefused):
        groups.canonical_short_name(text)


@pytest.mark.parametrize("text", ["", "   ", "x" * 65, "a/b", "a\x00b"])
def test_what_is_no_name_is_refused(text: str) -> None:
    with pytest.raises(GroupNameRefused):
        groups.readable_name(text)


def test_a_name_is_one_line() -> None:
    assert groups.readable_name(" De\n  Korenmolen ") == "De Korenmolen"
