"""Parts of the statements behind lists: words looked for, an order in which no two rows are equal,
and counting that ends.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

Column = InstrumentedAttribute[Any]


def has_words(text: str, *columns: Column) -> ColumnElement[bool]:
    """Every word of the text stands in one of these columns; signs of the database's own patterns
    are letters like others.
    """
    words = text.lower().split()
    return and_(
        true(),
        *(
            or_(*(func.lower(one).contains(word, autoescape=True) for one in columns))
            for word in words
        ),
    )


def in_order(
    column: Column, *, is_descending: bool, last: Column
) -> tuple[ColumnElement[Any] | Column, ...]:
    """For ``order_by``: by this column, rows without a value last, then by ``last``, which no two
    rows share.
    """
    return column.is_(None), column.desc() if is_descending else column.asc(), last


def count_up_to(session: Session, query: Select[*tuple[Any, ...]], most: int) -> int:
    """How many rows there are; one more than ``most`` where there are more than that."""
    found = query.order_by(None).limit(most + 1).subquery()
    return session.execute(select(func.count()).select_from(found)).scalar_one()
