"""The bakery and the garden firm with Jan as their administrator, and Roos who gets a means."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.mandates.decision_rules import DeciderLogin
from admin.means import asking
from admin.means.around import MeansAsker, MeansDesk, MeansRules, MeansSite
from admin.means.asking import MeansWish
from admin.operators import roles
from admin.operators.roles import OperatorRole
from assurance.factors import FactorKind
from assurance.levels import AssuranceLevel
from assurance.means import IssuedMeans, MeansLink
from assurance.means_requests import Contact, MeansRequest
from broker.sso.logout import LogoutNotifier
from consent.mandates import Mandate
from directory.organisations import Organisation
from directory.people import Membership, Person, Role
from providers.accounts import Account
from state.db import new_id, writing
from tests.clocks import START
from tests.keys_for_tests import make_sealer

YEAR: Final = timedelta(days=365)
ALL: Final = frozenset({AssuranceLevel.EH2, AssuranceLevel.EH2_PLUS, AssuranceLevel.EH3})
Made = Callable[..., Any]
Held = Callable[..., str]
PLUS: Final = AssuranceLevel.EH2_PLUS
DAY: Final = timedelta(days=1)


TOWN: Final = "00000004000000004000"  # the provider to whose services a means can be restricted


def site(approval: frozenset[AssuranceLevel] = ALL, *, documents: bool = False) -> MeansSite:
    rules = MeansRules(approval, timedelta(days=30), ("NL",), (TOWN,), documents)
    notifier = LogoutNotifier(make_sealer(), {}, {}, START)
    return MeansSite("https://login.example", "Inloggen", make_sealer(), rules, notifier)


def around(
    by: str = "jan",
    *,
    level: AssuranceLevel = AssuranceLevel.EH3,
    now: datetime = START,
    organisation_id: str = "bakery",
    approval: frozenset[AssuranceLevel] = ALL,
    documents: bool = False,
) -> MeansAsker:
    login = DeciderLogin(level, now)
    here = site(approval, documents=documents)
    return MeansAsker(organisation_id, Actor.administrator(by), login, level, here, now)


def desk(by: str = "otto", now: datetime = START) -> MeansDesk:
    return MeansDesk(Actor.operator(by), site(), now)


def wish(**facts: Any) -> MeansWish:
    """EH2+ with an app for Noa, who is new."""
    values: dict[str, Any] = {
        "level": AssuranceLevel.EH2_PLUS,
        "role": Role.MEMBER,
        "colleague": None,
        "name": "Noa Smit",
        "email": "noa@voorbeeld.example",
        "factor": FactorKind.TOTP,
        "contact": Contact(("Straat 1", "1234 AB Plaats")),
        "organisations": ("bakery",),
    }
    return MeansWish(**{**values, **facts})


@pytest.fixture
def places(session: Session, roos: Person) -> str:
    """Who is where: the id of Roos."""
    with writing(session):
        for person_id, name in (("jan", "Jan de Vries"), ("otto", "Otto"), ("petra", "Petra")):
            email = f"{person_id}@voorbeeld.example"
            session.add(Person(id=person_id, display_name=name, email=email, created_at=START))
        for name, kvk in (("bakery", "90001201"), ("garden", "90001639"), ("other", "90001542")):
            session.add(Organisation(id=name, kvk=kvk, name=name.capitalize()))
        session.flush()
        for person_id, organisation_id, role in (
            ("jan", "bakery", Role.ADMINISTRATOR),
            ("jan", "garden", Role.ADMINISTRATOR),
            (roos.id, "bakery", Role.MEMBER),
        ):
            session.add(
                Membership(
                    person_id=person_id,
                    organisation_id=organisation_id,
                    role=role,
                    since=START - YEAR,
                )
            )
        for operator in ("otto", "petra"):
            roles.assign(session, operator, {OperatorRole.HELPDESK}, START - YEAR)
    return roos.id


@pytest.fixture
def asked(session: Session, places: str) -> Made:
    """A request that came in."""

    def ask(**facts: Any) -> MeansRequest:
        with writing(session):
            return asking.ask(session, around(), wish(**facts))

    return ask


@pytest.fixture
def held(session: Session, places: str) -> Held:
    """An active means, with its place at each of these organisations."""

    def make(
        person_id: str = places,
        at: tuple[str, ...] = ("bakery",),
        role: Role = Role.MEMBER,
        **facts: Any,
    ) -> str:
        means_id = f"m-{person_id}"
        with writing(session):
            values = {"asked_at": START, "approved_at": START, "activated_at": START, **facts}
            session.add(IssuedMeans(id=means_id, person_id=person_id, level=PLUS, **values))
            session.add(
                Account(
                    person_id=person_id,
                    user_name=person_id,
                    level=PLUS,
                    created_at=START,
                )
            )
            session.flush()
            for organisation_id in at:
                session.add(
                    MeansLink(
                        id=new_id(),
                        means_id=means_id,
                        organisation_id=organisation_id,
                        role=role,
                        gives_place=True,
                        since=START,
                    )
                )
                place = session.scalars(
                    select(Membership).where(
                        Membership.person_id == person_id,
                        Membership.organisation_id == organisation_id,
                    )
                ).first()
                if place is None:
                    place = Membership(
                        person_id=person_id, organisation_id=organisation_id, since=START - YEAR
                    )
                    session.add(place)
                place.role = role
            session.add(
                Mandate(
                    person_id=person_id,
                    organisation_id=at[0],
                    service_uuid="s",
                    level=PLUS,
                    valid_from=START - DAY,
                    valid_until=START + YEAR,
                    granted_by="jan",
                )
            )
        return means_id

    return make
