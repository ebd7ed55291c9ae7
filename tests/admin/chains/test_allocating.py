"""Allocating clients: who decides, for whom, and what ends with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.chains import allocating
from admin.chains.allocating import Allocating, NoSuchClient, NoSuchColleague
from admin.mandates.administrators import NotAdministrator
from admin.mandates.decision_rules import DeciderLogin, LoginNotEnough
from admin.mandates.giving import NothingToDo
from assurance.levels import AssuranceLevel
from broker.sso.logout import LogoutNotifier
from consent import allocations
from consent.allocations import EVERY_CLIENT, Client, Clients
from consent.chains import ChainMandate
from consent.mandates import Mandate
from directory.people import Membership, Person, Role
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.admin.chains.conftest import OTHER, UUID, YEAR, Made
from tests.admin.mandates.test_ending import login
from tests.admin.mandates.test_ending import standing as grants
from tests.clocks import START
from tests.deliveries import waiting_in
from tests.keys_for_tests import make_sealer

AROUND = Allocating(
    "office",
    Actor.administrator("eva"),
    DeciderLogin(AssuranceLevel.EH3, START),
    {},
    LogoutNotifier(make_sealer(), {}, {}, START),
    START,
)
BAKERY = Client("bakery", None)


@pytest.fixture(autouse=True)
def office(session: Session, chain: Made) -> None:
    """Eva administers it, Roos works there; the bakery and the garden firm are clients."""
    chain()
    chain("other", service_uuid=OTHER)
    chain("garden", organisation_id="garden")
    with writing(session):
        session.add(Person(id="eva", display_name="Eva", created_at=START))
        session.flush()
        session.add(
            Membership(
                person_id="eva",
                organisation_id="office",
                role=Role.ADMINISTRATOR,
                since=START - YEAR,
            )
        )
        session.add(
            Mandate(
                person_id="roos",
                organisation_id="office",
                service_uuid=None,
                level=AssuranceLevel.EH3,
                valid_from=START - YEAR,
                valid_until=START + YEAR,
            )
        )


def allocate(
    session: Session, clients: Clients | None, around: Allocating = AROUND, person: str = "roos"
) -> None:
    with writing(session):
        allocating.allocate(session, around, person, clients)


@pytest.mark.parametrize(
    ("clients", "left"),
    [
        (frozenset(), []),
        (frozenset({BAKERY}), ["bakery", "other"]),
        (frozenset({Client("bakery", UUID)}), ["bakery"]),
        (frozenset({Client("bakery", OTHER)}), ["other"]),
        (frozenset({Client("garden", None)}), ["garden"]),
    ],
)
def test_what_is_taken_away_ends_at_once_and_nothing_else(
    session: Session, clients: Clients, left: list[str]
) -> None:
    for number, (name, represented, uuid) in enumerate(
        (("bakery", "90001201", UUID), ("other", "90001201", OTHER), ("garden", "90001639", UUID))
    ):
        at = START - timedelta(minutes=5 + 3 * number)
        login(session, name, represented=represented, service_uuid=uuid, at=at)
    allocate(session, clients)
    assert sorted(grants(session)) == left


def test_it_is_audited_and_told(session: Session) -> None:
    allocate(session, frozenset({BAKERY}))
    (event,) = audit.recent(session, tags=[EventTag.CLIENTS_ALLOCATED])
    assert (event.person_id, event.organisation_id) == ("eva", "office")
    assert event.reason == "named_clients"
    assert event.details == {"person": "roos", "clients": 1, "lost": 1}
    (mail,) = waiting_in(session, make_sealer())
    assert mail.recipient == "roos@x.example" and "- De Korenmolen" in mail.text
    allocate(session, EVERY_CLIENT)
    event = audit.recent(session, tags=[EventTag.CLIENTS_ALLOCATED])[0]
    assert (event.reason, event.details["clients"]) == ("every_client", None)
    assert allocations.of_person(session, "office", "roos") is EVERY_CLIENT
    with pytest.raises(NothingToDo):
        allocate(session, EVERY_CLIENT)


@pytest.mark.parametrize(
    ("around", "person", "clients", "error"),
    [
        (replace(AROUND, actor=Actor.administrator("jan")), "roos", frozenset(), NotAdministrator),
        (AROUND, "jan", frozenset(), NoSuchColleague),
        (AROUND, "nobody", frozenset(), NoSuchColleague),
        (AROUND, "roos", frozenset({Client("office", None)}), NoSuchClient),
        (AROUND, "roos", frozenset({Client("garden", OTHER)}), NoSuchClient),
        (AROUND, "roos", frozenset({Client("nobody", None)}), NoSuchClient),
    ],
)
def test_M_01_nobody_allocates_what_is_of_others(
    session: Session,
    around: Allocating,
    person: str,
    clients: Clients,
    error: type[Exception],
) -> None:
    with pytest.raises(error):
        allocate(session, clients, around, person)
    session.rollback()
    assert audit.recent(session, tags=[EventTag.CLIENTS_ALLOCATED]) == []


def test_a_client_that_left_can_stay_named(session: Session) -> None:
    """Who changes something else does not have to take that back first."""
    allocate(session, frozenset({BAKERY, Client("garden", None)}))
    with writing(session):
        session.get_one(ChainMandate, "garden").revoked_at = START
    allocate(session, frozenset({Client("garden", None)}))
    assert allocations.of_person(session, "office", "roos") == {Client("garden", None)}


@pytest.mark.parametrize(
    ("before", "after", "is_more"),
    [
        (EVERY_CLIENT, {BAKERY}, False),
        ({BAKERY}, set(), False),
        (set(), {BAKERY}, True),
        ({BAKERY}, EVERY_CLIENT, True),
        ({Client("bakery", UUID)}, {BAKERY}, True),
    ],
)
def test_giving_more_takes_a_login_of_the_last_minutes(
    session: Session,
    before: set[Client] | None,
    after: set[Client] | None,
    is_more: bool,
) -> None:
    """Taking away never waits for one."""
    with writing(session):
        allocations.put(session, "office", "roos", before, by="eva", now=START)
    old = replace(AROUND, login=DeciderLogin(AssuranceLevel.EH3, START - timedelta(minutes=11)))
    wanted = EVERY_CLIENT if after is None else frozenset(after)
    if is_more:
        with pytest.raises(LoginNotEnough):
            allocate(session, wanted, old)
        assert allocations.of_person(session, "office", "roos") == before
        allocate(session, wanted)
    else:
        allocate(session, wanted, old)
    assert allocations.of_person(session, "office", "roos") == wanted
