"""A document of a makelaar: an hour old at most, a day when it cannot be fetched, and never asked
for too often.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from state.last_good import FRESH, PAUSE, SHORT_PAUSE, USABLE, LastGood
from tests.clocks import FakeClock


class Away(Exception):
    """Nothing was fetched."""


class Document:
    """Fetched as version 1, 2, …; or away. A fetch takes ``seconds``."""

    def __init__(self) -> None:
        self.clock, self.tries, self.is_away = FakeClock(), 0, False
        self.seconds, self._monotonic = 0.0, 0.0
        self.kept = LastGood(self._fetch, Away, monotonic=lambda: self._monotonic)

    def _fetch(self) -> int:
        self.tries += 1
        self._monotonic += self.seconds
        if self.is_away:
            raise Away(f"try {self.tries}")
        return self.tries

    def get(self, later: float = 0) -> int | None:
        self.clock.advance(later)
        try:
            return self.kept.get(self.clock())
        except Away:
            return None

    def searched(self, later: float = 0) -> list[int]:
        """All copies that somebody sees who finds in none what is missing."""
        self.clock.advance(later)
        try:
            return list(self.kept.copies(self.clock()))
        except Away:
            return []


@pytest.fixture
def document() -> Document:
    return Document()


HOUR, DAY = FRESH.total_seconds(), USABLE.total_seconds()
MINUTE, SECONDS = PAUSE.total_seconds(), SHORT_PAUSE.total_seconds()


def test_it_is_fetched_once_an_hour(document: Document) -> None:
    assert [document.get(), document.get(HOUR - 1), document.get(1)] == [1, 1, 2]


def test_the_last_good_one_stands_for_a_day_and_is_tried_for_once_a_minute(
    document: Document,
) -> None:
    assert document.get() == 1
    document.is_away = True
    assert [document.get(HOUR), document.get(MINUTE - 1)] == [1, 1]
    assert document.tries == 2
    assert [document.get(1), document.tries] == [1, 3]
    assert document.get(DAY - HOUR - MINUTE - 1) == 1
    assert document.get(1) is None


def test_while_there_is_nothing_it_is_tried_sooner(document: Document) -> None:
    document.is_away = True
    assert [document.get(), document.get(SECONDS - 1)] == [None, None]
    assert document.tries == 1
    document.is_away = False
    assert document.get(1) == 2


@pytest.mark.parametrize("later", [0, 1, MINUTE - 1, MINUTE, HOUR - 1])
def test_what_is_missed_is_looked_for_again_at_once_however_young_the_copy_is(
    document: Document, later: float
) -> None:
    assert document.get() == 1
    assert document.searched(later) == [1, 2]
    assert [document.searched(), document.searched(MINUTE - 1)] == [[2], [2]]
    assert document.searched(1) == [2, 3]


def test_what_is_missing_in_the_very_first_copy_is_looked_for_again_the_next_time(
    document: Document,
) -> None:
    assert [document.searched(), document.searched(), document.searched()] == [[1], [1, 2], [2]]


def test_who_just_fetched_a_newer_copy_does_not_fetch_another(document: Document) -> None:
    assert document.get() == 1
    assert document.searched(HOUR) == [2]
    assert document.searched(MINUTE - 1) == [2]
    assert document.searched(1) == [2, 3]


def test_what_is_found_at_once_makes_us_look_no_further(document: Document) -> None:
    assert next(document.kept.copies(document.clock())) == 1
    assert next(document.kept.copies(document.clock())) == 1
    assert document.tries == 1


def test_a_second_look_that_fails_leaves_the_copy(document: Document) -> None:
    assert document.get() == 1
    document.is_away = True
    assert [document.searched(1), document.searched(1)] == [[1], [1]]
    assert document.tries == 2
    assert document.get(HOUR - 3) == 1


def test_where_there_was_none_a_search_is_an_error(document: Document) -> None:
    document.is_away = True
    assert [document.searched(), document.searched(SECONDS - 1)] == [[], []]
    assert document.tries == 1


@pytest.mark.parametrize("seconds", [0, 5, 20])
def test_a_pause_begins_when_the_fetch_ends(document: Document, seconds: float) -> None:
    document.seconds, document.is_away = seconds, True
    assert document.get() is None
    assert document.get(seconds + SECONDS - 1) is None
    assert document.tries == 1
    assert document.get(1) is None
    assert document.tries == 2


def test_who_asks_during_the_pause_hears_why_there_is_nothing(document: Document) -> None:
    document.is_away = True
    for _ in range(2):
        with pytest.raises(Away, match="try 1"):
            document.kept.get(document.clock())


def test_nothing_is_something_when_that_is_what_was_fetched() -> None:
    found = [("a",), ()]
    kept = LastGood(lambda: found.pop(0), Away)
    clock = FakeClock()
    assert kept.get(clock()) == ("a",)
    clock.advance(HOUR)
    assert kept.get(clock()) == ()
    clock.advance(1)
    assert kept.get(clock()) == ()


def test_who_has_an_older_copy_does_not_wait_for_the_one_who_fetches() -> None:
    clock, began, may_end = FakeClock(), threading.Event(), threading.Event()
    versions = iter((1, 2))

    def fetch() -> int:
        version = next(versions)
        if version == 2:
            began.set()
            assert may_end.wait(10)
        return version

    kept = LastGood(fetch, Away)
    assert kept.get(clock()) == 1
    clock.advance(HOUR)
    with ThreadPoolExecutor(1) as pool:
        fetching = pool.submit(kept.get, clock())
        assert began.wait(10)
        assert kept.get(clock()) == 1
        may_end.set()
        assert fetching.result(10) == 2
