"""SimpleSAMLphp as a makelaar at logging out: told by us, and telling us, with a real browser."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from tests.browser.visitor import Visitor, visiting
from tests.interop.simplesamlphp import SimpleSamlPhp
from tests.interop.test_simplesamlphp import is_let_in, log_in, makelaar
from tests.running_demo import RunningDemo

pytestmark = [pytest.mark.interop, pytest.mark.interop_php, pytest.mark.browser]

OUT = "U bent uitgelogd"
CLOSED = "Ook bij uw makelaar bent u uitgelogd"


def _asks_again(visitor: Visitor, provider: SimpleSamlPhp, slug: str) -> None:
    """Who logs in again is a stranger at the makelaar too."""
    visitor.ask("Meldportaal Bodem")
    if visitor.page.locator(f"button[value='{slug}']").count():
        visitor.choose(slug)
    visitor.wait_for("input[name=password]")
    assert visitor.page.url.startswith(provider.base_url)


def test_who_logs_out_here_is_out_at_simplesamlphp(
    running: RunningDemo, chromium: Browser, tmp_path: Path
) -> None:
    with (
        makelaar(running, tmp_path / "idp", "uit-hier") as provider,
        visiting(running, chromium) as visitor,
    ):
        log_in(visitor, "uit-hier", provider)
        is_let_in(visitor)
        visitor.go("/uitloggen")
        visitor.click("form[action='/uitloggen'] button")
        visitor.page.wait_for_url("**/uitgelogd?*")
        visitor.look()
        assert visitor.heading == OUT
        assert CLOSED in (visitor.page.text_content("main") or "")
        _asks_again(visitor, provider, "uit-hier")
        assert visitor.complaints == []


def test_who_logs_out_at_simplesamlphp_is_out_here(
    running: RunningDemo, chromium: Browser, tmp_path: Path
) -> None:
    with (
        makelaar(running, tmp_path / "idp", "uit-daar") as provider,
        visiting(running, chromium) as visitor,
    ):
        log_in(visitor, "uit-daar", provider)
        is_let_in(visitor)
        back = quote(f"{provider.base_url}/module.php/core/frontpage_welcome.php", safe="")
        visitor.page.goto(f"{provider.base_url}/saml2/idp/initSLO.php?RelayState={back}")
        visitor.page.wait_for_url(f"{provider.base_url}/module.php/core/**")
        visitor.go("/uitloggen")
        assert visitor.heading == OUT
        assert "niet meer ingelogd" in (visitor.page.text_content("main") or "")
        assert visitor.complaints == []
