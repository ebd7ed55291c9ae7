"""Days of the Dutch calendar: whole days, in winter and in summer, on the days between, and on
29 February.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from directory import dates


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("day", "begins", "next_day"),
    [
        ("2026-11-29", "2026-11-28T23:00:00+00:00", "2026-11-29T23:00:00+00:00"),
        ("2026-07-01", "2026-06-30T22:00:00+00:00", "2026-07-01T22:00:00+00:00"),
        ("2026-03-29", "2026-03-28T23:00:00+00:00", "2026-03-29T22:00:00+00:00"),  # 23 hours
        ("2026-10-25", "2026-10-24T22:00:00+00:00", "2026-10-25T23:00:00+00:00"),  # 25 hours
        ("2026-12-31", "2026-12-30T23:00:00+00:00", "2026-12-31T23:00:00+00:00"),
        ("2028-02-29", "2028-02-28T23:00:00+00:00", "2028-02-29T23:00:00+00:00"),
        ("2028-02-28", "2028-02-27T23:00:00+00:00", "2028-02-28T23:00:00+00:00"),
        ("2027-02-28", "2027-02-27T23:00:00+00:00", "2027-02-28T23:00:00+00:00"),
    ],
)
@pytest.mark.parametrize("read", [date.fromisoformat, str], ids=["YAML", "text"])
def test_a_day_is_whole_in_the_netherlands(day: str, begins: str, next_day: str, read: Any) -> None:
    assert dates.beginning(read(day)) == at(begins)
    assert dates.ending(read(day)) == at(next_day) - MICROSECOND
    assert dates.day_of(dates.beginning(day)) == date.fromisoformat(day)
    assert dates.day_of(dates.ending(day)) == date.fromisoformat(day)
    following = date.fromisoformat(day) + timedelta(days=1)
    assert dates.start_of(following) - dates.ending(day) == MICROSECOND, "no gap between days"


@pytest.mark.parametrize("read", [dates.beginning, dates.ending])
@pytest.mark.parametrize(
    "moment",
    ["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-11-28T22:00:00Z"],
)
def test_a_moment_with_its_zone_is_that_moment(read: Any, moment: str) -> None:
    assert read(moment) == read(at(moment)) == at(moment)


@pytest.mark.parametrize("read", [dates.beginning, dates.ending])
@pytest.mark.parametrize(
    "value",
    [
        "2026-11-28T22:00:00",  # where is that?
        datetime(2026, 11, 28, 22, 0),  # noqa: DTZ001
        "2027-02-29",
        "2026-02-30",
        "2026-W48-6",
        "20261128",
        "28-11-2026",
        "tomorrow",
        "",
        20261128,
        1795900000,
        1.5,
        True,
        None,
        "1899-12-31",
        date.min,
        "9999-12-31T23:59:59-12:00",
    ],
)
def test_what_is_no_day_and_no_moment_is_refused(read: Any, value: Any) -> None:
    with pytest.raises(ValueError, match="write a"):
        read(value)


def test_for_ever_is_a_day_too() -> None:
    assert dates.ending("9999-12-31") == datetime(9999, 12, 31, 22, 59, 59, 999999, UTC)


@pytest.mark.parametrize(
    ("day", "years", "then"),
    [
        ("2026-11-29", 5, "2031-11-29"),
        ("2028-02-29", 1, "2029-02-28"),
        ("2028-02-29", 4, "2032-02-29"),
        ("2027-02-28", 1, "2028-02-28"),
    ],
)
def test_years_later_is_the_same_day(day: str, years: int, then: str) -> None:
    assert dates.years_after(date.fromisoformat(day), years) == date.fromisoformat(then)


def test_what_is_written_is_what_was_read() -> None:
    day = date(2026, 10, 25)
    assert dates.written(dates.start_of(day), dates.start_of) == day
    assert dates.written(dates.end_of(day), dates.end_of) == day
    moment = at("2026-10-25T00:00:00+00:00")
    assert dates.written(moment, dates.start_of) == moment
    assert dates.written(moment, dates.end_of) == moment


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-11-02", 2, "2027-01-02"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2027-12-31", 2, "2028-02-29"),
        ("2026-10-31", 1, "2026-11-30"),
        ("2026-12-01", 1, "2027-01-01"),
        ("2026-05-05", 0, "2026-05-05"),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_the_month(
    day: str, months: int, later: str
) -> None:
    assert dates.months_after(date.fromisoformat(day), months) == date.fromisoformat(later)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2027-12-31", date(2027, 12, 31)),
        ("31-12-2027", date(2027, 12, 31)),
        ("1-2-2027", date(2027, 2, 1)),
        (" 31 - 12 - 2027 ", date(2027, 12, 31)),
        ("29-2-2028", date(2028, 2, 29)),
        *((text, None) for text in ("29-2-2027", "2027-02-29", "31-02-2027")),
        *((text, None) for text in ("1 1-12-2027", "3-1 2-2027", "3-1-20 27", "2027-1 2-31")),
        *((text, None) for text in ("1/2/2027", "31-12-27", "20271231", "2027-W52-5", "")),
        *((text, None) for text in ("2027-12-31T00:00", "١-٢-٢٠٢٧", "0001-01-01", "31-12-1899")),
    ],
)
def test_a_day_is_read_only_where_it_can_be_no_other(text: str, day: date | None) -> None:
    assert dates.typed(text) == day
