"""A mandate that nobody uses lapses: 24 months after the last use, or after somebody last said that
it should hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from consent import lapse
from consent.authority import AuthorityRefusal, RefusalReason
from consent.chains import ChainMandate
from consent.mandates import Mandate
from consent.options import options
from consent.recheck import recheck
from tests.clocks import START
from tests.consent.conftest import OFFICE, Register, terms

LONG = timedelta(days=4 * 365)


def noon(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    valid_from: datetime
    last_used_at: datetime | None = None
    confirmed_at: datetime | None = None


@pytest.mark.parametrize(
    ("row", "months", "last"),
    [
        (Row(noon(2024, 11, 2)), 24, date(2026, 11, 2)),
        (Row(noon(2024, 11, 2), noon(2025, 3, 31)), 24, date(2027, 3, 31)),
        (Row(noon(2024, 11, 2), None, noon(2026, 1, 1)), 24, date(2028, 1, 1)),
        (Row(noon(2024, 11, 2), noon(2026, 2, 1), noon(2026, 1, 1)), 24, date(2028, 2, 1)),
        (Row(noon(2024, 11, 2), noon(2023, 1, 1)), 24, date(2026, 11, 2)),
        (Row(noon(2024, 8, 31)), 6, date(2025, 2, 28)),
        (Row(datetime(2024, 11, 2, 23, 30, tzinfo=UTC)), 24, date(2026, 11, 3)),  # there it is 3
    ],
)
def test_the_last_day_counts_from_the_last_use(row: Row, months: int, last: date) -> None:
    assert lapse.last_day(row, months) == last
    of_day = datetime(last.year, last.month, last.day, 12, tzinfo=UTC)
    assert not lapse.has_lapsed(row, of_day, months), "the last day counts"
    assert lapse.has_lapsed(row, of_day + timedelta(days=1), months)


@pytest.mark.parametrize("day", [noon(2024, 2, 29), noon(2026, 11, 30), noon(2025, 1, 31)])
@pytest.mark.parametrize("months", [6, 24, 60])
def test_whoever_looks_in_the_database_first_misses_none(day: datetime, months: int) -> None:
    begun = next(
        moment
        for back in range(3000)
        if lapse.has_lapsed(Row(moment := day - timedelta(days=back)), day, months)
    )
    assert begun <= lapse.latest_start(day, months)


@pytest.mark.parametrize(
    ("until", "left"),
    [
        (date(2027, 6, 1), None),
        (date(2027, 5, 2), 6),
        (date(2027, 1, 3), 6),
        (date(2027, 1, 2), 2),
        (date(2026, 12, 2), 1),
        (date(2026, 11, 2), 1),
        (date(2026, 11, 1), None),
    ],
)
def test_warnings_come_6_2_and_1_months_before(until: date, left: int | None) -> None:
    assert lapse.months_left(until, date(2026, 11, 2)) == left


@pytest.mark.parametrize(
    ("used", "confirmed", "holds"),
    [
        (None, None, False),
        (timedelta(days=800), None, False),
        (timedelta(days=700), None, True),
        (None, timedelta(days=700), True),
    ],
)
def test_M_06_an_unused_mandate_opens_nothing_though_no_job_ran(
    register: Register, used: timedelta | None, confirmed: timedelta | None, holds: bool
) -> None:
    """At the choice, and at the moment that the answer is written."""
    row = register.mandate(since=-timedelta(days=800), until=LONG)
    fresh = options(register.session, "jan", terms(now=START - timedelta(days=400)))
    (chosen,) = fresh.usable
    row.last_used_at = START - used if used is not None else None
    row.confirmed_at = START - confirmed if confirmed is not None else None
    register.session.flush()
    found = options(register.session, "jan", terms())
    reasons = [one.reason for one in found.refused]
    assert (len(found.usable), reasons) == ((1, []) if holds else (0, [RefusalReason.UNUSED]))
    again = recheck(register.session, "jan", chosen.authority, terms())
    refusal = AuthorityRefusal(RefusalReason.UNUSED, chosen.authority)
    assert again == (None if holds else refusal)


@pytest.mark.parametrize("link", [Mandate, ChainMandate])
def test_M_06_a_chain_is_as_long_as_its_unused_link(
    register: Register, link: type[Mandate] | type[ChainMandate]
) -> None:
    own, chain = register.mandate(OFFICE, until=LONG), register.chain(until=LONG)
    offered = options(register.session, "jan", terms()).usable
    (option,) = [one for one in offered if one.authority.chain_mandate_id == chain.id]
    row = own if link is Mandate else chain
    row.valid_from = START - timedelta(days=800)
    register.session.flush()
    left = options(register.session, "jan", terms()).usable
    assert [one for one in left if one.authority.chain_mandate_id is not None] == []
    gone = recheck(register.session, "jan", option.authority, terms())
    assert gone == AuthorityRefusal(RefusalReason.UNUSED, option.authority)


def test_the_term_is_that_of_the_settings_of_today(register: Register) -> None:
    register.mandate(since=-timedelta(days=300), until=LONG)
    asked = terms()
    assert len(options(register.session, "jan", asked).usable) == 1
    shorter = type(asked)(asked.service, asked.reached, asked.needed, asked.now, unused_months=6)
    assert options(register.session, "jan", shorter).usable == ()
