"""Addresses are looked at as their metadata ask, never in step, and seldom where they fail."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from providers.saml.metadata_pace import next_look, next_try
from providers.saml.wire.metadata_facts import MetadataFacts
from tests.clocks import START

FACTS = MetadataFacts("https://m.example", (), (), ())
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("cache_for", "holds_for", "after"),
    [
        (None, None, HOUR),
        (6 * HOUR, None, 6 * HOUR),
        (7 * 24 * HOUR, None, 24 * HOUR),  # seldom enough
        (timedelta(0), None, 5 * MINUTE),  # often enough
        (None, 90 * MINUTE, 45 * MINUTE),  # twice before the end
        (6 * HOUR, 2 * HOUR, HOUR),
        (None, 4 * MINUTE, 5 * MINUTE),
        (None, -HOUR, 5 * MINUTE),
    ],
)
def test_the_next_look(
    cache_for: timedelta | None, holds_for: timedelta | None, after: timedelta
) -> None:
    until = START + holds_for if holds_for is not None else None
    facts = replace(FACTS, cache_for=cache_for, valid_until=until)
    assert next_look(facts, START, lambda: 0.0) == START + after
    assert next_look(facts, START, lambda: 1.0) == START + after * 0.9


@pytest.mark.parametrize(
    ("failures", "minutes"), [(1, 5), (2, 10), (3, 20), (6, 160), (7, 240), (1000, 240)]
)
def test_the_next_try_after_failures(failures: int, minutes: int) -> None:
    assert next_try(failures, START, lambda: 0.0) == START + minutes * MINUTE
    assert next_try(failures, START, lambda: 1.0) == START + minutes * MINUTE / 2


def test_no_two_parties_are_looked_at_in_step() -> None:
    assert len({next_look(FACTS, START) for _ in range(20)}) > 10
