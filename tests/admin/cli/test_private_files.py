"""What only its owner may read is never open to others, not for a moment."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from admin.cli.private_files import private_file


@pytest.fixture
def generous() -> Iterator[None]:
    """Of a shell that lets everybody read and write."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("generous")
def test_it_is_private_before_anything_is_written(tmp_path: Path) -> None:
    path = tmp_path / "evidence.xml"
    with private_file(path) as file:
        assert path.stat().st_mode & 0o777 == 0o600
        file.write(b"<x/>")
    assert path.read_bytes() == b"<x/>"


def test_what_is_there_is_neither_overwritten_nor_followed(tmp_path: Path) -> None:
    there, link = tmp_path / "there", tmp_path / "link"
    there.write_text("before")
    link.symlink_to(tmp_path / "elsewhere")
    for path in (there, link):
        with pytest.raises(FileExistsError):
            private_file(path)
    assert there.read_text() == "before" and not (tmp_path / "elsewhere").exists()
