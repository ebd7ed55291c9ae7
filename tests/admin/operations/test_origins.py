"""Data of before Sluis kept where they came from: what only a document can have given is the
documents', and what is doubtful stays as given on a screen.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from admin.tables import TABLES
from state import migrate
from state.db import new_id
from state.engine import make_engine
from tests.databases import BOTH
from tests.servers import postgresql_url, run_outside

__all__ = ["postgresql_url"]

AT = datetime(2026, 1, 1, tzinfo=UTC)
STRANGER, BORN, ROBIN = (new_id() for _ in range(3))  # drawn, as for who comes by a login


@pytest.fixture(params=BOTH)
def before(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Engine]:
    """A database of the version before."""
    assert TABLES
    url = f"sqlite:///{tmp_path}/sluis.db"
    if request.param == "postgresql":
        server, _, _ = request.getfixturevalue("postgresql_url").rpartition("/")
        url = f"{server}/origins"
        run_outside(url, "DROP DATABASE IF EXISTS origins WITH (FORCE)")
        run_outside(url, "CREATE DATABASE origins")
    scripts = tmp_path / "migrations"
    shutil.copytree(
        migrate.SCRIPTS,
        scripts,
        ignore=shutil.ignore_patterns("001[89]_*", "00[2-9]*", "__pycache__"),
    )
    engine = make_engine(url)
    with monkeypatch.context() as patched:
        patched.setattr(migrate, "SCRIPTS", scripts)
        migrate.upgrade(engine)
    yield engine
    engine.dispose()


def test_what_only_a_document_can_have_given_is_the_documents(before: Engine) -> None:
    with before.begin() as connection:
        _fill(connection)
    migrate.upgrade(before)
    assert migrate.differences(before) == []
    assert _origins(before, "person", "id") == {
        "jan": "document",
        STRANGER: "screen",
        BORN: "document",
        ROBIN: "screen",
    }
    assert _origins(before, "external_identity", "subject_hash") == {
        "of jan": "document",
        "of stranger": "screen",
        "of born": "screen",
        "added to born": "document",
    }
    assert _origins(before, "membership", "id") == {"m-jan": "document", "m-born": "document"}
    assert _origins(before, "account", "id") == {"a-jan": "document", "a-robin": "screen"}
    assert _origins(before, "factor", "id") == {
        "app of document": "document",
        "app of jan": "screen",
        "device of stock": "screen",
        "device of document": "document",
        "passkey": "screen",
        "app of operator": "screen",
    }


def test_the_program_of_before_goes_on_writing(before: Engine) -> None:
    migrate.upgrade(before)
    with before.begin() as connection:
        _fill(connection)
    for table, key in (("person", "id"), ("membership", "id"), ("factor", "id")):
        assert set(_origins(before, table, key).values()) == {"screen"}


def _origins(engine: Engine, table: str, key: str) -> dict[str, str]:
    with Session(engine) as session:
        rows = session.execute(text(f"SELECT {key}, origin FROM {table}")).all()
    return {row[0]: row[1] for row in rows}


def _fill(connection: Connection) -> None:
    """Jan and his factors of a document; who came by a login; who came by one and was then given a
    place and an identity by a document; an operator.
    """

    def insert(table: str, **values: Any) -> None:
        names = ", ".join(values)
        places = ", ".join(f":{name}" for name in values)
        connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), values)

    is_sqlite = connection.dialect.name == "sqlite"  # which keeps moments as text
    at, later = (str(one)[:19] if is_sqlite else one for one in (AT, AT + timedelta(days=1)))
    for person in ("jan", STRANGER, BORN, ROBIN):
        insert("person", id=person, display_name="x", locale="nl", created_at=at)
    insert("organisation", id="o", kvk="90001201", name="x", shares_administrators=True)
    for subject, person, made in (
        ("of jan", "jan", at),
        ("of stranger", STRANGER, at),
        ("of born", BORN, at),
        ("added to born", BORN, later),
    ):
        insert(
            "external_identity",
            provider_id="veerhuis",
            subject_hash=subject,
            person_id=person,
            created_at=made,
        )
    for name, person in (("m-jan", "jan"), ("m-born", BORN)):
        insert(
            "membership", id=name, person_id=person, organisation_id="o", role="member", since=at
        )
    for name, person in (("a-jan", "jan"), ("a-robin", ROBIN)):
        insert(
            "account",
            id=name,
            person_id=person,
            user_name=name,
            level="EH3",
            failures=0,
            created_at=at,
        )
    insert(
        "otp_device",
        serial="S1",
        secret=b"",
        period=30,
        digits=6,
        algorithm="sha1",
        imported_at=at,
    )
    for name, person, kind, by, serial in (
        ("app of document", "jan", "totp", "administrator", None),
        ("app of jan", "jan", "totp", "session", None),
        ("device of stock", "jan", "otp_device", "administrator", "S1"),
        ("device of document", "jan", "otp_device", "administrator", "D1"),
        ("passkey", "jan", "passkey", "administrator", None),
        ("app of operator", ROBIN, "totp", "administrator", None),
    ):
        insert(
            "factor",
            id=name,
            person_id=person,
            kind=kind,
            bound_by=by,
            serial=serial,
            period=30,
            digits=6,
            algorithm="sha1",
            label="",
            secret=b"",
            last_step=0,
            failures=0,
            day_failures=0,
            bound_at=at,
        )
