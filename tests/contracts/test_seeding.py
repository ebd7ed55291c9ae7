"""A made-up installation: only where nothing is, and as large as it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from admin.scale import seeding
from admin.scale.rows import CLIENTS_EACH, MANDATES_EACH, PEOPLE_EACH, SERVICES, Scale, person_id
from admin.scale.seeding import NotEmpty
from assurance.levels import AssuranceLevel
from consent.chains import ChainMandate
from consent.mandates import Mandate
from consent.options import Terms, options
from directory.organisations import Organisation
from directory.people import Membership, Person
from state.db import writing
from tests.clocks import START
from tests.consent.conftest import Rules
from tests.databases import BOTH, database

SMALLEST = Scale.of(CLIENTS_EACH / 100_000, START)


@pytest.fixture(params=BOTH)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with database(request, tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    ("factor", "fits"), [(0, False), (0.0005, False), (0.001, True), (11, False)]
)
def test_a_factor_makes_at_least_one_intermediary(factor: float, fits: bool) -> None:
    if fits:
        assert Scale.of(factor, START).organisations == CLIENTS_EACH
        return
    with pytest.raises(ValueError, match="a factor from"):
        Scale.of(factor, START)


def test_the_whole_is_the_size_of_a_country() -> None:
    whole = Scale.of(1, START)
    assert (whole.organisations, whole.people, whole.mandates) == (100_000, 1_000_000, 5_000_000)


def test_an_empty_installation_is_filled_once(engine: Engine) -> None:
    told: list[int] = []
    seeding.seed(engine, SMALLEST, told.append)
    assert sum(told) <= SMALLEST.rows
    with Session(engine) as session:
        counts = {
            model: session.scalar(select(func.count()).select_from(model))
            for model in (Organisation, Person, Membership, Mandate, ChainMandate)
        }
        people = CLIENTS_EACH * PEOPLE_EACH
        assert counts == {
            Organisation: CLIENTS_EACH,
            Person: people,
            Membership: people,
            Mandate: people * MANDATES_EACH,
            ChainMandate: CLIENTS_EACH - 1,
        }
        terms = Terms(Rules(SERVICES[5]), AssuranceLevel.EH3, AssuranceLevel.EH3, START, 24)
        clients = [
            one.key
            for one in options(session, person_id(1), terms).usable
            if one.authority.chain_mandate_id
        ]
        assert clients, "somebody at the intermediary acts for its clients"
    with pytest.raises(NotEmpty):
        seeding.seed(engine, SMALLEST, told.append)


def test_nobody_mixes_people_with_made_up_ones(engine: Engine) -> None:
    with Session(engine) as session, writing(session):
        session.add(Person(id="roos", display_name="Roos", created_at=START))
    with pytest.raises(NotEmpty) as refused:
        seeding.seed(engine, SMALLEST, lambda number: None)
    assert str(refused.value) == "person"
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Organisation)) == 0
