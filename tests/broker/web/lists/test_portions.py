"""A file has every row once, and one more than fits, so that it is known that there are."""

from __future__ import annotations

import pytest

from broker.web.lists.portions import MOST_IN_FILE, PORTION, portions


@pytest.mark.parametrize(
    ("there", "taken", "asked"),
    [
        (0, 0, 1),
        (PORTION - 1, PORTION - 1, 1),
        (PORTION, PORTION, 2),
        (PORTION + 1, PORTION + 1, 2),
        (MOST_IN_FILE, MOST_IN_FILE, MOST_IN_FILE // PORTION + 1),
        (MOST_IN_FILE + 2, MOST_IN_FILE + 1, MOST_IN_FILE // PORTION + 1),
    ],
)
def test_each_row_is_read_once_and_one_more_than_fit(there: int, taken: int, asked: int) -> None:
    rows, calls = list(range(there)), []

    def read(limit: int, after: int | None) -> list[int]:
        calls.append(limit)
        start = 0 if after is None else after + 1
        return rows[start : start + limit]

    found = [row for portion in portions(read, lambda row: row) for row in portion]
    assert found == rows[:taken] and len(calls) == asked
