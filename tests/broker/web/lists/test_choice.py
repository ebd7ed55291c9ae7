"""Rows that somebody chose."""

from __future__ import annotations

import pytest

from broker.web.lists.choice import MOST, ChoiceLack, ChoiceRefused, chosen


def test_what_was_chosen_counts_once_in_its_order() -> None:
    assert chosen(["b", "a", "b"]) == ("b", "a")
    assert chosen(["b", "a"], there={"a", "b", "c"}) == ("b", "a")
    assert len(chosen(str(number) for number in range(MOST))) == MOST


@pytest.mark.parametrize(
    ("sent", "there", "why"),
    [
        ([], None, ChoiceLack.NOTHING),
        ([str(number) for number in range(MOST + 1)], None, ChoiceLack.TOO_MANY),
        (["a", "d"], {"a", "b"}, ChoiceLack.GONE),
        (["a\0"], None, ChoiceLack.GONE),
        (["x" * 65], None, ChoiceLack.GONE),
        ([""], None, ChoiceLack.GONE),
    ],
)
def test_nothing_is_done_with_half_a_choice(
    sent: list[str], there: set[str] | None, why: ChoiceLack
) -> None:
    with pytest.raises(ChoiceRefused) as refused:
        chosen(sent, there)
    assert refused.value.why is why
