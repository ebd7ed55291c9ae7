"""What one process runs on: made from its settings, without anything that happens outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from broker.downstream import DownstreamName
from broker.settings import Settings
from broker.start import start
from keys.master_key_file import create_master_key
from keys.sealing import MasterKeyError
from state.stores.memory import MemoryStore
from state.stores.sql import SqlStore
from tests.broker.facts import some_settings
from tests.clocks import START, FakeClock


def written(folder: Path, store: str = "sql:") -> Settings:
    return some_settings(
        database={"url": f"sqlite:///{folder}/sluis.db"},
        keys={"master_key_file": str(folder / "master.key")},
        store={"url": store},
    )


def test_a_process_starts_without_a_database_or_a_registration(tmp_path: Path) -> None:
    settings = written(tmp_path)
    create_master_key(settings.keys.master_key_file)
    process = start(settings, FakeClock())
    assert not (tmp_path / "sluis.db").exists()
    assert not process.holder.was_loaded()
    assert process.started_at == START
    assert set(process.downstreams) == set(DownstreamName)
    assert process.sealer.open(process.sealer.seal(b"x", "here"), "here") == b"x"
    process.engine.dispose()


def test_without_its_master_key_no_process_starts(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyError):
        start(written(tmp_path), FakeClock())


@pytest.mark.parametrize(("url", "kind"), [("sql:", SqlStore), ("memory:", MemoryStore)])
def test_logins_in_progress_are_kept_where_the_settings_say(
    tmp_path: Path, url: str, kind: type
) -> None:
    settings = written(tmp_path, url)
    create_master_key(settings.keys.master_key_file)
    process = start(settings, FakeClock())
    assert type(process.store) is kind
    process.engine.dispose()
