"""The bakery with Jan as its administrator, its accountant with Roos, and a garden firm."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import pytest
from sqlalchemy.orm import Session

from admin.actor import Actor
from admin.chains.giving import ChainTerms
from admin.mandates.decision_rules import DeciderLogin
from assurance.levels import AssuranceLevel
from consent.chains import ChainMandate
from directory.organisations import Organisation
from directory.people import Membership, Person, Role
from directory.services import Service
from state.db import writing
from tests.clocks import START
from tests.giving import service
from tests.keys_for_tests import make_sealer

UUID: Final = "11111111-2222-4333-8444-555555555555"
OTHER: Final = "22222222-2222-4333-8444-555555555555"
YEAR: Final = timedelta(days=365)
Made = Callable[..., ChainMandate]


def allowing(uuid: str = UUID, **facts: Any) -> Service:
    """A service at which an intermediary may come."""
    return service(uuid, **{"chain_mandates": True, **facts})


def terms(*services: Service, **facts: Any) -> ChainTerms:
    """Jan decides at the bakery, with a login of now at EH3."""
    values: dict[str, Any] = {
        "organisation_id": "bakery",
        "actor": Actor.administrator("jan"),
        "login": DeciderLogin(AssuranceLevel.EH3, START),
        "services": {one.uuid: one for one in services or (allowing(),)},
        "sealer": make_sealer(),
        "max_years": 5,
        "least": AssuranceLevel.EH3,
        "link_level": AssuranceLevel.EH3,
        "now": START,
    }
    return ChainTerms(**{**values, **facts})


@pytest.fixture
def bakery(session: Session, roos: Person) -> str:
    """The id of the client."""
    with writing(session):
        session.add_all(
            [
                Person(id="jan", display_name="Jan de Vries", created_at=START),
                Organisation(id="bakery", kvk="90001201", name="De Korenmolen"),
                Organisation(id="office", kvk="90001542", name="Kantoor Yilmaz"),
                Organisation(id="garden", kvk="90001639", name="Groenrijk"),
            ]
        )
        session.flush()
        for person_id, place in (("jan", "bakery"), (roos.id, "office")):
            session.add(
                Membership(
                    person_id=person_id,
                    organisation_id=place,
                    role=Role.ADMINISTRATOR,
                    since=START - YEAR,
                )
            )
    return "bakery"


@pytest.fixture
def chain(session: Session, bakery: str) -> Made:
    """The office may act for the bakery, because Jan said so."""

    def give(name: str = "given", **facts: Any) -> ChainMandate:
        values: dict[str, Any] = {
            "organisation_id": bakery,
            "intermediary_id": "office",
            "service_uuid": UUID,
            "level": AssuranceLevel.EH3,
            "valid_from": START - YEAR,
            "valid_until": START + YEAR,
            "granted_by": "jan",
        }
        made = ChainMandate(id=name, **{**values, **facts})
        with writing(session):
            session.add(made)
        return made

    return give
