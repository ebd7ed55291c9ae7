"""Facts that are worked out once: as ``functools.cached_property``, without its lock."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from state.copies import replace
from state.worked_out import cached_property


@dataclass
class Order:
    amounts: tuple[int, ...]
    asked: list[str] = field(default_factory=list)

    @cached_property
    def total(self) -> int:
        """All of it."""
        self.asked.append("total")
        return sum(self.amounts)

    @cached_property
    def first(self) -> int:
        self.asked.append("first")
        return self.amounts[0]


def test_a_fact_is_worked_out_once_and_for_each_record_by_itself() -> None:
    one, other = Order((1, 2)), Order((5,))
    assert [one.total, one.total, other.total, one.first] == [3, 3, 5, 1]
    assert (one.asked, other.asked) == (["total", "first"], ["total"])
    assert Order.total.__doc__ == "All of it."


def test_what_could_not_be_worked_out_is_tried_again() -> None:
    empty = Order(())
    for _ in range(2):
        with pytest.raises(IndexError):
            _ = empty.first
    assert empty.asked == ["first", "first"]


def test_a_copy_with_something_changed_works_it_out_anew() -> None:
    one = Order((1, 2))
    assert one.total == 3
    assert replace(one, amounts=(4,)).total == 4
