"""How Alembic runs here: on the connection, and within the transaction, of ``state.migrate``."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from state.db import Base, LevelColumn, UtcDateTime
from state.migrate import is_for


def _render(kind: str, item: Any, _autogenerate: Any) -> str | Literal[False]:
    """Our column types as the plain ones below them: a migration must not change with the code."""
    if kind == "type" and isinstance(item, UtcDateTime | LevelColumn):
        return f"sa.{item.impl!r}"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=_render,
    # Half a migration is no state to be in; SQLite too can roll back what it created.
    transactional_ddl=True,
    compare_type=True,
    include_object=is_for(connection.dialect.name),
)
with context.begin_transaction():
    context.run_migrations()
