"""Which makelaars the page of choice shows, and how many of a thousand are looked at for that."""

from __future__ import annotations

import pytest

from assurance import step_up
from broker.journey.steps.provider_choices import MOST, offered_choices
from tests.broker.facts import (
    a_configuration,
    a_login,
    a_makelaar,
    a_page,
    a_runtime,
    a_service,
    a_turn,
    asking,
)

MANY = 1_000
SERVICE = a_service()


def shown(number: int, search: str = "") -> tuple[list[str], bool]:
    """The ids on the page among so many makelaars, and whether there are more."""
    one = a_makelaar()
    made = [one.model_copy(update={"id": f"m{n}", "name": f"M {n:05}"}) for n in range(number)]
    rt = a_runtime(configuration=a_configuration((SERVICE,), made))
    with a_page(rt=rt):
        turn = a_turn(rt, a_login(asking(service_uuid=SERVICE.uuid)))
        choices, has_more = offered_choices(turn, search)
    return [choice.id for choice in choices], has_more


@pytest.mark.parametrize(("number", "fits"), [(MOST - 1, True), (MOST, True), (MOST + 1, False)])
def test_as_many_as_fit_stand_on_the_page_by_name(number: int, fits: bool) -> None:
    ids, has_more = shown(number)
    assert ids == [f"m{n}" for n in range(min(number, MOST))]
    assert has_more is not fits


def test_the_last_of_a_thousand_is_found_by_name_whatever_the_capitals() -> None:
    assert shown(MANY, f"m {MANY - 1:05}") == ([f"m{MANY - 1}"], False)


def test_of_a_thousand_no_more_are_looked_at_than_of_as_many_as_fill_the_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, seen = step_up.can_reach, list[str]()

    def counted(record: object, *rest: object, **more: object) -> bool:
        seen.append("one")
        return real(record, *rest, **more)

    monkeypatch.setattr(step_up, "can_reach", counted)
    assert shown(MANY)[1] and 0 < len(seen) <= MOST + 1
