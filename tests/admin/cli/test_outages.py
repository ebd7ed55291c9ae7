"""A command that meets a database or store that is away says what is in the way, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from admin.cli.context import explained
from state.clock import utc_now
from state.stores.redis import RedisStore
from tests.admin.cli.conftest import Sluis
from tests.servers import free_port


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (
            "postgresql://sluis@127.0.0.1:{port}/sluis",
            "nobody listens at its address; start PostgreSQL, or correct host and port",
        ),
        ("sqlite:///{folder}", "its file cannot be opened; look whether the folder"),
        (
            "sqlite:///{folder}/empty.db",
            "it has no tables, or those of another version; run: sluis",
        ),
        ("sqlite:///{folder}/damaged.db", "its file is damaged, or no SQLite database; stop Sluis"),
    ],
)
@pytest.mark.usefixtures("initialised")
@pytest.mark.parametrize("command", [("export",), ("trace", "K7QM-4RXT"), ("session", "list")])
def test_what_is_in_the_way_of_the_database_is_told_in_one_line(
    sluis: Sluis,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    url: str,
    told: str,
    command: tuple[str, ...],
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "damaged.db").write_text("no database" * 1000)
    monkeypatch.setenv("SLUIS__DATABASE__URL", url.format(port=free_port(), folder=folder))
    done = sluis(*command)
    assert done.exit_code == 1
    assert done.output.startswith(f"sluis: the database cannot be used: {told}")
    assert done.output.count("\n") == 1


def test_what_is_in_the_way_of_the_store_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    store = RedisStore(f"redis://127.0.0.1:{free_port()}/0", utc_now, lambda: True)
    with pytest.raises(SystemExit) as ended, explained():
        store.ping()
    assert ended.value.code == 1
    assert capsys.readouterr().err == (
        "sluis: the store cannot be used: nobody listens at its address; "
        "start Redis, or correct host and port in store.url\n"
    )
