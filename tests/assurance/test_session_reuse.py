"""When an earlier login may answer for its user at another service."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from assurance.levels import AssuranceLevel
from assurance.session_reuse import (
    Earlier,
    Obstacle,
    SessionRequest,
    may_continue,
    obstacle,
    still_says,
)
from tests.clocks import START

L = AssuranceLevel
EARLIER = Earlier(group="bodem", level=L.EH3, authenticated_at=START)
WISH = SessionRequest(
    service_uuid="s",
    accepts=frozenset({"bodem"}),
    needed=L.EH3,
    force_authn=False,
    max_age=None,
    second_factor_reuse=timedelta(minutes=60),
)
LATER = START + timedelta(minutes=10)


def test_an_earlier_login_may_answer() -> None:
    assert may_continue(EARLIER, WISH, LATER)


@pytest.mark.parametrize(
    ("earlier", "wish", "why"),
    [
        (EARLIER, WISH, None),
        (EARLIER, replace(WISH, accepts=frozenset({"water"})), Obstacle.OTHER_GROUP),
        (EARLIER, replace(WISH, force_authn=True, max_age=1), Obstacle.FORCED),
        (EARLIER, replace(WISH, max_age=599), Obstacle.TOO_OLD),
        (replace(EARLIER, level=L.EH4), replace(WISH, needed=L.EH4), Obstacle.HIGHEST_LEVEL),
        (replace(EARLIER, asserted_for="another"), WISH, Obstacle.OTHER_SERVICE),
        (EARLIER, replace(WISH, second_factor_reuse=timedelta(0)), Obstacle.FACTOR_TOO_OLD),
    ],
)
def test_what_stands_in_the_way_has_a_name(
    earlier: Earlier, wish: SessionRequest, why: Obstacle | None
) -> None:
    assert obstacle(earlier, wish, LATER) is why


@pytest.mark.parametrize(
    ("earlier", "wish"),
    [
        (EARLIER, replace(WISH, accepts=frozenset())),
        (EARLIER, replace(WISH, accepts=frozenset({"water"}))),
        (replace(EARLIER, group=None), WISH),
        (EARLIER, replace(WISH, force_authn=True)),
        (EARLIER, replace(WISH, max_age=599)),
        (EARLIER, replace(WISH, max_age=0)),
        (replace(EARLIER, level=L.EH4), replace(WISH, needed=L.EH4)),
        (EARLIER, replace(WISH, second_factor_reuse=timedelta(minutes=9))),
        (EARLIER, replace(WISH, second_factor_reuse=timedelta(0))),
        (replace(EARLIER, asserted_for="another"), WISH),
    ],
)
def test_an_earlier_login_may_not_answer(earlier: Earlier, wish: SessionRequest) -> None:
    assert not may_continue(earlier, wish, LATER)


@pytest.mark.parametrize(
    "wish", [replace(WISH, max_age=0), replace(WISH, second_factor_reuse=timedelta(0))]
)
def test_a_limit_of_zero_holds_where_the_makelaars_clock_is_ahead(wish: SessionRequest) -> None:
    assert not may_continue(EARLIER, wish, START - timedelta(seconds=5))


@pytest.mark.parametrize(
    ("earlier", "wish"),
    [
        (EARLIER, replace(WISH, max_age=600)),
        (EARLIER, replace(WISH, needed=L.EH2, second_factor_reuse=timedelta(0))),
        # Only the missing part is asked afterwards: a code, or more of the makelaar.
        (
            replace(EARLIER, level=L.EH2),
            replace(WISH, needed=L.EH2_PLUS, second_factor_reuse=timedelta(0)),
        ),
        (replace(EARLIER, asserted_for="s"), WISH),
    ],
)
def test_an_earlier_login_still_answers(earlier: Earlier, wish: SessionRequest) -> None:
    assert may_continue(earlier, wish, LATER)


@pytest.mark.parametrize(
    ("level", "minutes", "reuse", "says"),
    [
        (L.EMAIL, 0, 60, L.EMAIL),
        (L.EH2, 600, 0, L.EH2),  # no second factor was in it
        (L.EH2_PLUS, 0, 0, L.EH2),  # one was, and none may be used again
        (L.EH2_PLUS, 60, 60, L.EH2_PLUS),
        (L.EH2_PLUS, 61, 60, L.EH2),
        (L.EH3, 60, 60, L.EH3),
        (L.EH3, 61, 60, L.EH2),
        (L.EH4, 1, 60, L.EH3),  # EH4 asks a login of its own
        (L.EH4, 61, 60, L.EH2),
        (L.EH4, 0, 0, L.EH2),
    ],
)
def test_an_earlier_login_says_no_more_than_the_service_lets_it(
    level: L, minutes: int, reuse: int, says: L
) -> None:
    age = timedelta(minutes=minutes)
    assert still_says(level, age, timedelta(minutes=reuse)) is says
