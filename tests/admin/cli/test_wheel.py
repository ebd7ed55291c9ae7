"""The wheel alone, installed in an empty environment, serves pages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.request
import venv
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest

from tests.architecture.source_tree import PRODUCT, ROOT
from tests.distributions import needed_by
from tests.servers import free_port

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    source = tmp_path_factory.mktemp("source") / "sluis"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(source)], check=True)
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "-w", str(target), str(source)], check=True)
    (found,) = target.glob("sluis-*.whl")
    return found


def test_it_holds_the_product_and_nothing_else(wheel: Path) -> None:
    names = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {name for name in names if not name.endswith(".dist-info")} == set(PRODUCT)


@pytest.fixture(scope="module")
def home(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and what it says that it needs, and nothing else."""
    home = tmp_path_factory.mktemp("clean") / "venv"
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", "--no-index"]
    subprocess.run([*install, "--no-deps", str(wheel)], check=True)
    (packages,) = home.glob("lib/python*/site-packages")
    for name in needed_by("sluis"):
        link(name, packages)
    return home


def link(name: str, packages: Path) -> None:
    """The files of an installed distribution, in another environment."""
    one = distribution(name)
    for file in one.files or ():
        source = Path(str(one.locate_file(file)))
        if ".." in file.parts or not source.is_file():  # its commands, and what was not compiled
            continue
        target = packages / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(source)


def test_it_needs_nothing_that_it_does_not_say(home: Path) -> None:
    """None of our tools is there, so what the program imports beyond its needs would be missed."""
    for name in ("pytest", "playwright", "hypothesis", "signxml", "sandbox", "tests"):
        tried = subprocess.run(
            [home / "bin" / "python", "-c", f"import {name}"],
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
        )
        assert f"No module named '{name}'" in tried.stderr
    listed = "import pkgutil, sys, importlib\n" + "\n".join(
        f"import {top}\n[importlib.import_module(m.name) for m in "
        f"pkgutil.walk_packages({top}.__path__, '{top}.') if 'migrations' not in m.name]"
        for top in sorted(PRODUCT)
    )
    subprocess.run([home / "bin" / "python", "-c", listed], cwd=home, check=True)


def test_it_serves_pages(home: Path, tmp_path: Path) -> None:
    start = [str(home / "bin" / "sluis")]
    public, management = free_port(), free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "SLUIS__WEB__BASE_URL": f"http://127.0.0.1:{public}",
        "SLUIS__WEB__BIND": f"127.0.0.1:{public}",
        "SLUIS__WEB__MANAGEMENT_BIND": f"127.0.0.1:{management}",
    }
    subprocess.run([*start, "init"], cwd=tmp_path, env=environment, check=True)
    server = subprocess.Popen([*start, "serve"], cwd=tmp_path, env=environment)
    try:
        assert _when_there(f"http://127.0.0.1:{management}/health/ready")
        page = _when_there(f"http://127.0.0.1:{public}/uitloggen").decode()
        sheet = re.search(r'href="(/static/[^"]+\.css[^"]*)"', page)
        assert sheet is not None
        assert _when_there(f"http://127.0.0.1:{public}{sheet[1]}")
    finally:
        server.terminate()
        server.wait(100)


def _when_there(url: str) -> bytes:
    for _ in range(500):
        try:
            with urllib.request.urlopen(url, timeout=30) as answer:
                content: bytes = answer.read()
                return content
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{url} does not answer")
