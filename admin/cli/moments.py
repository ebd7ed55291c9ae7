"""Days and moments as options: a day is a whole day in the Netherlands, a time without a zone is
one in UTC.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import click

from directory import dates


class Since(click.ParamType[datetime]):
    """A moment, or a day from its start."""

    name = "day"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        return _read(self, value, param, ctx, dates.beginning)


class Until(click.ParamType[datetime]):
    """A moment, or a day until its end."""

    name = "day"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        return _read(self, value, param, ctx, dates.ending)


def _read(
    kind: click.ParamType[datetime],
    value: Any,
    param: click.Parameter | None,
    ctx: click.Context | None,
    of: Callable[[Any], datetime],
) -> datetime:
    try:
        return of(_in_utc(value))
    except ValueError as error:
        kind.fail(str(error), param, ctx)


def _in_utc(value: Any) -> Any:
    """A time without a zone, as the clocks of servers say it."""
    if not isinstance(value, str) or "T" not in value:
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
