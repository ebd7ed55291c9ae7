"""Checks of an installation: each says what it saw, also where one before it failed."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from admin.installation import Installation
from admin.operations import checks
from admin.operations.checks import CHECKS, examine
from broker.outgoing_settings import Outgoing
from keys.signing_key import KeyUse, SigningKey


def test_every_check_is_told_also_without_the_master_key(installation: Installation) -> None:
    well = {one.check: one.remedy for one in examine(installation)}
    assert list(well) == [one.name for one in CHECKS]
    assert not (well["master key"] or well["schema"] or well["keys"])
    keys = installation.settings.keys
    gone = keys.model_copy(update={"master_key_file": keys.master_key_file.with_name("none")})
    settings = installation.settings.model_copy(update={"keys": gone})
    ill = {one.check: one for one in examine(replace(installation, settings=settings))}
    assert list(ill) == list(well)
    assert ill["master key"].remedy and ill["schema"].verdict == "ok"
    for name in ("sealed", "keys"):  # what is wrong is told once
        assert ill[name].after == "master key" and not ill[name].remedy


def test_it_is_told_which_keys_the_next_start_makes(installation: Installation) -> None:
    """After an upgrade to a version that signs with one more."""
    seen = {one.check: one for one in examine(installation)}["keys"].seen
    assert "start" not in seen
    with Session(installation.engine) as session:
        session.execute(delete(SigningKey).where(SigningKey.use == KeyUse.CLIENT_SIGNING))
        session.commit()
    found = {one.check: one for one in examine(installation)}["keys"]
    assert found.seen.endswith("; the next start makes client_signing RS256, client_signing ES256")
    assert found.remedy == ""


def test_it_is_told_whom_calls_may_reach_and_how_they_leave(installation: Installation) -> None:
    outgoing = Outgoing(
        allow=("idp.intern", "10.1.0.0/16:9443"),
        proxy="http://sluis@proxy.example.nl:3128",
        no_proxy=("idp.intern",),
    )
    settings = installation.settings.model_copy(update={"outgoing": outgoing})
    found = {one.check: one for one in examine(replace(installation, settings=settings))}
    seen = found["outgoing"].seen
    assert found["outgoing"].remedy == ""
    for part in ("443 and 8443", "idp.intern, 10.1.0.0/16:9443", "http://proxy.example.nl:3128"):
        assert part in seen
    assert "names are looked up here; not for idp.intern" in seen
    plain = next(one for one in examine(installation) if one.check == "outgoing")
    assert "outgoing.allow" not in plain.seen and plain.remedy == ""


def test_room_is_looked_for_where_temporary_files_come(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Also where the database is on another machine."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    found = {one.check: one for one in examine(installation)}["disk"]
    assert found.verdict == "ok"
    assert found.seen.count(" files free in ") == 2 and found.seen.endswith(str(tmp_path))
    monkeypatch.setattr(checks, "LEAST_TEMPORARY", 10**18)
    full = {one.check: one for one in examine(installation)}["disk"]
    assert full.verdict == "problem" and "make room there" in full.remedy

    def nowhere() -> str:
        raise FileNotFoundError("No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", nowhere)
    none = {one.check: one for one in examine(installation)}["disk"]
    assert none.verdict == "problem" and "no folder takes temporary files" in none.seen


@pytest.mark.parametrize(
    ("free", "files", "counted", "well"),
    [
        (1000, 5000, True, True),
        (10, 5000, True, False),
        (1000, 10, True, False),
        (1000, 0, False, True),
    ],
    ids=["room", "no bytes", "no files", "files are not counted"],
)
def test_a_disk_is_full_without_bytes_and_without_files(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    free: int,
    files: int,
    counted: bool,
    well: bool,
) -> None:
    said = SimpleNamespace(f_bavail=free, f_frsize=1, f_files=9000 * counted, f_favail=files)
    monkeypatch.setattr(os, "statvfs", lambda _: said)
    assert checks.room(tmp_path, 100)[0] is well


def test_what_is_wrong_with_the_master_key_has_its_own_remedy(installation: Installation) -> None:
    """A file that others can read is not to be put back."""
    file = installation.settings.keys.master_key_file
    file.chmod(0o644)
    found = {one.check: one for one in examine(installation)}["master key"]
    assert found.seen.endswith("is open to others (mode 0644)") and found.remedy == "chmod 600 it"
