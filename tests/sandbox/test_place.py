"""Two demos never share a folder, and what runs is not thrown away."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.place import ROOT, InUse, folder, held, throw_away
from tests.sandbox.test_demo import demo_command, free_base


def test_every_first_port_has_a_folder_and_a_check_has_its_own() -> None:
    places = {folder(n, check=check, root=ROOT) for n in (8000, 8100) for check in (False, True)}
    assert len(places) == 4
    assert folder(8000, check=False, root=ROOT) == Path("var/demo")  # the documents name it


def test_a_folder_is_held_by_one(tmp_path: Path) -> None:
    place = tmp_path / "demo"
    with held(place), pytest.raises(InUse, match="demo"), held(place):
        pass
    with held(place):
        pass


def test_a_process_that_was_left_behind_still_holds_the_folder(tmp_path: Path) -> None:
    place = tmp_path / "demo"
    with held(place) as lock:
        left = subprocess.Popen(
            [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=(lock,)
        )
    with pytest.raises(InUse), held(place):
        pass
    left.communicate(b"\n", timeout=100)
    with held(place):
        pass


def test_only_what_does_not_run_is_thrown_away(tmp_path: Path) -> None:
    for name in ("demo", "demo-8100", "demo-check"):
        (tmp_path / name).mkdir()
    (tmp_path / "sbom.json").touch()
    with held(tmp_path / "demo-8100"):
        gone, stayed = throw_away(tmp_path)
    assert [path.name for path in gone] == ["demo", "demo-check"]
    assert [path.name for path in stayed] == ["demo-8100"]
    assert (tmp_path / "demo-8100").is_dir() and (tmp_path / "sbom.json").exists()
    assert throw_away(tmp_path) == ([tmp_path / "demo-8100"], [])


def test_a_demo_that_runs_is_left_as_it_is(tmp_path: Path) -> None:
    base, root = free_base(), ("--root", str(tmp_path))
    place = folder(base, check=False, root=tmp_path)
    with held(place):
        place.mkdir()
        (place / "master.key").write_text("of the demo that runs")
        with demo_command("--port-base", str(base), *root) as process:
            said, _ = process.communicate(timeout=100)
        with demo_command("--reset", *root) as reset:
            told, _ = reset.communicate(timeout=100)
        assert (place / "master.key").read_text() == "of the demo that runs"
    assert process.returncode == 1
    assert f"In {tmp_path}" in said.replace("\n", "") and f"PORT_BASE={base + 100}" in said
    assert reset.returncode == 1
    assert "is in gebruik" in told.replace("\n", " ")
