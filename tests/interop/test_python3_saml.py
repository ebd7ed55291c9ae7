"""python3-saml as a portal: signed requests by redirect, signed and encrypted answers by POST, read
as strictly as it can.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
from lxml import etree

from sandbox.browser import Browser, Page
from sandbox.keys import new_pair
from tests.interop import python3_saml, registrations
from tests.interop.python3_saml import SUBSTANTIAL, PythonPortal
from tests.running_demo import RunningDemo

pytestmark = pytest.mark.interop

PATIENCE = 60.0
PROVIDER = "Wie is uw makelaar?"
BODEM = "7f1e6c1a-90b4-4d0e-9b52-3c1f0a77d2e4"
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
    settings: dict[str, str] | None = None,
    **more: object,
) -> Iterator[PythonPortal]:
    """The portal runs and is registered with the metadata that it publishes itself."""
    made = python3_saml.portal(new_pair(name), **more)
    with python3_saml.serving(made, folder, idp_metadata or _our_metadata(running)) as portal:
        metadata = folder / f"{name}.xml"
        metadata.write_bytes(requests.get(f"{portal.base_url}/metadata", timeout=60).content)
        running.apply(name, registrations.saml_portal(name, portal.entity_id, metadata, settings))
        yield portal


def ask(portal: PythonPortal, expected: str = PROVIDER, query: str = "") -> Browser:
    """The page of the broker; it follows a registration that was just made within seconds."""
    deadline = time.monotonic() + PATIENCE
    while True:
        browser = Browser()
        page = browser.open(f"{portal.base_url}/login{query}")
        if "SLS-4101" not in page.text or time.monotonic() > deadline:
            assert page.heading == expected, page.text[:500]
            return browser
        time.sleep(0.25)


def log_in(portal: PythonPortal) -> Page:
    """What the portal answers after Jan logged in and agreed."""
    return log_in_with(ask(portal))


def log_in_with(browser: Browser) -> Page:
    """From the page that asks for a makelaar on."""
    browser.click("Polderpoort")
    browser.press("person", "jan")
    return browser.press("agree", "yes")


def is_in(page: Page, portal: PythonPortal) -> dict[str, Any]:
    """What the portal read."""
    assert page.url == f"{portal.base_url}/acs"
    read: dict[str, Any] = page.answer.json()
    assert page.status == 200, read
    attributes = read["attributes"]
    assert read["classes"] == [SUBSTANTIAL]
    assert attributes["urn:sluis:attribute:loa"] == ["urn:etoegang:core:assurance-class:loa3"]
    assert attributes["urn:etoegang:core:ServiceUUID"] == [BODEM]
    assert attributes["urn:etoegang:1.9:EntityConcernedID:KvKnr"] == ["90001201"]
    assert attributes["urn:sluis:attribute:mandate_level"]
    return read


def test_a_portal_on_python3_saml_logs_somebody_in(running: RunningDemo, tmp_path: Path) -> None:
    with portal_of(running, tmp_path, "python3-saml") as portal:
        first = is_in(log_in(portal), portal)
        again = is_in(log_in(portal), portal)
    assert first["name_id_format"].endswith(":persistent")
    assert first["name_id"] == again["name_id"]
    assert first["session_index"] and first["session_index"] != again["session_index"]


def test_an_encrypted_assertion_is_read_by_python3_saml(
    running: RunningDemo, tmp_path: Path
) -> None:
    settings = {"encrypt_assertion": "always"}
    with portal_of(
        running, tmp_path, "python3-saml-versleuteld", settings=settings, encrypted=True
    ) as portal:
        is_in(log_in(portal), portal)


def test_an_assertion_in_the_clear_is_refused_by_who_wants_it_encrypted(
    running: RunningDemo, tmp_path: Path
) -> None:
    with portal_of(running, tmp_path, "python3-saml-open", encrypted=True) as portal:
        page = log_in(portal)
    assert page.status == 400
    assert "not encrypted" in page.answer.json()["reason"]


def test_an_answer_is_refused_by_who_knows_another_key(
    running: RunningDemo, tmp_path: Path
) -> None:
    root = etree.fromstring(_our_metadata(running))
    for element in root.iter(X509):
        element.text = new_pair("Een ander").certificate_base64
    with portal_of(
        running, tmp_path, "python3-saml-sleutel", idp_metadata=etree.tostring(root)
    ) as portal:
        page = log_in(portal)
    assert page.status == 400
    assert "ignature" in page.answer.json()["reason"]


def test_python3_saml_reads_that_somebody_stopped(running: RunningDemo, tmp_path: Path) -> None:
    with portal_of(running, tmp_path, "python3-saml-gestopt") as portal:
        page = ask(portal).click("Annuleer")
    assert page.status == 400
    assert "Authentication cancelled" in page.answer.json()["reason"]


def test_python3_saml_reads_that_a_passive_request_needs_a_page(
    running: RunningDemo, tmp_path: Path
) -> None:
    with portal_of(running, tmp_path, "python3-saml-stil") as portal:
        page = ask(portal, "", "?passive").page
    assert page is not None and page.status == 400
    assert "IsPassive" in page.answer.json()["reason"]
