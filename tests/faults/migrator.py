"""``python -m tests.faults.migrator URL VERSIONS``: runs the migrations of a directory, in a
process that a test may kill; and the version that tests add to those of the product.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from admin.tables import TABLES
from state import migrate
from state.engine import make_engine

ROOT: Final = Path(__file__).parents[2]
HOLD: Final = "SLUIS_TEST_HOLD"  # seconds that the version stays half done
HALF, DONE = "half", "done"
NUMBER: Final = "9999"
VERSION: Final = """
import os
import time

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = {before!r}


def upgrade() -> None:
    op.create_table("half", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("INSERT INTO half (id) VALUES (1)")
    print("half", flush=True)
    time.sleep(float(os.environ["SLUIS_TEST_HOLD"]))
    op.add_column("person", sa.Column("nickname", sa.String(9)))
"""
UNDO: Final = (
    "DROP TABLE IF EXISTS half",
    "ALTER TABLE person DROP COLUMN nickname",
    "UPDATE alembic_version SET version_num = '{before}'",
)


def one_more(directory: Path) -> Path:
    """The versions of the product and one more, which is slow."""
    scripts = directory / "migrations"
    shutil.copytree(migrate.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    text = VERSION.format(before=migrate.newest())
    (scripts / "versions" / f"{NUMBER}.py").write_text(text, encoding="utf-8")
    return scripts


@contextmanager
def migrating(url: str, scripts: Path, hold: float) -> Iterator[subprocess.Popen[str]]:
    """A process that migrates; gone afterwards."""
    command = [sys.executable, "-m", "tests.faults.migrator", url, str(scripts)]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, HOLD: str(hold)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(30)
        assert process.stdout is not None
        process.stdout.close()


def says(process: subprocess.Popen[str]) -> str:
    """The next word; "" where it ended."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def main() -> None:
    assert TABLES
    url, scripts = sys.argv[1:]
    migrate.SCRIPTS = Path(scripts)  # type: ignore[misc]  # as a test of one process does
    migrate.upgrade(make_engine(url))
    print(DONE, flush=True)


if __name__ == "__main__":
    main()
