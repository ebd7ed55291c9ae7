"""A restricted means: for one provider and one company, which has no other; converting it gives
more and is approved, restricting one gives less and is done at once.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.means import asking, changing, decisions
from admin.means.asking import WishRefused
from admin.means.changing import ChangeRefused, ChangeWish
from admin.means.rules import MeansVerdict, why_not_restricted
from assurance import means, means_requests
from assurance.factors import BoundBy, FactorKind
from assurance.levels import AssuranceLevel
from assurance.means import IssuedMeans, counts_at
from assurance.means_requests import MeansRequest
from directory.people import Role
from providers.accounts import Account
from state.db import writing
from tests.admin.means.conftest import PLUS, TOWN, Held, Made, around, desk, wish
from tests.admin.means.test_changing import factor
from tests.clocks import START

OTHER = "00000004000000001000"
SAME = ChangeWish("m-roos", PLUS, Role.MEMBER)


@pytest.mark.parametrize(
    ("restricted_to", "companies", "is_taken", "why"),
    [
        (None, 1, False, None),
        (None, 3, True, None),  # an ordinary one is not its business
        (TOWN, 1, False, None),
        (OTHER, 1, False, "not_offered"),
        ("", 1, False, "not_offered"),
        (TOWN, 2, False, "one_company"),
        (TOWN, 1, True, "restricted_taken"),
    ],
)
def test_when_a_means_can_be_restricted(
    restricted_to: str | None, companies: int, is_taken: bool, why: str | None
) -> None:
    found = why_not_restricted(
        restricted_to, offered={TOWN}, companies=companies, is_taken=is_taken
    )
    assert found == why


@pytest.mark.parametrize(
    ("restricted_to", "provider", "counts"),
    [(None, TOWN, True), (None, OTHER, True), (TOWN, TOWN, True), (TOWN, OTHER, False)],
)
def test_where_a_means_counts(restricted_to: str | None, provider: str, counts: bool) -> None:
    assert counts_at(restricted_to, provider) is counts


def test_a_company_has_one_from_the_asking_on(session: Session, asked: Made) -> None:
    request = asked(provider_oin=TOWN)
    with pytest.raises(WishRefused) as refused:
        asked(provider_oin=TOWN, name="Kim Bos", email="kim@voorbeeld.example")
    assert refused.value.faults == {"restriction": "restricted_taken"}
    session.rollback()
    asked(name="Kim Bos", email="kim@voorbeeld.example")
    with writing(session):  # at another company of the same administrator there is none
        garden = around(organisation_id="garden")
        elsewhere = wish(provider_oin=TOWN, organisations=("garden",), email="pim@x.example")
        asking.ask(session, garden, elsewhere)
    with writing(session):
        decisions.refuse(session, desk(), request.id, "Nee.")
    asked(provider_oin=TOWN, name="Pam Bos", email="pam@voorbeeld.example")


def test_it_is_for_one_company(session: Session, asked: Made) -> None:
    with pytest.raises(WishRefused) as refused:
        asked(provider_oin=TOWN, organisations=("bakery", "garden"))
    assert refused.value.faults == {"restriction": "one_company"}


def change(session: Session, wanted: ChangeWish) -> MeansRequest:
    with writing(session):
        return changing.change(session, around(), wanted)


def restricted_to(session: Session) -> tuple[str | None, str | None]:
    """Of the means and of its account."""
    session.expire_all()
    made = session.get_one(IssuedMeans, "m-roos")
    account = session.scalars(select(Account).where(Account.person_id == "roos")).one()
    return made.provider_oin, account.provider_oin


def test_restricting_is_less_and_converting_is_more(session: Session, held: Held) -> None:
    held()
    factor(session, BoundBy.LETTER)
    assert change(session, replace(SAME, provider_oin=TOWN)).done_at == START
    assert restricted_to(session) == (TOWN, TOWN)
    with pytest.raises(ChangeRefused) as refused:
        change(session, replace(SAME, provider_oin=TOWN))
    assert refused.value.faults == {"means": "same"}
    session.rollback()
    request = change(session, SAME)
    assert request.done_at is None and restricted_to(session) == (TOWN, TOWN)
    with writing(session):
        assert decisions.approve(session, desk(), request.id) is MeansVerdict.GRANTED
    assert restricted_to(session) == (None, None)


def test_another_level_leaves_the_restriction(session: Session, held: Held) -> None:
    held()
    factor(session, BoundBy.LETTER)
    change(session, replace(SAME, provider_oin=TOWN))
    change(session, replace(SAME, level=AssuranceLevel.EH2, provider_oin=TOWN))
    assert restricted_to(session) == (TOWN, TOWN)


def test_a_restricted_one_gets_no_second_company(session: Session, held: Held) -> None:
    held()
    factor(session, BoundBy.LETTER)
    change(session, replace(SAME, provider_oin=TOWN))
    with pytest.raises(ChangeRefused) as refused:
        change(session, replace(SAME, provider_oin=TOWN, organisations=("garden",)))
    assert refused.value.faults == {"restriction": "one_company"}
    session.rollback()
    with writing(session):  # both at once: no longer restricted, so it may
        changing.change(session, around(), replace(SAME, organisations=("garden",)))


def test_one_that_is_linked_to_two_is_not_restricted(session: Session, held: Held) -> None:
    held(at=("bakery", "garden"))
    factor(session, BoundBy.LETTER)
    with pytest.raises(ChangeRefused) as refused:
        change(session, replace(SAME, provider_oin=TOWN))
    assert refused.value.faults == {"restriction": "one_company"}


def test_a_change_that_waits_takes_the_place_too(session: Session, held: Held, asked: Made) -> None:
    held()
    contact = wish().contact
    wanted = replace(
        SAME, level=AssuranceLevel.EH3, provider_oin=TOWN, factor=FactorKind.TOTP, contact=contact
    )
    assert change(session, wanted).is_open
    assert means.restricted_at(session, "bakery", START) == []
    assert means_requests.has_restricted(session, "bakery", START)
    with pytest.raises(WishRefused) as refused:
        asked(provider_oin=TOWN)
    assert refused.value.faults == {"restriction": "restricted_taken"}
