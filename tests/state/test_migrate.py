"""Migrations, on versions made for these tests."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from state import migrate
from state.engine import make_engine
from state.migrate import MigrationFailed

ROOT = Path(__file__).parents[2]
VERSION = """
import sqlalchemy as sa
from alembic import op

revision = {number!r}
down_revision = {before!r}


def upgrade() -> None:
    {body}
"""
CREATE = """op.create_table(
        "parent", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(9))
    )
    op.create_table(
        "child",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("parent_id", sa.Integer(), sa.ForeignKey("parent.id", ondelete="CASCADE")),
    )
    op.execute("INSERT INTO parent (id, name) VALUES (1, 'x')")
    op.execute("INSERT INTO child (id, parent_id) VALUES (1, 1)")"""
REBUILD = """with op.batch_alter_table("parent") as table:
        table.alter_column("name", existing_type=sa.String(9), nullable=False)"""
BREAK = """op.create_table("half", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("INSERT INTO nowhere VALUES (1)")"""
ORPHAN = """op.execute("DELETE FROM parent")"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = f"sqlite:///{tmp_path}/sluis.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql_url")
    engine = make_engine(url)
    yield engine
    with engine.begin() as connection:
        for table in ("child", "parent", "half", "alembic_version"):
            connection.execute(text(f"DROP TABLE IF EXISTS {table}"))
    engine.dispose()


@pytest.fixture
def versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of migrations without any."""
    scripts = tmp_path / "100% migrations"
    shutil.copytree(migrate.SCRIPTS, scripts, ignore=shutil.ignore_patterns("0*", "__pycache__"))
    monkeypatch.setattr(migrate, "SCRIPTS", scripts)
    return scripts / "versions"


def write(versions: Path, number: str, before: str | None, body: str) -> None:
    text = VERSION.format(number=number, before=before, body=body)
    (versions / f"{number}.py").write_text(text, encoding="utf-8")


def test_an_empty_database_gets_every_version(empty: Engine, versions: Path) -> None:
    write(versions, "0001", None, CREATE)
    write(versions, "0002", "0001", REBUILD)
    assert migrate.current(empty) is None
    assert not migrate.is_current(empty)
    migrate.upgrade(empty)
    assert migrate.current(empty) == migrate.newest() == "0002"
    assert migrate.is_current(empty)
    migrate.upgrade(empty)
    assert migrate.current(empty) == "0002"


def test_a_database_that_says_two_versions_has_none(empty: Engine, versions: Path) -> None:
    write(versions, "0001", None, CREATE)
    migrate.upgrade(empty)
    with empty.begin() as connection:
        connection.execute(text("INSERT INTO alembic_version VALUES ('0002')"))
    with pytest.raises(SQLAlchemyError):
        migrate.is_current(empty)
    with empty.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    assert migrate.current(empty) is None
    assert not migrate.is_current(empty)


def test_the_migrations_stand_in_one_line_each_under_its_number() -> None:
    """So the name of the last file is the version of this program, as Alembic has it."""
    found = list(ScriptDirectory(migrate.SCRIPTS).walk_revisions())  # the last one first
    numbers = [one.revision for one in found]
    assert numbers == sorted(numbers, reverse=True)
    assert [one.down_revision for one in found] == [*numbers[1:], None]
    assert [Path(one.path).stem.partition("_")[0] for one in found] == numbers
    assert migrate.newest() == numbers[0]


def test_whether_the_tables_are_of_this_version_is_seen_without_alembic(tmp_path: Path) -> None:
    """A worker is asked that every few seconds, and would hold ten megabytes for it."""
    url = f"sqlite:///{tmp_path}/sluis.db"
    engine = make_engine(url)
    migrate.upgrade(engine)
    engine.dispose()
    asked = f"""
import sys
from state import migrate
from state.engine import make_engine
print(migrate.is_current(make_engine({url!r})), "alembic" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.split() == ["True", "False"]


def test_a_table_made_anew_keeps_what_points_to_it(empty: Engine, versions: Path) -> None:
    write(versions, "0001", None, CREATE)
    migrate.upgrade(empty)
    write(versions, "0002", "0001", REBUILD)
    migrate.upgrade(empty)
    with empty.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM child")).scalar() == 1


def test_a_version_that_fails_leaves_nothing(empty: Engine, versions: Path) -> None:
    write(versions, "0001", None, CREATE)
    migrate.upgrade(empty)
    write(versions, "0002", "0001", BREAK)
    with pytest.raises(Exception, match="nowhere"):
        migrate.upgrade(empty)
    assert migrate.current(empty) == "0001"
    assert "half" not in inspect(empty).get_table_names()
    write(versions, "0002", "0001", REBUILD)
    migrate.upgrade(empty)
    assert migrate.current(empty) == "0002"


def test_two_that_start_at_once_run_it_once(empty: Engine, versions: Path) -> None:
    write(versions, "0001", None, CREATE)
    others = [make_engine(empty.url.render_as_string(hide_password=False)) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(migrate.upgrade, others))
    with empty.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM parent")).scalar() == 1
    for engine in others:
        engine.dispose()


def test_a_database_of_a_newer_program_is_left_alone(empty: Engine, versions: Path) -> None:
    write(versions, "0001", None, CREATE)
    migrate.upgrade(empty)
    (versions / "0001.py").unlink()
    write(versions, "0009", None, "pass")
    with pytest.raises(MigrationFailed, match="older version of the program"):
        migrate.upgrade(empty)
    assert migrate.current(empty) == "0001"


def test_sqlite_refuses_a_version_that_leaves_rows_pointing_to_nothing(
    tmp_path: Path, versions: Path
) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/sluis.db")
    write(versions, "0001", None, CREATE)
    migrate.upgrade(engine)
    write(versions, "0002", "0001", ORPHAN)
    with pytest.raises(MigrationFailed, match="point to nothing"):
        migrate.upgrade(engine)
    assert migrate.current(engine) == "0001"
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("SELECT count(*) FROM parent")).scalar() == 1
    engine.dispose()


def test_a_new_version_is_written_from_the_models(engine: Engine, versions: Path) -> None:
    assert migrate.differences(engine) == []
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE trace"))
    assert migrate.differences(engine) != []
    migrate.write_version(engine, "0001", "Keep traces")
    migrate.upgrade(engine)
    assert migrate.differences(engine) == []
    (written,) = versions.glob("0001_*.py")
    assert "UtcDateTime" not in written.read_text(encoding="utf-8")
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
