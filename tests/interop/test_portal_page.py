"""The samples of docs/developers/portal.md and saml.md, as they stand."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
import requests

from broker.recipes import rendering
from sandbox.browser import Browser, Page
from tests.architecture.source_tree import ROOT
from tests.interop import openid_client, processes, recipes
from tests.interop.recipes import SUBSTANTIAL
from tests.running_demo import RunningDemo
from tests.servers import free_port

SAMPLES = rendering.files((ROOT / "docs/developers/portal.md").read_text(encoding="utf-8"))
SAML_SAMPLES = rendering.files((ROOT / "docs/developers/saml.md").read_text(encoding="utf-8"))
REGISTRATION = """\
kind: Client
client_id: {name}
name: {{nl: Portaal van 25 regels, en: Portal of 25 lines}}
services: [{service}]
redirect_uris: ["{address}/callback"]
token_endpoint_auth_method: client_secret_basic
secret_sha256: ["{digest}"]
claims:
  - name: represents
    purpose: {{nl: Om te weten voor wie u komt, en: To know for whom you come}}
"""


def _log_in_and_stop(
    running: RunningDemo, folder: Path, name: str, command: tuple[str, ...]
) -> tuple[Page, Page]:
    """What the portal shows to Jan, and to somebody who stopped."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    agreed = recipes.agree(name, address)
    running.apply(
        name,
        REGISTRATION.format(
            name=name, service=agreed.service, address=address, digest=agreed.digest
        ),
    )
    environment = {
        **os.environ,
        "ISSUER": running.addresses.broker,
        "CLIENT_ID": name,
        "CLIENT_SECRET": agreed.secret,
        "HOME_URL": address,
    }
    with processes.running(
        [part.format(port=port) for part in command],
        environment=environment,
        log=folder / f"{name}.log",
        ready_url=f"{address}/callback",
        ready=403,
        folder=folder,
    ):
        shown = recipes.as_jan(recipes.until_known(lambda: recipes.opened(address)))
        stopped: Browser = recipes.until_known(lambda: recipes.opened(address))
        return shown, stopped.click("Annuleer en ga terug")


def _is_right(shown: Page, stopped: Page) -> None:
    claims = shown.answer.json()
    assert claims["sub"] and claims["acr"] == SUBSTANTIAL
    assert claims["represents"]["sub"] == "90001201"
    assert (stopped.status, stopped.answer.json()["error"]) == (403, "access_denied")


@pytest.mark.interop
def test_the_sample_in_python_logs_somebody_in(running: RunningDemo, tmp_path: Path) -> None:
    (tmp_path / "portal.py").write_text(SAMPLES["portal.py"])
    flask = (sys.executable, "-m", "flask", "--app", "portal", "run", "--port", "{port}")
    _is_right(*_log_in_and_stop(running, tmp_path, "blad-python", flask))


@pytest.mark.interop
@pytest.mark.interop_node
def test_the_sample_in_node_logs_somebody_in(running: RunningDemo, tmp_path: Path) -> None:
    openid_client.install(tmp_path)
    (tmp_path / "portal.mjs").write_text(SAMPLES["portal.mjs"])
    _is_right(*_log_in_and_stop(running, tmp_path, "blad-node", ("node", "portal.mjs")))


@pytest.mark.interop
def test_the_sample_over_saml_logs_somebody_in(running: RunningDemo, tmp_path: Path) -> None:
    """Its registration as it stands, but for the address and a file in place of it."""
    address = f"http://127.0.0.1:{free_port()}"
    (tmp_path / "saml_portal.py").write_text(SAML_SAMPLES["saml_portal.py"])
    environment = {**os.environ, "ISSUER": running.addresses.broker, "HOME_URL": address}
    with processes.running(
        [sys.executable, "-m", "flask", "--app", "saml_portal", "run", "--port", address[-5:]],
        environment=environment,
        log=tmp_path / "saml.log",
        ready_url=f"{address}/metadata",
        folder=tmp_path,
    ):
        metadata = tmp_path / "metadata.xml"
        metadata.write_bytes(requests.get(f"{address}/metadata", timeout=60).content)
        written = SAML_SAMPLES["saml_portal.yaml"].replace("http://127.0.0.1:8007", address)
        assert written.count(f"metadata_url: {address}/metadata") == 1
        url = f"metadata_url: {address}/metadata"
        running.apply("blad-saml", written.replace(url, f"metadata_file: {metadata}"))
        shown = recipes.as_jan(recipes.until_known(lambda: recipes.opened(f"{address}/")))
        stopped = recipes.until_known(lambda: recipes.opened(f"{address}/"))
        page = stopped.click("Annuleer en ga terug")
    told = shown.answer.json()
    assert (told["level"], told["kvk"]) == (SUBSTANTIAL, ["90001201"]) and told["name"]
    assert page.status == 403 and "the user stopped" in page.answer.json()["error"]
