"""First start and upgrade: the master key, the tables, the first keys."""

from __future__ import annotations

from collections.abc import Iterator

from admin.tables import TABLES
from broker.settings import Settings
from keys.master_key_file import create_master_key, load_sealer
from keys.rotation import ensure_keys
from state import migrate
from state.clock import utc_now
from state.engine import engine_at, session_at


def initialise(settings: Settings) -> Iterator[str]:
    """Do what is not done yet; one line per thing."""
    path = settings.keys.master_key_file
    if path.exists():
        yield f"Master key: {path} (was there)"
    else:
        create_master_key(path)
        yield f"Master key: {path} (made; keep a copy apart from the back-up of the database)"
    yield migrate_tables(settings)
    with session_at(settings.database.url) as session:
        ensure_keys(session, load_sealer(path), utc_now)
    yield "Signing keys: present"


def migrate_tables(settings: Settings) -> str:
    """Bring the tables to this version; what was done, as a line."""
    assert TABLES
    with engine_at(settings.database.url) as engine:
        before = migrate.current(engine)
        migrate.upgrade(engine)
        after = migrate.current(engine)
        where = engine.url.render_as_string(hide_password=True)
    if before == after:
        return f"Tables: version {after} in {where} (up to date)"
    return f"Tables: version {before or 'none'} to {after} in {where}"
