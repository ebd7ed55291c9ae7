"""mod_auth_mellon at logging out: whoever logs out at Apache is out here."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from tests.browser.visitor import visiting
from tests.interop.test_mod_auth_mellon import log_in, portal_of
from tests.running_demo import RunningDemo

pytestmark = [pytest.mark.interop, pytest.mark.interop_apache, pytest.mark.browser]


def test_who_logs_out_at_apache_is_out_here(
    running: RunningDemo, chromium: Browser, tmp_path: Path
) -> None:
    with (
        portal_of(running, tmp_path, "mellon-uit") as portal,
        visiting(running, chromium) as visitor,
    ):
        log_in(visitor, portal)
        visitor.wait_for("#read")
        front = f"{portal.base_url}/front.html"
        visitor.page.goto(f"{portal.base_url}/mellon/logout?ReturnTo={quote(front, safe='')}")
        visitor.page.wait_for_url(front)
        assert visitor.heading == "Front page"
        visitor.go("/uitloggen")
        assert visitor.heading == "U bent uitgelogd"
        visitor.page.goto(portal.protected)
        assert visitor.heading == "Wie is uw makelaar?"
