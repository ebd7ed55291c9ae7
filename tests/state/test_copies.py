"""Copies of facts: what ``dataclasses.replace`` gives, for a twentieth of its calls."""

from __future__ import annotations

import dataclasses
import re
import sys
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pytest

from state.copies import replace
from tests.architecture.source_tree import ROOT

SLOW = r"from dataclasses import .*\breplace\b|dataclasses\.replace"


@dataclass(frozen=True)
class Login:
    id: str
    steps: tuple[str, ...] = ()
    found: dict[str, int] = field(default_factory=dict)

    @cached_property
    def shown(self) -> str:
        return self.id.upper()


@dataclass(frozen=True)
class Held(Login):
    held: bool = False


@dataclass(frozen=True)
class Judged:
    id: str

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError


@dataclass
class Counted:
    id: str
    number: int = field(init=False, default=0)


@dataclass(frozen=True, slots=True)
class Small:
    id: str


def test_a_copy_is_what_the_standard_library_makes_of_it() -> None:
    for one in (Login("a", ("x",), {"n": 1}), Held("a", held=True)):
        for changes in ({}, {"id": "b"}, {"id": "b", "steps": ("y",)}):
            made: Any = replace(one, **changes)
            assert made == dataclasses.replace(one, **changes)
            assert type(made) is type(one)
            assert made.found is one.found


def test_the_first_stays_as_it_was_and_both_are_frozen() -> None:
    first = Login("a")
    second = replace(first, id="b")
    assert (first.id, second.id) == ("a", "b")
    with pytest.raises(dataclasses.FrozenInstanceError):
        second.id = "c"  # type: ignore[misc]


def test_what_was_worked_out_from_the_fields_stays_behind() -> None:
    first = Login("a")
    assert first.shown == "A"
    assert replace(first, id="b").shown == "B"


def test_a_name_that_is_no_field_is_refused() -> None:
    with pytest.raises(TypeError, match="nosuch"):
        replace(Login("a"), nosuch=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="shown"):
        replace(Login("a"), shown="B")  # type: ignore[call-arg]


@pytest.mark.parametrize("one", [Judged("a"), Counted("a"), Small("a"), "a", Login])
def test_what_is_more_than_its_fields_is_refused(one: Any) -> None:
    with pytest.raises((TypeError, AttributeError)):
        replace(one, id="b")


def test_a_copy_costs_so_many_calls_whatever_it_holds() -> None:
    """A guard in calls: time says more about the machine."""
    made = dataclasses.make_dataclass("Large", [(f"f{n}", int, n) for n in range(50)], frozen=True)
    replace(made(), f1=7)
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    one = made()
    sys.setprofile(count)
    replace(one, f1=7)
    sys.setprofile(None)
    assert calls <= 15


@pytest.mark.parametrize("room", ["broker/journey", "consent", "providers/saml", "broker/sso"])
def test_what_happens_at_each_login_is_copied_with_it(room: str) -> None:
    at_start = ROOT / "providers/saml/dialects"  # tables, made once
    slow = [
        file
        for file in (ROOT / room).rglob("*.py")
        if at_start not in file.parents and re.search(SLOW, file.read_text(encoding="utf-8"))
    ]
    assert slow == []
