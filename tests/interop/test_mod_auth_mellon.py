"""mod_auth_mellon as a portal, in a real browser: Apache lets somebody in by what Sluis said."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from lxml import etree
from playwright.sync_api import Browser

from sandbox.keys import new_pair
from tests.browser.visitor import Visitor, visiting
from tests.interop import mellon, registrations
from tests.interop.mellon import MellonPortal
from tests.running_demo import RunningDemo

pytestmark = [pytest.mark.interop, pytest.mark.interop_apache, pytest.mark.browser]

PATIENCE = 60.0
PROVIDER = "Wie is uw makelaar?"
BODEM = "7f1e6c1a-90b4-4d0e-9b52-3c1f0a77d2e4"
EH3 = "urn:etoegang:core:assurance-class:loa3"
X509 = "{http://www.w3.org/2000/09/xmldsig#}X509Certificate"


def _our_metadata(running: RunningDemo) -> bytes:
    return requests.get(running.addresses.broker + "/saml/idp/metadata", timeout=60).content


@contextmanager
def portal_of(
    running: RunningDemo,
    folder: Path,
    name: str,
    *,
    idp_metadata: bytes | None = None,
    more: dict[str, str] | None = None,
) -> Iterator[MellonPortal]:
    """Apache runs and is registered with the metadata that it publishes itself."""
    with mellon.serving(new_pair(name), idp_metadata or _our_metadata(running)) as portal:
        metadata = folder / f"{name}.xml"
        metadata.write_bytes(portal.metadata())
        running.apply(name, registrations.saml_portal(name, portal.entity_id, metadata, more))
        try:
            yield portal
        except BaseException:
            print(portal.logged())
            raise


def _ask(visitor: Visitor, portal: MellonPortal) -> None:
    """Want in; the broker follows a registration that was just made within seconds."""
    deadline = time.monotonic() + PATIENCE
    while True:
        visitor.page.goto(portal.protected)
        if "SLS-4101" not in (visitor.page.text_content("main") or ""):
            break
        assert time.monotonic() < deadline
        visitor.page.wait_for_timeout(250)
    assert visitor.heading == PROVIDER, visitor.page.text_content("body")


def log_in(visitor: Visitor, portal: MellonPortal) -> None:
    _ask(visitor, portal)
    visitor.choose("polderpoort")
    visitor.log_in_as("jan")
    visitor.wait_for("button[name=agree][value=yes]")
    visitor.press("agree", "yes")


def _read(visitor: Visitor) -> dict[str, str]:
    names = visitor.page.locator("#read dt").all_text_contents()
    values = visitor.page.locator("#read dd").all_text_contents()
    return {name.strip(): value.strip() for name, value in zip(names, values, strict=True)}


@pytest.mark.parametrize("encrypt", ["never", "always"])
def test_mod_auth_mellon_lets_somebody_in(
    running: RunningDemo, chromium: Browser, tmp_path: Path, encrypt: str
) -> None:
    more = {"encrypt_assertion": encrypt}
    with (
        portal_of(running, tmp_path, f"mellon-{encrypt}", more=more) as portal,
        visiting(running, chromium) as visitor,
    ):
        log_in(visitor, portal)
        visitor.wait_for("#read")
        assert visitor.page.url == portal.protected
        read = _read(visitor)
        assert (read["loa"], read["service"]) == (EH3, BODEM)
        assert read["kvk"] == "90001201" and "Korenmolen" in read["company"]
        assert read["mandate level"].startswith("urn:etoegang:core:assurance-class:")
        assert read["name"] not in ("", "(none)")
        assert visitor.complaints == []


def test_mod_auth_mellon_keeps_out_who_stopped(
    running: RunningDemo, chromium: Browser, tmp_path: Path
) -> None:
    with (
        portal_of(running, tmp_path, "mellon-gestopt") as portal,
        visiting(running, chromium) as visitor,
    ):
        _ask(visitor, portal)
        visitor.click("form[action$='/cancel'] button")
        visitor.page.wait_for_url(f"{portal.base_url}/stopped.html")
        assert visitor.heading == "Not logged in"


def test_mod_auth_mellon_refuses_an_answer_with_another_key(
    running: RunningDemo, chromium: Browser, tmp_path: Path
) -> None:
    root = etree.fromstring(_our_metadata(running))
    for element in root.iter(X509):
        element.text = new_pair("Een ander").certificate_base64
    with (
        portal_of(running, tmp_path, "mellon-sleutel", idp_metadata=etree.tostring(root)) as portal,
        visiting(running, chromium) as visitor,
    ):
        log_in(visitor, portal)
        visitor.page.wait_for_url(f"{portal.base_url}/**")
        assert not visitor.page.locator("#read").count()
        assert "ignature" in portal.logged()
