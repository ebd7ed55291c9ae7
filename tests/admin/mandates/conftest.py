"""The bakery, with Jan as its administrator, and Roos who works there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from assurance.levels import AssuranceLevel
from consent.mandates import Mandate
from consent.requests import MandateRequest, RequestState
from directory.organisations import Organisation
from directory.people import Membership, Person, Role
from state.db import writing
from tests.clocks import START

UUID = "11111111-2222-4333-8444-555555555555"
YEAR = timedelta(days=365)
Made = Callable[..., Any]


@pytest.fixture
def bakery(session: Session, roos: Person) -> str:
    """The id of the organisation; another, the garden firm, is nobody's."""
    with writing(session):
        session.add_all(
            [
                Person(id="jan", display_name="Jan de Vries", created_at=START),
                Organisation(id="bakery", kvk="90001201", name="De Korenmolen"),
                Organisation(id="garden", kvk="90001639", name="Groenrijk"),
            ]
        )
        session.flush()
        for person_id, role in (("jan", Role.ADMINISTRATOR), (roos.id, Role.MEMBER)):
            session.add(
                Membership(
                    id=person_id,
                    person_id=person_id,
                    organisation_id="bakery",
                    role=role,
                    since=START - YEAR,
                )
            )
    return "bakery"


@pytest.fixture
def request_of_roos(session: Session, bakery: str) -> Made:
    """Roos asks for a mandate; the request, as it is read."""

    def ask(name: str = "asked", **facts: Any) -> MandateRequest:
        values: dict[str, Any] = {
            "person_id": "roos",
            "organisation_id": bakery,
            "state": RequestState.OPEN,
            "asked_at": START,
            "level": AssuranceLevel.EH3,
        }
        made = MandateRequest(
            id=name,
            service_uuid=UUID,
            reference="ABCD1234",
            **{**values, **facts},
        )
        with writing(session):
            session.add(made)
        return made

    return ask


@pytest.fixture
def mandate_of_roos(session: Session, bakery: str) -> Made:
    """Roos may act, because Jan said so; the mandate, as it is read."""

    def give(name: str = "given", **facts: Any) -> Mandate:
        values: dict[str, Any] = {
            "organisation_id": bakery,
            "valid_until": START + YEAR,
            "granted_by": "jan",
            "service_uuid": UUID,
            "level": AssuranceLevel.EH3,
        }
        made = Mandate(
            id=name,
            person_id="roos",
            valid_from=START,
            **{**values, **facts},
        )
        with writing(session):
            session.add(made)
        return made

    return give
