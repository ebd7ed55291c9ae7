"""Actors: who logged in has an id, and nobody else."""

from __future__ import annotations

import pytest

from admin.actor import COMMAND_LINE, WORKER, Actor, ActorKind


def test_who_logged_in_is_known_by_id_and_the_machine_is_not() -> None:
    assert Actor.operator("robin").person_id == "robin"
    assert Actor.administrator("sanne").kind is ActorKind.ADMINISTRATOR
    assert COMMAND_LINE.person_id is None and WORKER.person_id is None


@pytest.mark.parametrize(
    ("kind", "person_id"),
    [
        (ActorKind.OPERATOR, None),
        (ActorKind.ADMINISTRATOR, None),
        (ActorKind.PERSON, None),
        (ActorKind.COMMAND_LINE, "robin"),
        (ActorKind.WORKER, "robin"),
    ],
)
def test_an_actor_without_its_id_or_with_one_too_many_is_refused(
    kind: ActorKind, person_id: str | None
) -> None:
    with pytest.raises(ValueError, match=kind):
        Actor(kind, person_id)
