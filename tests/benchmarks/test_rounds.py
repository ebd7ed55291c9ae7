"""What a figure of several rounds is, and when it is over its budget."""

from __future__ import annotations

import pytest

from benchmarks.rounds import Rounds, over


def test_the_middle_round_is_the_figure_and_the_spread_stands_beside_it() -> None:
    found = Rounds((3.0, 9.0, 2.5, 3.2, 2.9)).fields("ratio")
    assert found == {"ratio": 3.0, "ratio_lowest": 2.5, "ratio_highest": 9.0}


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ({"ratio": 11.0, "ratio_lowest": 10.5, "ratio_highest": 12.0}, ["ratio"]),
        ({"ratio": 11.0, "ratio_lowest": 10.0, "ratio_highest": 12.0}, []),  # not in every round
        ({"ratio": 10.1}, ["ratio"]),
        ({"ratio": 10.0}, []),
        ({"other": 99.0, "python": "3.11"}, []),
    ],
)
def test_a_budget_is_exceeded_where_the_whole_spread_is_over_it(
    result: dict[str, float | str], expected: list[str]
) -> None:
    assert over(result, {"ratio": 10.0}) == expected
