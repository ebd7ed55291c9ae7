"""Administrators hear of what comes to an end: once a week at most, each thing once at each step,
also after the worker stood still.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from admin.terms import coming, digest, notices
from admin.terms.coming import Coming, TermKind
from admin.terms.notices import TermNotice
from assurance.levels import AssuranceLevel
from consent.mandates import Mandate
from directory.people import Membership, Person, Role
from tests.admin.terms.conftest import DAY, LONG, Bakery
from tests.clocks import START

TODAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("until", "step"),
    [
        (date(2027, 1, 3), None),
        (date(2027, 1, 2), 2),
        (date(2026, 12, 3), 2),
        (date(2026, 12, 2), 1),
        (date(2026, 11, 10), 1),
        (date(2026, 11, 9), 0),
        (date(2026, 11, 2), 0),
        (date(2026, 11, 1), None),
    ],
)
def test_a_mandate_that_ends_is_told_of_2_months_1_month_and_1_week_before(
    until: date, step: int | None
) -> None:
    assert coming.step_to_end(until, TODAY) == step


@pytest.mark.parametrize(
    ("told", "is_news"),
    [
        (None, True),
        ((TODAY, 2), True),  # now it is nearer
        ((TODAY, 1), False),
        ((TODAY, 0), False),
        ((date(2026, 10, 1), 0), True),  # it was made longer, and that ends now
    ],
)
def test_each_step_is_news_once(told: tuple[date, int] | None, is_news: bool) -> None:
    one = Coming(TermKind.MANDATE_ENDS, "m", TODAY, 1)
    known = {(one.kind, "m"): told} if told is not None else {}
    assert bool(notices.due([one], known)) is is_news


def test_one_mail_for_all_in_the_language_of_each(bakery: Bakery) -> None:
    bakery.mandate("a", until=50 * DAY)
    bakery.mandate("b", until=20 * DAY, branches=["000090012011"])
    bakery.request(-80 * DAY)
    eva, jan = bakery.digests()
    assert (eva.recipient, jan.recipient) == ("eva@x.example", "jan@x.example")
    assert jan.subject == "Dit stopt binnenkort bij uw organisatie"
    lines = [line for line in jan.text.splitlines() if line.startswith("- ")]
    assert lines == [
        "- Roos vroeg een machtiging voor Vergunningen. Het verzoek vervalt na 12 november 2026.",
        "- Roos bij Vergunningen: de machtiging stopt na 22 november 2026.",
        "- Roos bij Vergunningen: de machtiging stopt na 22 december 2026.",
    ]
    assert "Roos at Permits: the authorisation ends after 22 December 2026." in eva.text
    assert "De Korenmolen" in jan.text and "http" not in jan.text.replace("https://login", "")


def test_it_comes_once_a_week_at_most_and_says_nothing_twice(bakery: Bakery) -> None:
    bakery.mandate("a", until=50 * DAY)
    assert len(bakery.digests()) == 2 and bakery.digests() == []
    bakery.mandate("b", until=30 * DAY, branches=["000090012011"])
    assert bakery.digests(6) == [], "in this week they had one"
    assert all("2 december" in mail.text or "2 Dec" in mail.text for mail in bakery.digests(1))
    assert bakery.digests(7) == [], "the same again is no news"


def test_after_standing_still_the_nearest_step_is_told_once(bakery: Bakery) -> None:
    bakery.mandate("a", until=50 * DAY)
    assert len(bakery.digests(48)) == 2
    assert bakery.digests(1) == [] and bakery.digests(30) == []


def test_made_longer_it_is_told_again_before_the_new_end(bakery: Bakery) -> None:
    bakery.mandate("a", until=5 * DAY)
    assert len(bakery.digests()) == 2

    def extend(session: object) -> None:
        bakery.session.get_one(Mandate, "a").valid_until = START + 400 * DAY

    bakery.change(extend)
    assert bakery.digests(30) == []
    assert len(bakery.digests(330)) == 2


def test_an_unused_mandate_is_warned_of_6_2_and_1_months_before(bakery: Bakery) -> None:
    bakery.mandate("a", since=-DAY)
    for days, told in ((500, False), (55, True), (10, False), (110, True), (32, True), (8, False)):
        mails = bakery.digests(days)
        assert bool(mails) is told, bakery.now
        assert all("lang niet gebruikt" in m.text or "not used" in m.text for m in mails)


def test_a_used_one_is_not_warned_of(bakery: Bakery) -> None:
    bakery.mandate("a", since=-700 * DAY, last_used_at=START - DAY)
    assert bakery.digests() == []


def test_the_role_of_an_administrator_is_warned_of(bakery: Bakery) -> None:
    def older(session: object) -> None:
        bakery.session.get_one(Membership, "jan").since = START - timedelta(days=5 * 365 - 20)

    bakery.change(older)
    for mail in bakery.digests():
        assert "Jan: de rol van beheerder stopt na" in mail.text or "Jan: the role" in mail.text
    assert [mail.recipient for mail in bakery.digests(60)] == ["eva@x.example"], "only Eva is left"
    assert bakery.digests(60) == []


def test_the_one_who_is_left_hears_that_nobody_else_is(bakery: Bakery) -> None:
    assert bakery.digests() == []

    def leave(session: object) -> None:
        bakery.session.get_one(Membership, "eva").until = START + DAY

    bakery.change(leave)
    (mail,) = bakery.digests(2)
    assert mail.recipient == "jan@x.example" and "nu de enige beheerder" in mail.text
    assert bakery.digests(8) == []


def test_an_only_administrator_from_the_start_is_left_in_peace(bakery: Bakery) -> None:
    def never(session: object) -> None:
        bakery.session.get_one(Membership, "eva").role = Role.MEMBER

    bakery.change(never)
    assert bakery.digests(10) == []


@pytest.mark.parametrize("fact", ["blocked", "no address"])
def test_who_cannot_be_told_is_not(bakery: Bakery, fact: str) -> None:
    bakery.mandate("a", until=50 * DAY)

    def change(session: object) -> None:
        eva = bakery.session.get_one(Person, "eva")
        if fact == "blocked":
            eva.blocked_at = START
        else:
            eva.email = None

    bakery.change(change)
    assert [mail.recipient for mail in bakery.digests()] == ["jan@x.example"]
    assert digest.whom_to_ask(bakery.session, bakery.run()) in ([], ["eva"])


def test_what_was_told_long_ago_is_forgotten(bakery: Bakery) -> None:
    bakery.mandate("a", until=50 * DAY)
    bakery.mandate("b", until=LONG, branches=["000090012011"])
    bakery.digests()
    assert bakery.number(TermNotice) == 2
    bakery.change(lambda session: _purged(bakery, 10))
    assert bakery.number(TermNotice) == 2
    bakery.change(lambda session: _purged(bakery, 60))
    assert bakery.number(TermNotice) == 0


def _purged(bakery: Bakery, days: int) -> None:
    notices.purge(bakery.session, TODAY + days * DAY)


@pytest.mark.parametrize(
    ("by_link", "link_level", "is_told"),
    [
        (True, None, False),  # links are off: it counts no more
        (True, AssuranceLevel.EH2_PLUS, False),
        (True, AssuranceLevel.EH3, True),
        (False, None, True),  # an administrator gave it
    ],
)
def test_a_chain_mandate_of_a_link_is_told_of_where_links_count(
    bakery: Bakery, by_link: bool, link_level: AssuranceLevel | None, is_told: bool
) -> None:
    bakery.link_level = link_level
    bakery.chain(until=20 * DAY, by_link=by_link)
    mails = bakery.digests()
    assert bool(mails) is is_told
    assert all("Kantoor Yilmaz" in mail.text for mail in mails)


def test_a_chain_mandate_that_a_newer_one_makes_up_for_is_not_told_of(bakery: Bakery) -> None:
    bakery.chain("old", until=20 * DAY)
    bakery.chain("new", until=LONG)
    assert bakery.digests() == []
