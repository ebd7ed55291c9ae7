"""Portals on Django: a project of its own with the files of a recipe, in an environment with the
pinned packages.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import subprocess
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.interop import recipes
from tests.interop.processes import running
from tests.interop.recipes import Followed
from tests.running_demo import RunningDemo
from tests.servers import free_port

ROOT: Final = Path(__file__).parents[2]
SOURCE: Final = Path(__file__).parent / "django_portal"
LOCK: Final = SOURCE / "requirements.lock"


def interpreter() -> Path:
    """Python with the pinned packages, below var/; made once for each lock."""
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    home = ROOT / "var" / f"django-portal-{digest}"
    python = home / "bin" / "python"
    if (home / "whole").exists():
        return python
    shutil.rmtree(home, ignore_errors=True)
    venv.create(home, with_pip=True)
    install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    done = subprocess.run(
        [*install, "--require-hashes", "-r", str(LOCK)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"pip install: {done.stdout}{done.stderr}")
    (home / "whole").touch()
    return python


@contextmanager
def serving(
    recipe: str, demo: RunningDemo, folder: Path, name: str, python: Path
) -> Iterator[Followed]:
    """The portal runs inside this block, with what the recipe says and nothing else."""
    address = f"http://127.0.0.1:{free_port()}"
    followed = recipes.follow(recipe, demo, folder, recipes.agree(name, address))
    for file in ("settings.py", "urls.py"):
        shutil.copy(SOURCE / file, folder / file)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "settings",
        "PYTHONPATH": str(folder),
        "SECRET_KEY": secrets.token_hex(),
        "CLIENT_SECRET": followed.secret,
    }
    django = [str(python), "-m", "django"]
    subprocess.run(
        [*django, "migrate", "-v", "0"], cwd=folder, env=environment, check=True, timeout=120
    )
    with running(
        [*django, "runserver", "--noreload", address.removeprefix("http://")],
        environment=environment,
        log=folder / "portal.log",
        ready_url=f"{address}/",
        folder=folder,
    ):
        yield followed
