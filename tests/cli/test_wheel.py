"""The wheel alone, installed in an empty environment, serves pages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import time
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

from tests.architecture.source_tree import PRODUCT, ROOT
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


def test_it_serves_pages(wheel: Path, tmp_path: Path) -> None:
    home = tmp_path / "venv"
    venv.create(home, with_pip=False)
    python = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = home / "lib" / python / "site-packages"
    zipfile.ZipFile(wheel).extractall(packages)
    # What it depends on comes from here, after its own; a finder of an editable install does not.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    start = [str(home / "bin" / "python"), "-c", "from broker.cli import main; main()"]
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
        server.wait(30)


def _when_there(url: str) -> bytes:
    for _ in range(100):
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                content: bytes = answer.read()
                return content
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{url} does not answer")
