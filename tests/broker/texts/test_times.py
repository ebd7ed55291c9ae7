"""Moments and days: the same words on pages and in mails, by the clock in the Netherlands."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask_babel import force_locale

from broker.texts import times
from tests.broker.facts import a_page

WINTER = datetime(2026, 11, 30, 23, 5, tzinfo=UTC)
SUMMER = datetime(2026, 7, 1, 22, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "winter", "summer"),
    [
        ("nl", "1 december 2026, 00.05 uur", "2 juli 2026, 00.05 uur"),
        ("en", "1 December 2026, 00:05", "2 July 2026, 00:05"),
        ("fr", "1 december 2026, 00.05 uur", "2 juli 2026, 00.05 uur"),
    ],
)
def test_a_moment_is_that_of_the_netherlands(language: str, winter: str, summer: str) -> None:
    assert (times.moment(WINTER, language), times.moment(SUMMER, language)) == (winter, summer)
    assert times.day(WINTER, language) == winter.partition(",")[0]


@pytest.mark.parametrize(("language", "said"), [("nl", "00.05 uur"), ("en", "00:05")])
def test_without_a_language_it_is_that_of_the_moment(language: str, said: str) -> None:
    with a_page(), force_locale(language):
        assert times.moment(WINTER).endswith(said)
