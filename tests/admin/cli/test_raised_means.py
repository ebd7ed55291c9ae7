"""A means of Sluis that is issued or raised by a document: what its factors are worth then."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

from assurance.factors import BoundBy, Factor, FactorKind
from state import audit
from state.audit import EventTag
from state.db import writing
from tests.admin.cli.conftest import Sluis
from tests.admin.cli.test_factors import sluis_there
from tests.journeys.at_mijn import factors_of
from tests.world import World, make_world

__all__ = ["sluis_there"]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path / "world")


def _bound(world: World, by: BoundBy) -> None:
    with world.session() as session, writing(session):
        session.execute(update(Factor).where(Factor.person_id == "eva").values(bound_by=by))


def _apply(world: World, sluis: Sluis, old: str, new: str) -> None:
    """The document of Eva with this changed."""
    file = world.demo.registrations / "40-people.yaml"
    before, start, eva = file.read_text(encoding="utf-8").partition("id: eva\n")
    assert old in eva.partition("---")[0]
    file.write_text(before + start + eva.replace(old, new, 1), encoding="utf-8")
    done = sluis("apply", "-f", str(file))
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("lowered", "raised"),
    [("level: EH2+", "level: EH3"), ("level: EH3\n  ended: true", "level: EH3\n  ended: false")],
    ids=["raised", "given back"],
)
@pytest.mark.parametrize(
    ("by", "then"),
    [
        (BoundBy.SESSION, BoundBy.SELF),
        (BoundBy.LETTER, BoundBy.LETTER),
        (BoundBy.ADMINISTRATOR, BoundBy.ADMINISTRATOR),
    ],
)
def test_F_12_a_factor_does_not_grow_with_the_means(
    world: World, sluis_there: Sluis, lowered: str, raised: str, by: BoundBy, then: BoundBy
) -> None:
    """Added where EH2+ was enough, it would prove EH3 from now on."""
    _apply(world, sluis_there, "level: EH3", lowered)
    _bound(world, by)
    _apply(world, sluis_there, lowered, raised)
    (factor,) = factors_of(world, "eva", FactorKind.TOTP)
    assert factor.bound_by is then
    with world.session() as session:
        events = audit.recent(session, tags=(EventTag.FACTOR_WAITS,), person_id="eva")
    assert len(events) == (by is BoundBy.SESSION)


def test_a_factor_counts_on_where_its_means_stays_as_it_is(
    world: World, sluis_there: Sluis
) -> None:
    """The same level once more, and a lower one, ask nothing anew."""
    _bound(world, BoundBy.SESSION)
    for old, new in (("level: EH3", "level: EH3"), ("level: EH3", "level: EH2+")):
        _apply(world, sluis_there, old, new)
        (factor,) = factors_of(world, "eva", FactorKind.TOTP)
        assert factor.bound_by is BoundBy.SESSION
