"""Days and moments as options of commands."""

from __future__ import annotations

from datetime import datetime

import click
import pytest

from admin.cli.moments import Since, Until


@pytest.mark.parametrize(
    ("kind", "said", "moment"),
    [
        (Since(), "2026-10-25", "2026-10-24T22:00:00+00:00"),
        (Until(), "2026-10-25", "2026-10-25T22:59:59.999999+00:00"),
        (Since(), "2026-10-25T10:00:00", "2026-10-25T10:00:00+00:00"),
        (Until(), "2026-10-25T10:00:00", "2026-10-25T10:00:00+00:00"),
        (Until(), "2026-10-25T10:00:00+02:00", "2026-10-25T08:00:00+00:00"),
    ],
)
def test_a_day_is_whole_and_a_moment_is_one(
    kind: click.ParamType[datetime], said: str, moment: str
) -> None:
    assert kind.convert(said, None, None) == datetime.fromisoformat(moment)


@pytest.mark.parametrize("kind", [Since(), Until()])
@pytest.mark.parametrize("said", ["2027-02-29", "yesterday", "2026-10-25T25:00:00", "20261025"])
def test_what_is_none_is_refused(kind: click.ParamType[datetime], said: str) -> None:
    with pytest.raises(click.BadParameter, match="write a day"):
        kind.convert(said, None, None)
