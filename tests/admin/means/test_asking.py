"""A means is asked within what the administrator is worth now, and one at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.invitations import accepting
from admin.mandates.administrators import NotAdministrator
from admin.mandates.decision_rules import LoginNotEnough
from admin.means import asking, decisions, overview
from admin.means.asking import WishRefused
from admin.means.rules import MeansVerdict
from assurance import means_requests
from assurance.factors import FactorKind
from assurance.levels import AssuranceLevel
from assurance.means import IssuedMeans
from assurance.means_requests import Contact, contact_of
from directory.people import MeansStatus, Membership, Person, Role
from providers.accounts import Account
from state import audit
from state.audit import EventTag
from state.db import writing
from state.outbox import OutboxRow
from tests.admin.means.conftest import Made, around, desk, site, wish
from tests.clocks import START
from tests.keys_for_tests import make_sealer

ADDRESS = ("Straat 1", "Plaats")


def test_what_is_asked_is_kept_sealed_and_told(session: Session, asked: Made) -> None:
    request = asked(factor=FactorKind.SMS, contact=Contact(ADDRESS, "+31612345678"))
    assert b"612345678" not in request.contact
    assert contact_of(make_sealer(), request) == Contact(ADDRESS, "+31612345678")
    made = session.get_one(IssuedMeans, request.means_id)
    person = session.get_one(Person, made.person_id)
    assert (person.display_name, person.email) == ("Noa Smit", "noa@voorbeeld.example")
    assert session.scalars(select(Membership).where(Membership.person_id == person.id)).all() == []
    view = overview.one(session, "bakery", person.id, START)
    assert view is not None and view.status is MeansStatus.WAITS_FOR_APPROVAL
    (event,) = audit.recent(session, tags=[EventTag.MEANS_ASKED])
    assert (event.person_id, event.details["person"]) == ("jan", person.id)
    assert len(session.scalars(select(OutboxRow)).all()) == 1, "who asked has it in writing"


@pytest.mark.parametrize(
    ("facts", "part", "word"),
    [
        ({"level": AssuranceLevel.EH4}, "level", "not_issued"),
        ({"level": AssuranceLevel.EH2, "factor": None, "role": Role.ADMINISTRATOR}, "role", ""),
        ({"name": ""}, "name", "no_name"),
        ({"email": "noa"}, "email", "no_address"),
        ({"email": "ROOS@voorbeeld.example"}, "email", "known_colleague"),
        ({"factor": None}, "factor", "no_factor"),
        ({"factor": FactorKind.PASSKEY}, "factor", "no_factor"),
        ({"level": AssuranceLevel.EH2}, "factor", "not_needed"),
        ({"factor": FactorKind.SMS}, "mobile", "not_a_number"),
        ({"contact": Contact()}, "address", "no_address"),
        ({"organisations": ("garden",)}, "organisations", "not_here"),
        ({"organisations": ("bakery", "other")}, "organisations", "not_administered"),
        ({"colleague": "petra"}, "person", "no_colleague"),
    ],
)
def test_M_02_M_03_what_may_not_be_asked_says_why(
    session: Session, asked: Made, facts: dict[str, Any], part: str, word: str
) -> None:
    roos = session.get_one(Person, "roos")
    with writing(session):
        roos.email = "roos@voorbeeld.example"
    with pytest.raises(WishRefused) as refused:
        asked(**facts)
    assert word in refused.value.faults[part]
    assert session.scalars(select(IssuedMeans)).all() == []


def test_M_02_a_login_of_this_level_and_of_now_is_needed(session: Session, places: str) -> None:
    low = around(level=AssuranceLevel.EH2_PLUS)
    with pytest.raises(WishRefused) as refused, writing(session):
        asking.ask(session, low, wish(level=AssuranceLevel.EH3))
    assert refused.value.faults["level"] == "above_own_level"
    with pytest.raises(NotAdministrator), writing(session):
        asking.ask(session, around(places), wish())
    old = around(now=START + timedelta(minutes=11))
    old = type(old)(
        old.organisation_id, old.actor, around().login, old.login_level, old.site, old.now
    )
    with pytest.raises(LoginNotEnough), writing(session):
        asking.ask(session, old, wish())


def test_a_person_has_one_means_at_a_time(session: Session, asked: Made, places: str) -> None:
    asked(colleague=places)
    with pytest.raises(WishRefused) as refused:
        asked(colleague=places)
    assert refused.value.faults == {"person": "has_means"}


def test_an_account_from_elsewhere_is_no_new_means(
    session: Session, asked: Made, places: str
) -> None:
    with writing(session):
        account = Account(
            person_id=places, user_name="roos", level=AssuranceLevel.EH2, created_at=START
        )
        session.add(account)
    with pytest.raises(WishRefused):
        asked(colleague=places)


def test_where_no_approval_is_needed_the_letter_goes_at_once(session: Session, places: str) -> None:
    with writing(session):
        request = asking.ask(session, around(approval=frozenset()), wish())
    made = session.get_one(IssuedMeans, request.means_id)
    view = overview.one(session, "bakery", made.person_id, START)
    assert view is not None and view.status is MeansStatus.WAITS_FOR_ACTIVATION
    assert view.deadline == START + timedelta(days=30)
    assert sorted(session.scalars(select(OutboxRow.channel))) == ["letter", "mail", "mail", "mail"]
    (event,) = audit.recent(session, tags=[EventTag.MEANS_APPROVED])
    assert event.person_id is None and event.details["by_rule"] is True
    assert places


def test_M_05_who_administers_already_is_identified_in_every_role(
    session: Session, places: str
) -> None:
    """A place as administrator first, and a means in the role of a user then, is no way around."""
    query = select(Membership).where(Membership.person_id == places)
    rules = site(frozenset()).rules
    with writing(session):
        session.scalars(query).one().role = Role.ADMINISTRATOR
    none = around(approval=frozenset())
    with writing(session):
        request = asking.ask(session, none, wish(colleague=places, name="", email=""))
    assert request.is_open
    assert decisions.verdict(session, request, "otto", rules, START) is MeansVerdict.NOT_IDENTIFIED
    with writing(session):
        session.scalars(query).one().role = Role.MEMBER
    assert decisions.verdict(session, request, "otto", rules, START) is MeansVerdict.GRANTED


def test_M_05_nobody_becomes_administrator_beside_the_request(
    session: Session, asked: Made
) -> None:
    request = asked(role=Role.ADMINISTRATOR)
    person = session.get_one(IssuedMeans, request.means_id).person_id
    known = [person, "jan"]
    assert means_requests.not_identified(session, known, START) == {person}
    assert accepting.lacks_identification(session, person, Role.ADMINISTRATOR, START)
    assert not accepting.lacks_identification(session, person, Role.MEMBER, START)
    assert not accepting.lacks_identification(session, "jan", Role.ADMINISTRATOR, START)
    good = {"proof": "in_person", "reference": "BALIE", "day": START.date().isoformat()}
    with writing(session):
        decisions.identify(session, desk("petra"), request.id, **good)
    assert means_requests.not_identified(session, known, START) == {person}, "not approved yet"
    with writing(session):
        assert decisions.approve(session, desk(), request.id) is MeansVerdict.GRANTED
    assert means_requests.not_identified(session, known, START) == set()
