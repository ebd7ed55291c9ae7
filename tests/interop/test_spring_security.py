"""Spring Security as a portal by its recipe as it stands: built with Maven, started, logged in."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.browser import Browser
from tests.interop import recipes
from tests.interop.processes import running
from tests.interop.recipes import Followed
from tests.running_demo import RunningDemo
from tests.servers import free_port

pytestmark = [pytest.mark.java, pytest.mark.interop_java]


@contextmanager
def spring_portal(demo: RunningDemo, folder: Path, name: str) -> Iterator[Followed]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    followed = recipes.follow("spring-security", demo, folder, recipes.agree(name, address))
    done = subprocess.run(
        ["mvn", "-q", "-B", "package"], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"mvn package: {done.stdout}{done.stderr}")
    listening = ("--server.address=127.0.0.1", f"--server.port={port}")
    with running(
        ["java", "-XX:TieredStopAtLevel=1", "-jar", "target/portaal-1.jar", *listening],
        environment={**os.environ, "CLIENT_SECRET": followed.secret},
        log=folder / "portal.log",
        ready_url=f"{address}/login?error",
        seconds=120,
        folder=folder,
    ):
        yield followed


def test_the_recipe_of_spring_security_logs_somebody_in(
    running: RunningDemo, tmp_path: Path
) -> None:
    with spring_portal(running, tmp_path, "recept-spring") as portal:

        def begin() -> Browser:
            return recipes.opened(f"{portal.agreed.address}/")

        shown = recipes.as_jan(recipes.until_known(begin))
        stopped = recipes.until_known(begin).click("Annuleer en ga terug")
    found = shown.answer.json()
    assert found["sub"] and found["represents"]["sub"] == "90001201"
    assert stopped.url.startswith(f"{portal.agreed.address}/login?error")
