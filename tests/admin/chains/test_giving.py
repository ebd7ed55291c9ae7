"""Giving chain mandates: what it would change, what cannot be, and who hears of it."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from admin.chains import giving, to_do
from admin.chains.giving import ChainChoice, ChainTerms, NoSuchIntermediary
from admin.mandates.administrators import NotAdministrator
from admin.mandates.decision_rules import DeciderLogin, LoginLack, LoginNotEnough
from admin.mandates.giving import NothingToDo, PlanChanged
from assurance.levels import AssuranceLevel as L
from broker.console.sessions import RECENT
from consent import chains
from consent.chains import ChainMandate
from consent.changes import TermChange
from consent.mandates import MandateRefused
from directory import dates
from directory.organisations import Organisation
from directory.people import Membership, Role
from directory.services import MandateRule, Service
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.admin.chains.conftest import OTHER, UUID, YEAR, Made, allowing, terms
from tests.clocks import START
from tests.deliveries import waiting_in
from tests.keys_for_tests import make_sealer

TODAY = dates.day_of(START)
NEXT_YEAR = dates.years_after(TODAY, 1)
WISH = ChainChoice("office", (UUID,), NEXT_YEAR)


def give(
    session: Session, wish: ChainChoice = WISH, around: ChainTerms | None = None, **more: Any
) -> None:
    place = around or terms()
    with writing(session):
        shown = giving.plan(session, place, wish).digest
        giving.give(session, place, wish, **{"shown": shown, **more})


def standing(session: Session) -> list[ChainMandate]:
    query = session.query(ChainMandate).populate_existing()
    return query.where(ChainMandate.revoked_at.is_(None)).all()


@pytest.mark.parametrize(
    ("service", "own", "why"),
    [
        (None, L.EH4, "no_service"),
        (allowing(mandate=MandateRule.NONE), L.EH4, "no_service"),
        (allowing(chain_mandates=False), L.EH4, "no_chains"),
        (allowing(level=L.EH4), L.EH3, "above_own_level"),
        (allowing(level=L.EH2), L.EH2_PLUS, "above_own_level"),  # chains: EH3 at least
        (allowing(level=L.EH2, chain_level=L.EH4), L.EH3, "above_own_level"),
        (allowing(level=L.EH2, chain_level=L.EH2), L.EH3, None),
        (allowing(level=L.EH4), L.EH4, None),
    ],
)
def test_M_07_where_a_chain_mandate_can_be_given(
    service: Service | None, own: L, why: str | None
) -> None:
    assert giving.why_not(service, own, L.EH3) == why


@pytest.mark.parametrize(
    ("level", "chain_level", "least", "needed"),
    [
        (L.EH2, L.EH2, L.EH2, L.EH2),
        (L.EH2, L.EH2, L.EH3, L.EH3),
        (L.EH2, L.EH4, L.EH3, L.EH4),
        (L.EH4, L.EH3, L.EH3, L.EH4),
    ],
)
def test_its_level_is_the_highest_of_what_is_asked(
    level: L, chain_level: L, least: L, needed: L
) -> None:
    assert giving.needed(allowing(level=level, chain_level=chain_level), least) is needed


def test_giving_is_audited_and_the_intermediary_is_told(session: Session, bakery: str) -> None:
    give(session)
    (row,) = standing(session)
    assert row.key == (bakery, "office", UUID)
    assert (row.level, row.granted_by, row.valid_from) == (L.EH3, "jan", START)
    assert row.valid_until == dates.end_of(NEXT_YEAR)
    (event,) = audit.recent(session)
    assert (event.tag, event.organisation_id) == (EventTag.CHAIN_MANDATE_GRANTED, "bakery")
    assert event.details == {
        "intermediary": "office",
        "until": NEXT_YEAR.isoformat(),
        "was": None,
    }
    (mail,) = waiting_in(session, make_sealer())
    assert mail.recipient == "roos@x.example" and mail.reference == event.reference
    for part in ("KvK 90001201", "KvK 90001542", UUID, "Vergunningen (EH3): nieuw, van"):
        assert part in mail.text


@pytest.mark.parametrize("given_by", ["jan", None], ids=["of an administrator", "of a document"])
@pytest.mark.parametrize(
    ("years", "change"),
    [(2, TermChange.EXTENDED), (1, TermChange.UNCHANGED), (0, TermChange.SHORTENED)],
)
def test_what_stands_is_made_longer_or_shorter(
    session: Session, chain: Made, given_by: str | None, years: int, change: TermChange
) -> None:
    chain(granted_by=given_by, valid_until=dates.end_of(NEXT_YEAR))
    until = dates.years_after(TODAY, years) if years else TODAY + timedelta(days=1)
    wish = replace(WISH, until=until)
    (planned,) = giving.plan(session, terms(), wish).changes
    assert (planned.change, planned.current) == (change, NEXT_YEAR)
    if change is TermChange.UNCHANGED:
        with pytest.raises(NothingToDo):
            give(session, wish)
        return
    give(session, wish)
    assert max(row.valid_until for row in standing(session)) == dates.end_of(until)
    (event,) = audit.recent(session, tags=[EventTag.CHAIN_MANDATE_CHANGED])
    assert (event.reason, event.details["was"]) == (change, NEXT_YEAR.isoformat())


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"login": DeciderLogin(L.EH3, START - RECENT - timedelta(seconds=1))}, LoginLack.TOO_OLD),
        ({"organisation_id": "garden"}, NotAdministrator),
        ({"services": {}}, NothingToDo),
        ({"login": DeciderLogin(L.EH2_PLUS, START)}, NothingToDo),  # it is impossible, then
    ],
)
def test_who_may_not_give_gives_nothing(
    session: Session, bakery: str, facts: dict[str, Any], error: Any
) -> None:
    wanted = LoginNotEnough if isinstance(error, LoginLack) else error
    with pytest.raises(wanted):
        give(session, around=terms(**facts))
    session.rollback()
    assert standing(session) == [] and audit.recent(session) == []


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        (replace(WISH, intermediary_id="bakery"), NoSuchIntermediary),
        (replace(WISH, intermediary_id="nobody"), NoSuchIntermediary),
        (replace(WISH, until=TODAY), MandateRefused),
        (replace(WISH, until=dates.years_after(TODAY, 5) + timedelta(days=1)), MandateRefused),
        (replace(WISH, until=dates.years_after(TODAY, 5)), None),
    ],
)
def test_to_whom_and_how_long(
    session: Session, bakery: str, wish: ChainChoice, error: type[Exception] | None
) -> None:
    with pytest.raises(error) if error is not None else nullcontext():
        give(session, wish)
    session.rollback()
    assert len(standing(session)) == (error is None)


def test_a_suspended_intermediary_gets_nothing(session: Session, bakery: str) -> None:
    with writing(session):
        session.get_one(Organisation, "office").suspended_at = START
    with pytest.raises(NoSuchIntermediary):
        give(session)


def test_another_last_day_is_not_what_was_shown(session: Session, bakery: str) -> None:
    """As where another tab changed the draft."""
    shown = giving.plan(session, terms(), WISH).digest
    with pytest.raises(PlanChanged):
        give(session, replace(WISH, until=dates.years_after(TODAY, 3)), shown=shown)
    session.rollback()
    assert standing(session) == []


def test_answering_a_request_makes_nothing_shorter(session: Session, chain: Made) -> None:
    """It asks until an earlier day than what stands: nobody asked for less."""
    chain(valid_until=dates.end_of(dates.years_after(TODAY, 2)))
    wish = replace(WISH, services=(UUID, OTHER), keeps_longer=True)
    place = terms(allowing(), allowing(OTHER))
    changes = [one.change for one in giving.plan(session, place, wish).changes]
    assert changes == [TermChange.UNCHANGED, TermChange.NEW]
    give(session, wish, place)
    found = {row.service_uuid: row.valid_until for row in standing(session)}
    assert found[UUID] == dates.end_of(dates.years_after(TODAY, 2))
    assert found[OTHER] == dates.end_of(NEXT_YEAR)


def test_nothing_happens_that_was_not_shown(session: Session, chain: Made) -> None:
    shown = giving.plan(session, terms(), WISH).digest
    chain()
    with pytest.raises(PlanChanged):
        give(session, shown=shown)


def test_what_is_skipped_stays_as_it_was(session: Session, bakery: str) -> None:
    both = replace(WISH, services=(UUID, OTHER))
    give(session, both, terms(allowing(), allowing(OTHER)), without={OTHER})
    assert [row.service_uuid for row in standing(session)] == [UUID]


@pytest.mark.parametrize(
    ("days", "is_soon"), [(1, True), (60, True), (100, False)], ids=["tomorrow", "soon", "later"]
)
def test_what_ends_within_two_months_is_to_do(
    session: Session, chain: Made, days: int, is_soon: bool
) -> None:
    chain(valid_until=START + timedelta(days=days))
    assert bool(to_do.ending(session, "bakery", START, None)) is is_soon
    assert to_do.ending(session, "office", START, None) == [], "it is the client that gives"
    chain("longer", granted_by=None, valid_until=START + YEAR)
    assert to_do.ending(session, "bakery", START, None) == [], "one beside it lasts longer"


def test_an_administrator_who_lost_the_place_gives_nothing(session: Session, bakery: str) -> None:
    with writing(session):
        place = session.query(Membership).where(Membership.person_id == "jan").one()
        place.role = Role.MEMBER
    with pytest.raises(NotAdministrator):
        give(session)


@pytest.mark.parametrize(
    ("link_level", "change"),
    [
        (None, TermChange.NEW),
        (L.EH2_PLUS, TermChange.NEW),
        (L.EH3, TermChange.UNCHANGED),
    ],
)
def test_what_a_link_gave_and_does_not_count_is_given_anew(
    session: Session, chain: Made, link_level: L | None, change: TermChange
) -> None:
    """To the same day too."""
    chain(by_link=True, granted_by="asked", valid_until=dates.end_of(NEXT_YEAR))
    around = terms(link_level=link_level)
    choice = ChainChoice("office", (UUID,), NEXT_YEAR)
    plan = giving.plan(session, around, choice)
    assert [one.change for one in plan.changes] == [change]
    if change is TermChange.UNCHANGED:
        return
    with writing(session):
        giving.give(session, around, choice, shown=plan.digest)
    rows = standing(session)
    assert sorted(one.by_link for one in rows) == [False, True]
    off = chains.switched_off(rows, link_level)
    (shown,) = chains.shown(rows, START, off)
    assert not shown.by_link
