"""A document of a makelaar: an hour old at most, a day when it cannot be fetched, and never asked
for too often.
"""

from __future__ import annotations

import pytest

from providers.interface import ProviderUnavailable
from providers.oidc.last_good import FRESH, PAUSE, SHORT_PAUSE, USABLE, LastGood
from tests.clocks import FakeClock


class Document:
    """Fetched as version 1, 2, …; or away."""

    def __init__(self) -> None:
        self.clock, self.tries, self.is_away = FakeClock(), 0, False
        self.kept = LastGood(self._fetch)

    def _fetch(self) -> int:
        self.tries += 1
        if self.is_away:
            raise ProviderUnavailable("away")
        return self.tries

    def get(self, later: float = 0) -> int | None:
        self.clock.advance(later)
        try:
            return self.kept.get(self.clock())
        except ProviderUnavailable:
            return None

    def refetched(self, later: float = 0) -> int | None:
        self.clock.advance(later)
        try:
            return self.kept.refetched(self.clock())
        except ProviderUnavailable:
            return None


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


def test_an_unknown_key_does_not_hurry_us(document: Document) -> None:
    assert document.get() == 1
    assert [document.refetched(), document.refetched(MINUTE - 1)] == [1, 1]
    assert document.refetched(1) == 2
    document.is_away = True
    assert document.refetched(MINUTE) == 2
    assert document.get(HOUR - 1) == 2


def test_one_that_cannot_be_fetched_any_more_is_an_error_where_there_was_none(
    document: Document,
) -> None:
    document.is_away = True
    assert document.refetched() is None
    assert document.refetched(SECONDS - 1) is None
    assert document.tries == 1
