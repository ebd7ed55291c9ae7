"""Of two who decide about the same chain mandate at the same moment one does, and what was taken
back does not come back.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from assurance.levels import AssuranceLevel
from consent.chain_requests import ChainRequest
from consent.chains import ChainMandate
from directory import dates
from directory.organisations import Organisation
from directory.people import Membership, Person, Role
from state.db import writing
from tests.clocks import START
from tests.races import chain_acts as acts
from tests.races.acts import YEAR, uuid_of
from tests.races.racers import ROUNDS, Racers


def office(session: Session, *, gives: bool) -> None:
    """An intermediary of the bakery; ``gives``: with a chain mandate for each round."""
    session.add(Organisation(id="office", kvk="90001542", name="Kantoor"))
    session.flush()
    for number in range(ROUNDS if gives else 0):
        session.add(
            ChainMandate(
                id=f"c{number}",
                organisation_id="bakery",
                intermediary_id="office",
                service_uuid=uuid_of(number),
                level=AssuranceLevel.EH3,
                valid_from=START,
                valid_until=START + YEAR,
                granted_by="jan",
            )
        )


def standing(session: Session) -> int:
    session.rollback()
    return len(session.scalars(select(ChainMandate).where(ChainMandate.revoked_at.is_(None))).all())


def test_of_two_who_give_the_same_one_does(session: Session, url: str, two: Racers) -> None:
    with writing(session):
        office(session, gives=False)
    found = two.race(url, acts.give)
    assert [sorted(map(str, pair)) for pair in found] == [["False", "True"]] * ROUNDS, found
    assert standing(session) == ROUNDS


def test_of_two_who_take_the_same_back_one_does(session: Session, url: str, two: Racers) -> None:
    with writing(session):
        office(session, gives=True)
    found = two.race(url, acts.revoke)
    assert [sorted(map(str, pair)) for pair in found] == [["False", "True"]] * ROUNDS, found
    assert standing(session) == 0


def test_M_11_of_a_longer_term_and_a_revocation_nothing_stands(
    session: Session, url: str, two: Racers
) -> None:
    with writing(session):
        office(session, gives=True)
    found = two.race(url, acts.give, acts.revoke)
    assert {revoked for _, revoked in found} == {True}, found
    assert {longer for longer, _ in found} <= {True, False}, found
    assert standing(session) == 0


def asked(session: Session) -> None:
    """The office asks a garden without an administrator, once for each round."""
    session.add(Organisation(id="garden", kvk="90001639", name="Groenrijk"))
    session.add(Person(id="mo", display_name="Mo", created_at=START))
    session.flush()
    session.add(
        Membership(
            person_id="mo", organisation_id="office", role=Role.ADMINISTRATOR, since=START - YEAR
        )
    )
    session.add_all(
        ChainRequest(
            id=f"r{number}",
            organisation_id="garden",
            intermediary_id="office",
            services=[uuid_of(number)],
            until=dates.day_of(START + YEAR),
            email="groen@x.example",
            locale="nl",
            link_hash=f"{number:064}",
            asked_by="mo",
            asked_at=START,
            expires_at=START + timedelta(days=9),
        )
        for number in range(ROUNDS)
    )


def test_M_09_a_link_gives_once(session: Session, url: str, two: Racers) -> None:
    with writing(session):
        office(session, gives=False)
        asked(session)
    found = two.race(url, acts.agree)
    assert [sorted(map(str, pair)) for pair in found] == [["False", "True"]] * ROUNDS, found
    assert standing(session) == ROUNDS


def test_of_agreeing_and_withdrawing_one_happens(session: Session, url: str, two: Racers) -> None:
    with writing(session):
        office(session, gives=False)
        asked(session)
    found = two.race(url, acts.agree, acts.withdraw)
    assert all(agreed is not withdrawn for agreed, withdrawn in found), found
    assert standing(session) == sum(agreed for agreed, _ in found)


def test_who_gives_and_another_number_do_not_wait_for_each_other(
    session: Session, url: str, two: Racers
) -> None:
    """What is given refers to the row of the company, which changes: whoever has it last waits."""
    with writing(session):
        office(session, gives=False)
    found = two.race(url, acts.give, acts.renumber)
    assert set(found) == {(True, True)}, found
    assert standing(session) == ROUNDS
