"""A PostgreSQL with the bakery: Jan and Eva are its administrators, Roos works there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from admin.operators import roles
from admin.operators.roles import OperatorRole
from assurance.levels import AssuranceLevel
from directory.organisations import Organisation
from directory.people import Membership, Person, Role
from providers.accounts import Account
from state.db import writing
from tests.clocks import START
from tests.databases import database
from tests.races.racers import Racers, racers
from tests.servers import postgresql_url

__all__ = ["postgresql_url"]


@pytest.fixture(scope="module")
def two() -> Iterator[Racers]:
    with racers() as started:
        yield started


@pytest.fixture(params=[pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with database(request, tmp_path) as made:
        yield made


@pytest.fixture
def url(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as made:
        with writing(made):
            made.add(Organisation(id="bakery", kvk="90001201", name="De Korenmolen"))
            for name in ("roos", "jan", "eva"):
                made.add(
                    Person(
                        id=name,
                        display_name=name.capitalize(),
                        email=f"{name}@x.example",
                        created_at=START,
                    )
                )
            made.flush()
            for name in ("roos", "jan", "eva"):
                role = Role.MEMBER if name == "roos" else Role.ADMINISTRATOR
                made.add(
                    Membership(person_id=name, organisation_id="bakery", role=role, since=START)
                )
            for name in ("jan", "eva"):
                roles.assign(made, name, {OperatorRole.HELPDESK}, START)
            made.add(
                Account(
                    id="account",
                    person_id="roos",
                    user_name="roos",
                    level=AssuranceLevel.EH3,
                    created_at=START,
                )
            )
        yield made
