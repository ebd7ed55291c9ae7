from __future__ import annotations

import os
from pathlib import Path

import pytest

from keys.sealing import (
    MasterKeyError,
    SealBroken,
    Sealer,
    WrongMasterKey,
    create_master_key,
    load_master_key,
)

SEALER = Sealer(b"1" * 32)


def test_what_was_sealed_is_opened() -> None:
    for plaintext in (b"", b"secret", os.urandom(5000)):
        sealed = SEALER.seal(plaintext, "login")
        assert SEALER.open(sealed, "login") == plaintext
        assert Sealer(b"1" * 32).open(sealed, "login") == plaintext


def test_the_same_is_never_sealed_the_same() -> None:
    assert SEALER.seal(b"secret", "login") != SEALER.seal(b"secret", "login")


def test_K_01_a_sealed_value_does_not_show_what_is_in_it() -> None:
    assert b"secret" not in SEALER.seal(b"secret" * 10, "login")


def test_a_sealed_value_serves_one_purpose() -> None:
    with pytest.raises(SealBroken):
        SEALER.open(SEALER.seal(b"secret", "login"), "session")


def test_any_changed_bit_breaks_the_seal() -> None:
    sealed = SEALER.seal(b"secret", "login")
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(SealBroken):
            SEALER.open(changed, "login")


@pytest.mark.parametrize("length", [0, 1, 5, 17, 32])
def test_a_cut_value_is_no_seal(length: int) -> None:
    sealed = SEALER.seal(b"", "login")
    assert SEALER.open(sealed, "login") == b""
    with pytest.raises(SealBroken):
        SEALER.open(sealed[:length], "login")


def test_another_master_key_is_named_not_guessed() -> None:
    other = Sealer(b"2" * 32)
    with pytest.raises(WrongMasterKey) as wrong:
        other.open(SEALER.seal(b"secret", "login"), "login")
    assert SEALER.key_id in str(wrong.value) and other.key_id in str(wrong.value)


def test_fingerprints_are_equal_for_equal_parts_only() -> None:
    made = SEALER.fingerprint("subject", "ab", "c")
    assert made == Sealer(b"1" * 32).fingerprint("subject", "ab", "c")
    others = [
        SEALER.fingerprint("subject", "a", "bc"),
        SEALER.fingerprint("subject", "abc"),
        SEALER.fingerprint("subject", "ab", "c", ""),
        SEALER.fingerprint("other", "ab", "c"),
        Sealer(b"2" * 32).fingerprint("subject", "ab", "c"),
    ]
    assert made not in others and len(set(others)) == len(others)
    assert len(made) == 64 and int(made, 16)


def test_a_sealer_does_not_tell_its_key() -> None:
    assert "1111" not in repr(SEALER).replace(SEALER.key_id, "")


def test_a_new_master_key_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "var" / "master.key"
    key = create_master_key(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [file.name for file in path.parent.iterdir()] == ["master.key"]
    assert load_master_key(path) == key and len(key) == 32


def test_a_master_key_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    key = create_master_key(path)
    with pytest.raises(MasterKeyError, match="exists already"):
        create_master_key(path)
    assert load_master_key(path) == key
    assert len(list(tmp_path.iterdir())) == 1


def test_K_06_a_missing_master_key_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyError, match=r"master\.key is missing; put it back"):
        load_master_key(tmp_path / "master.key")


@pytest.mark.parametrize("content", [b"", b"\n", b"c2hvcnQ=\n", b"!" * 44, b"A" * 44 + b"\nmore"])
def test_K_06_a_damaged_master_key_is_said_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "master.key"
    create_master_key(path)
    load_master_key(path)
    path.write_bytes(content)
    with pytest.raises(MasterKeyError, match="is damaged") as damaged:
        load_master_key(path)
    assert "c2hvcnQ" not in str(damaged.value)


@pytest.mark.parametrize("mode", [0o644, 0o640 | 0o020, 0o604, 0o666])
def test_K_06_a_master_key_that_is_open_to_others_is_not_used(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "master.key"
    create_master_key(path)
    path.chmod(0o440)
    load_master_key(path)
    path.chmod(mode)
    with pytest.raises(MasterKeyError, match="chmod 600"):
        load_master_key(path)


def test_a_master_key_of_another_length_is_refused() -> None:
    with pytest.raises(MasterKeyError):
        Sealer(b"short")


def test_a_directory_is_no_master_key(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyError, match="cannot be read"):
        load_master_key(tmp_path)
