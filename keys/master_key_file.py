"""The file of the master keys on disk: for its owner only, written whole or not at all."""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from keys.master_key import MasterKeys, NotMasterKeys, parsed, single, written
from keys.sealing import KEY_BYTES, MasterKeyError, Sealer

_OWNER_ONLY: Final = 0o600
_OPEN_TO_OTHERS: Final = 0o027


def load_sealer(path: Path) -> Sealer:
    """What seals and opens with the keys in this file. Raises MasterKeyError with what to do."""
    return load_master_keys(path).sealer()


def load_master_keys(path: Path) -> MasterKeys:
    """The keys in this file. Raises MasterKeyError with what to do."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        content = path.read_bytes()
    except FileNotFoundError:
        raise MasterKeyError(
            f"the master key {path} is missing; put it back from where you keep it, "
            "or make one for a new installation with: sluis init"
        ) from None
    except OSError as error:
        raise MasterKeyError(
            f"the master key {path} cannot be read: {error.strerror}; "
            "run this as the user of Sluis, and let the file be of that user"
        ) from None
    if mode & _OPEN_TO_OTHERS:
        raise MasterKeyError(
            f"the master key {path} is open to others (mode {mode:04o}); chmod 600 it"
        )
    try:
        return parsed(content)
    except NotMasterKeys as why:
        raise MasterKeyError(
            f"the master key {path} is damaged: {why}; put its copy back"
        ) from None


def create_master_key(path: Path) -> MasterKeys:
    """Make the master key of a new installation in a file, mode 0600. Raises MasterKeyError if
    there is one.
    """
    keys = single(secrets.token_bytes(KEY_BYTES))
    write_new(path, keys)
    return keys


def write_new(path: Path, keys: MasterKeys) -> None:
    """These keys in a file that is not there yet, mode 0600. Raises MasterKeyError.

    The file appears whole or not at all: a second process that starts now never reads half a key.
    """
    with _explained(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _temporary(path, keys) as temporary:
            os.link(temporary, path)


def change(path: Path, step: Callable[[MasterKeys], MasterKeys]) -> tuple[MasterKeys, MasterKeys]:
    """Take a step with the keys in this file; what they were and what they are. Owner and mode
    stay. Of two that change it at once the second sees what the first wrote.

    Raises MasterKeyError, and what ``step`` raises; then nothing was changed.
    """
    real = path.resolve()  # of a link, what it leads to: the link itself stays
    with _explained(path, "; write it elsewhere: --out FILE"), _alone(real.parent):
        before = load_master_keys(path)
        after = step(before)
        if after == before:
            return before, after
        was = real.stat()
        with _temporary(real, after) as temporary:
            if (was.st_uid, was.st_gid) != (os.geteuid(), os.getegid()):
                os.chown(temporary, was.st_uid, was.st_gid)
            temporary.chmod(stat.S_IMODE(was.st_mode))
            temporary.replace(real)
    return before, after


@contextmanager
def _temporary(path: Path, keys: MasterKeys) -> Iterator[Path]:
    """A file beside this one with these keys, on the disk; gone afterwards where it still is."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(written(keys))
            file.flush()
            os.fsync(file.fileno())
        yield temporary
        _settle(path.parent)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Nobody else changes the file meanwhile; a process that dies holds nobody up."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _settle(directory: Path) -> None:
    """The name is on the disk too."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _explained(path: Path, remedy: str = "") -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise MasterKeyError(f"{path} exists already and is not replaced") from None
    except OSError as error:
        raise MasterKeyError(f"{path} cannot be written: {error.strerror}{remedy}") from None
