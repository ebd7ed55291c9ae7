"""python3-saml at logging out: it asks us, and it is told by us, signed both ways."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import pytest
import requests

from tests.interop.test_python3_saml import ask, is_in, log_in_with, portal_of
from tests.running_demo import RunningDemo

pytestmark = pytest.mark.interop

OUT = "U bent uitgelogd"


def test_who_logs_out_at_python3_saml_is_out_here(running: RunningDemo, tmp_path: Path) -> None:
    with portal_of(running, tmp_path, "python3-saml-uit") as portal:
        browser = ask(portal)
        read = is_in(log_in_with(browser), portal)
        named = {
            "name_id": read["name_id"],
            "session_index": read["session_index"],
            "nq": read["nq"],
            "name_id_format": read["name_id_format"],
            "spnq": read["spnq"],
        }
        page = browser.open(f"{portal.base_url}/logout?{urlencode(named)}")
        assert page.url.startswith(f"{portal.base_url}/sls"), page.text
        assert page.answer.json() == {"is_out": True}
        page = browser.open(f"{running.addresses.broker}/uitloggen")
        assert page.heading == OUT, page.text


def test_who_logs_out_here_is_out_at_python3_saml(running: RunningDemo, tmp_path: Path) -> None:
    with portal_of(running, tmp_path, "python3-saml-mee-uit") as portal:
        browser = ask(portal)
        read = is_in(log_in_with(browser), portal)
        browser.open(f"{running.addresses.broker}/uitloggen")
        page = browser.click("overal uit")
        assert page.heading == OUT, page.text
        assert "Log hier zelf nog uit" not in page.text
        ended = requests.get(f"{portal.base_url}/ended", timeout=60).json()
        assert ended == [read["session_index"]]
