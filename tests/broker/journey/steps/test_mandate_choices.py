"""The ways to act on a page: branches by name and address, and which mandates end soon."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from assurance.levels import AssuranceLevel
from broker.journey.pages.frame import ShownBranch
from broker.journey.steps.frame import frame
from broker.journey.steps.mandate_choices import shown_choices
from consent.authority import (
    Authority,
    AuthorityKind,
    AuthorityRefusal,
    Party,
    PartyIdType,
    RefusalReason,
)
from consent.options import Option, Options
from directory.organisations import Establishment, Organisation
from state.db import writing
from tests.broker.facts import a_login, a_page, a_runtime, a_turn
from tests.clocks import START, FakeClock

SHOP = "000090012021"
MILL = Authority(
    Party(PartyIdType.KVK, "90001201", "De Korenmolen"),
    AuthorityKind.DIRECT,
    AssuranceLevel.EH3,
    "urn:x",
)
OF_SHOP = replace(MILL, branches=(SHOP,))


@pytest.fixture(autouse=True)
def bakery(session: Session) -> None:
    """With one branch."""
    with writing(session):
        row = Organisation(kvk="90001201", rsin="800001205", name="De Korenmolen")
        session.add(row)
        session.flush()
        session.add(
            Establishment(
                number=SHOP, organisation_id=row.id, name="Winkel", address="Dorpsstraat 12"
            )
        )


def branches_of(session: Session, authority: Authority) -> tuple[ShownBranch, ...]:
    turn = a_turn(a_runtime(session), a_login())
    found = shown_choices(turn, Options((Option("key", authority),), ()))
    return found.usable[0].branches


def test_a_branch_has_its_name_and_address_and_its_number_in_groups(session: Session) -> None:
    (branch,) = branches_of(session, OF_SHOP)
    assert branch == ShownBranch("0000 9001 2021", "Winkel", "Dorpsstraat 12")
    assert branches_of(session, MILL) == ()


@pytest.mark.parametrize(
    "authority",
    [
        replace(OF_SHOP, branches=("000099999999",)),  # never registered here
        replace(OF_SHOP, represented=Party(PartyIdType.KVK, "90001639")),  # that of another
    ],
)
def test_a_branch_that_we_do_not_know_as_theirs_is_a_number(
    session: Session, authority: Authority
) -> None:
    (branch,) = branches_of(session, authority)
    assert (branch.name, branch.address) == (None, None)


def test_a_branch_of_an_organisation_that_is_known_by_its_rsin_has_its_name(
    session: Session,
) -> None:
    (branch,) = branches_of(
        session, replace(OF_SHOP, represented=Party(PartyIdType.RSIN, "800001205"))
    )
    assert branch.name == "Winkel"


@pytest.mark.parametrize(
    ("until", "soon"),
    [
        (datetime.fromisoformat("2027-01-02T22:59:59+00:00"), True),  # two months after 2 November
        (datetime.fromisoformat("2027-01-02T23:00:00+00:00"), False),
        (datetime.fromisoformat("2026-11-02T10:00:00+00:00"), True),
        (None, False),
    ],
)
def test_a_mandate_that_ends_within_two_months_is_marked(
    session: Session, until: datetime | None, soon: bool
) -> None:
    turn = a_turn(a_runtime(session, clock=FakeClock()), a_login())
    options = Options((Option("key", replace(MILL, valid_until=until)),), ())
    assert START.date().isoformat() == "2026-11-02"
    assert shown_choices(turn, options).usable[0].ends_soon is soon


def test_what_falls_short_is_shown_with_its_reason_and_its_branch(session: Session) -> None:
    turn = a_turn(a_runtime(session), a_login())
    refused = AuthorityRefusal(RefusalReason.BRANCH, OF_SHOP)
    (choice,) = shown_choices(turn, Options((), (refused,))).refused
    assert (choice.reason, choice.branches[0].name) == ("branch", "Winkel")


@pytest.mark.parametrize(("authority", "branch"), [(OF_SHOP, "Winkel"), (MILL, None), (None, None)])
def test_the_frame_says_for_which_branch_somebody_acts(
    session: Session, authority: Authority | None, branch: str | None
) -> None:
    turn = a_turn(a_runtime(session), a_login(authority=authority))
    with a_page():
        found = frame(turn).branch
    assert (found.name if found else None) == branch
