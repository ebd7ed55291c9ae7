"""The recipes of portals in Python, as they stand: Flask with Authlib, Django with
mozilla-django-oidc and with django-allauth.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.browser import Browser
from tests.interop import django_portals, recipes
from tests.interop.processes import running
from tests.interop.recipes import Followed
from tests.running_demo import RunningDemo
from tests.servers import free_port

pytestmark = pytest.mark.interop


@contextmanager
def flask_portal(demo: RunningDemo, folder: Path, name: str) -> Iterator[Followed]:
    address = f"http://127.0.0.1:{free_port()}"
    followed = recipes.follow("flask", demo, folder, recipes.agree(name, address))
    port = address.rpartition(":")[2]
    with running(
        [sys.executable, "-m", "flask", "--app", "app", "run", "--port", port],
        environment={**os.environ, "CLIENT_SECRET": followed.secret},
        log=folder / "portal.log",
        ready_url=f"{address}/",
        folder=folder,
    ):
        yield followed


def _start(portal: Followed) -> Browser:
    url = f"{portal.agreed.address}/login"
    return recipes.until_known(lambda: recipes.opened(url))


def test_the_recipe_of_flask_logs_somebody_in(running: RunningDemo, tmp_path: Path) -> None:
    with flask_portal(running, tmp_path, "recept-flask") as portal:
        page = recipes.as_jan(_start(portal))
        shown = page.answer.json()
    assert page.url == f"{portal.agreed.address}/"
    assert shown["represents"]["sub"] == "90001201" and shown["sub"]


def test_who_stops_arrives_at_flask_with_access_denied(
    running: RunningDemo, tmp_path: Path
) -> None:
    with flask_portal(running, tmp_path, "recept-flask-stop") as portal:
        page = _start(portal).click("Annuleer en ga terug")
    assert (page.status, page.answer.json()["error"]) == (403, "access_denied")


@pytest.fixture(scope="module")
def django() -> Path:
    return django_portals.interpreter()


DJANGO = {
    "mozilla-django-oidc": "/oidc/authenticate/",
    "django-allauth": "/accounts/oidc/sluis/login/",
}


def _begin(recipe: str, address: str) -> Browser:
    """At the broker; allauth asks first whether the user meant it."""
    browser = recipes.opened(f"{address}{DJANGO[recipe]}")
    if recipe == "django-allauth":
        browser.click("Continue")
    return browser


@pytest.mark.parametrize("recipe", DJANGO)
def test_a_recipe_of_django_logs_somebody_in_who_stays_the_same_user(
    running: RunningDemo, tmp_path: Path, django: Path, recipe: str
) -> None:
    seen = []
    with django_portals.serving(recipe, running, tmp_path, f"recept-{recipe}", django) as portal:
        for _ in range(2):
            browser = recipes.until_known(lambda: _begin(recipe, portal.agreed.address))
            page = recipes.as_jan(browser)
            assert page.url == f"{portal.agreed.address}/", (page.url, page.text[:2000])
            seen.append(page.answer.json())
    assert seen[0]["user"] and seen[0] == seen[1]
    assert seen[0]["represents"]["sub"] == "90001201"
