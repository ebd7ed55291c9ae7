"""How high somebody can log in follows from makelaars, accounts and factors as they are now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from admin.mandates import means
from admin.mandates.means import MeansState, PersonMeans
from assurance import second_factor
from assurance.levels import AssuranceLevel as L
from directory.people import Person
from providers.accounts import Account
from state.db import writing
from tests.clocks import START
from tests.giving import MAKELAAR, known, makelaar
from tests.keys_for_tests import make_sealer

ACTIVE, EXPIRED, BLOCKED, RESTRICTED, NONE = MeansState


def of_roos(session: Session, **more: Any) -> PersonMeans:
    records = more.pop("makelaars", {MAKELAAR: makelaar(L.EH2, lifts=True)})
    return means.of_people(session, records, ["roos"], START, **more)["roos"]


@pytest.mark.usefixtures("bakery")
def test_without_a_way_to_log_in_there_is_no_means(session: Session) -> None:
    assert of_roos(session) == PersonMeans(NONE)


@pytest.mark.usefixtures("bakery")
@pytest.mark.parametrize(
    ("deadline", "found"),
    [
        (None, PersonMeans(ACTIVE, L.EH2)),
        (START + timedelta(seconds=1), PersonMeans(ACTIVE, L.EH2)),
        (START, PersonMeans(EXPIRED)),
    ],
)
def test_an_activation_has_its_last_moment(
    session: Session, deadline: Any, found: PersonMeans
) -> None:
    with writing(session):
        session.add(known("roos", means_active_until=deadline))
    assert of_roos(session) == found


@pytest.mark.usefixtures("bakery")
def test_a_makelaar_that_is_paused_or_gone_counts_for_nothing(session: Session) -> None:
    with writing(session):
        session.add(known("roos"))
    assert of_roos(session, makelaars={}).state is NONE
    assert of_roos(session, makelaars={MAKELAAR: makelaar(state="paused")}).state is NONE


@pytest.mark.usefixtures("bakery")
@pytest.mark.parametrize(("lifts", "level"), [(True, L.EH2_PLUS), (False, L.EH2)])
def test_a_factor_lifts_where_the_makelaar_lets_it(session: Session, lifts: bool, level: L) -> None:
    with writing(session):
        session.add(known("roos"))
        second_factor.bind_totp(
            session, make_sealer(), person_id="roos", seed="JBSWY3DPEHPK3PXP", label="", now=START
        )
    assert of_roos(session, makelaars={MAKELAAR: makelaar(L.EH2, lifts=lifts)}).level is level


@pytest.mark.usefixtures("bakery")
def test_an_account_of_ours_counts_where_it_does(session: Session) -> None:
    with writing(session):
        session.add(Account(person_id="roos", user_name="roos", level=L.EH3, created_at=START))
    assert of_roos(session) == PersonMeans(ACTIVE, L.EH3)
    assert of_roos(session, own_means=False) == PersonMeans(NONE)


@pytest.mark.usefixtures("bakery")
def test_who_is_blocked_has_none(session: Session) -> None:
    with writing(session):
        session.add(known("roos"))
        session.get_one(Person, "roos").blocked_at = START
    assert of_roos(session) == PersonMeans(BLOCKED)
