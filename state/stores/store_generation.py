"""The generation of a store: from when on it remembers which one-time things were used.

A store that was emptied or restarted knows nothing of before. What was issued earlier, or by a
clock that runs ahead could have been issued earlier, does not count as fresh in it. Only the very
first store of an installation has no past to forget; one row in SQL says whether that was.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Integer, bindparam, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from state.clock import Clock
from state.db import WRITES, Base, UtcDateTime
from state.ephemeral import StoreUnavailable

LARGEST_SKEW: Final = timedelta(seconds=180)  # the most that a partner's clock may be ahead
NO_PAST: Final = datetime(1970, 1, 1, tzinfo=UTC)

_CLAIM: Final = text(
    "INSERT INTO store_birth (id, first_used_at) VALUES (1, :now)"
    " ON CONFLICT (id) DO NOTHING RETURNING id"
).bindparams(bindparam("now", type_=UtcDateTime()))


class StoreGeneration(Base):
    """A single row, written when the first store of this installation is first used."""

    __tablename__ = "store_birth"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, default=1)
    first_used_at: Mapped[datetime] = mapped_column(UtcDateTime)


def generation(now: datetime, *, is_first: bool) -> datetime:
    """From when on a store that is born now counts things as fresh."""
    return NO_PAST if is_first else now + LARGEST_SKEW


def is_first_store(engine: Engine, clock: Clock) -> bool:
    """True once in the life of an installation. Raises StoreUnavailable."""
    try:
        with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
            return connection.execute(_CLAIM, {"now": clock()}).first() is not None
    except SQLAlchemyError as error:
        raise StoreUnavailable.after(error) from None
