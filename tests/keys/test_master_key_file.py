"""The file of the master keys: whole or not at all, for its owner only."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from keys.master_key import MasterKeys, RotationRefused, prepared, switched, without_retiring
from keys.master_key_file import (
    change,
    create_master_key,
    load_master_keys,
    load_sealer,
    write_new,
)
from keys.sealing import MasterKeyError, WrongMasterKey

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    create_master_key(tmp_path / "keys" / "master.key")
    return tmp_path / "keys" / "master.key"


def switched_now(keys: MasterKeys) -> MasterKeys:
    return switched(keys, NOW)


STEPS: tuple[Callable[[MasterKeys], MasterKeys], ...] = (
    prepared,
    switched_now,
    without_retiring,
)


def test_each_step_leaves_a_file_that_opens_what_it_must(path: Path) -> None:
    first = load_sealer(path)
    sealed = first.seal(b"secret", "login")
    for step in STEPS[:2]:
        change(path, step)
        assert load_sealer(path).open(sealed, "login") == b"secret"
    anew = load_sealer(path).seal(b"secret", "login")
    change(path, without_retiring)
    last = load_sealer(path)
    assert last.open(anew, "login") == b"secret"
    with pytest.raises(WrongMasterKey):
        last.open(sealed, "login")
    assert last.fingerprint("subject", "x") == first.fingerprint("subject", "x")
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["master.key"]


class Dies(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("place", ["open", "fsync", "chmod", "replace"])
@pytest.mark.parametrize("step", STEPS, ids=["prepare", "switch", "drop"])
def test_K_07_who_dies_half_way_leaves_the_file_of_before(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    step: Callable[[MasterKeys], MasterKeys],
) -> None:
    for earlier in STEPS[: STEPS.index(step)]:
        change(path, earlier)
    before, content = load_master_keys(path), path.read_bytes()

    def die(*_: object, **__: object) -> None:
        raise Dies

    with monkeypatch.context() as broken:
        broken.setattr(os if place == "fsync" else Path, place, die)
        if place == "open":
            broken.setattr(os, "fdopen", die)
        with pytest.raises(Dies):
            change(path, step)
    assert path.read_bytes() == content
    assert [file.name for file in path.parent.iterdir()] == ["master.key"]
    assert change(path, step)[0] == before


def test_who_dies_after_the_file_was_replaced_finds_it_whole(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    was, calls = os.fsync, 0

    def second_dies(handle: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise Dies
        was(handle)

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", second_dies)
        with pytest.raises(Dies):
            change(path, prepared)
    assert load_master_keys(path).next is not None
    assert [file.name for file in path.parent.iterdir()] == ["master.key"]


def test_of_two_that_prepare_at_once_both_see_the_same_key(path: Path) -> None:
    found: list[MasterKeys] = []
    threads = [
        threading.Thread(target=lambda: found.append(change(path, prepared)[1])) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(100)
    assert found == [load_master_keys(path)] * 8


def test_a_refused_step_changes_nothing(path: Path) -> None:
    content = path.read_bytes()
    with pytest.raises(RotationRefused, match="prepare"):
        change(path, switched_now)
    assert path.read_bytes() == content


def test_owner_and_mode_stay_and_so_does_a_link_to_the_file(path: Path, tmp_path: Path) -> None:
    path.chmod(0o440)
    if os.geteuid() == 0:
        os.chown(path, 12345, 12346)
    before = path.stat()
    link = tmp_path / "master.key"
    link.symlink_to(path)
    change(link, prepared)
    after = path.stat()
    assert link.is_symlink() and load_master_keys(link) == load_master_keys(path)
    assert (after.st_mode, after.st_uid, after.st_gid) == (
        before.st_mode,
        before.st_uid,
        before.st_gid,
    )


def test_where_the_file_cannot_be_written_another_one_can(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", read_only)
        with pytest.raises(
            MasterKeyError, match="Read-only file system; write it elsewhere: --out"
        ):
            change(path, prepared)
    elsewhere = tmp_path / "new" / "master.key"
    write_new(elsewhere, prepared(load_master_keys(path)))
    assert elsewhere.stat().st_mode & 0o777 == 0o600
    assert load_master_keys(elsewhere).active == load_master_keys(path).active


def test_a_new_master_key_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "var" / "master.key"
    keys = create_master_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [file.name for file in path.parent.iterdir()] == ["master.key"]
    assert load_master_keys(path) == keys


def test_a_master_key_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    keys = create_master_key(path)
    with pytest.raises(MasterKeyError, match="exists already"):
        create_master_key(path)
    assert load_master_keys(path) == keys
    assert len(list(tmp_path.iterdir())) == 1


def test_K_06_a_missing_master_key_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyError, match=r"master\.key is missing; put it back"):
        load_master_keys(tmp_path / "master.key")


@pytest.mark.parametrize("content", [b"", b"\n", b"c2hvcnQ=\n", b"!" * 44, b"A" * 44 + b"\nmore"])
def test_K_06_a_damaged_master_key_is_said_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "master.key"
    create_master_key(path)
    load_master_keys(path)
    path.write_bytes(content)
    with pytest.raises(MasterKeyError, match="is damaged") as damaged:
        load_master_keys(path)
    assert "c2hvcnQ" not in str(damaged.value)


@pytest.mark.parametrize("mode", [0o644, 0o640 | 0o020, 0o604, 0o666])
def test_K_06_a_master_key_that_is_open_to_others_is_not_used(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "master.key"
    create_master_key(path)
    path.chmod(0o440)
    load_master_keys(path)
    path.chmod(mode)
    with pytest.raises(MasterKeyError, match="chmod 600"):
        load_master_keys(path)


def test_a_directory_is_no_master_key(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyError, match="cannot be read"):
        load_master_keys(tmp_path)
