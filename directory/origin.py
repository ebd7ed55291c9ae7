"""Origin: whether a document gave something or a screen did. What a document gave ends when no
document names it any more; what was given on a screen stays until it is taken back there.
"""

from __future__ import annotations

import enum

from sqlalchemy.orm import MappedColumn, mapped_column

from state.db import enum_column_type


class Origin(enum.StrEnum):
    """Where a row comes from. A login counts as a screen, and so does a command."""

    SCREEN = "screen"
    DOCUMENT = "document"
    WITHDRAWN = "withdrawn"  # a document gave it, and then named it no more


def origin_column() -> MappedColumn[Origin]:
    """With a default of the database too: the program of before goes on writing in an upgrade."""
    return mapped_column(
        enum_column_type(Origin, 10), default=Origin.SCREEN, server_default=Origin.SCREEN.value
    )
