"""mod_auth_openidc as a portal, by the recipe as it stands: Apache lets in by level."""

from __future__ import annotations

import json

import pytest

from sandbox.browser import Browser, Page
from tests.interop import openidc, recipes
from tests.interop.recipes import SUBSTANTIAL, Followed
from tests.running_demo import RunningDemo

pytestmark = [pytest.mark.interop, pytest.mark.interop_openidc]


def _start(portal: Followed) -> Browser:
    return recipes.until_known(lambda: recipes.opened(f"{portal.agreed.address}/"))


def _read(page: Page, name: str) -> str:
    (found,) = page.tree.xpath(f"//*[@id='{name}']")
    return str(found.text_content())


def test_the_recipe_of_mod_auth_openidc_lets_somebody_in(running: RunningDemo) -> None:
    with openidc.serving(running, "recept-openidc") as portal:
        page = recipes.as_jan(_start(portal))
    assert page.url == f"{portal.agreed.address}/" and page.heading == "In"
    assert _read(page, "acr") == SUBSTANTIAL
    assert len(_read(page, "user")) > 20
    assert json.loads(_read(page, "represents"))["sub"] == "90001201"


def test_mod_auth_openidc_keeps_out_who_stopped(running: RunningDemo) -> None:
    with openidc.serving(running, "recept-openidc-stop") as portal:
        page = _start(portal).click("Annuleer en ga terug")
    assert page.url == f"{portal.agreed.address}/gestopt.html" and page.heading == "Not logged in"
