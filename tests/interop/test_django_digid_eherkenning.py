"""django-digid-eherkenning as a portal in the dialect of eHerkenning: signed requests by POST,
answers by artifact, identifiers encrypted one by one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from lxml import etree

from sandbox.browser import Browser, Page
from sandbox.keys import new_pair
from tests.interop import django_digid_eherkenning, registrations
from tests.interop.django_digid_eherkenning import LOA3, DjangoPortal
from tests.running_demo import RunningDemo

pytestmark = pytest.mark.interop

PATIENCE: Final = 60.0
PROVIDER: Final = "Wie is uw makelaar?"
LEAVING: Final = "U wordt doorgestuurd"
BODEM: Final = "7f1e6c1a-90b4-4d0e-9b52-3c1f0a77d2e4"
X509: Final = "{http://www.w3.org/2000/09/xmldsig#}X509Certificate"
NOT_IN: Final = "Login to eHerkenning did not succeed. Please try again."


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return django_digid_eherkenning.install(tmp_path_factory.mktemp("django"))


@dataclass(frozen=True)
class Place:
    """A portal that runs and is registered with the metadata that it publishes itself."""

    portal: DjangoPortal
    folder: Path

    def asked(self, browser: Browser | None = None) -> Page:
        """The page of the broker, which follows a registration within seconds."""
        deadline = time.monotonic() + PATIENCE
        using = browser or Browser()
        while True:
            using.open(f"{self.portal.base_url}/eherkenning/login/")
            page = using.click(LEAVING)
            if "SLS-4101" not in page.text or time.monotonic() > deadline:
                return page
            time.sleep(0.25)

    def ask(self) -> Browser:
        """A browser that is asked for a makelaar."""
        browser = Browser()
        page = self.asked(browser)
        assert page.heading == PROVIDER, page.text[:500]
        return browser

    def log_in(self, makelaar: str = "Polderpoort", person: str = "jan") -> tuple[Page, Browser]:
        browser = self.ask()
        browser.click(makelaar)
        browser.press("person", person)
        return browser.press("agree", "yes"), browser

    @property
    def log(self) -> str:
        return (self.folder / "portal.log").read_text(encoding="utf-8", errors="replace")


def _our_metadata(running: RunningDemo) -> bytes:
    return requests.get(running.addresses.broker + "/saml/idp/metadata", timeout=60).content


def _with_key(metadata: bytes, certificate: str | None) -> bytes:
    """The same metadata, with this certificate (base64) in every place."""
    if certificate is None:
        return metadata
    root = etree.fromstring(metadata)
    for element in root.iter(X509):
        element.text = certificate
    return etree.tostring(root)


@contextmanager
def placed(
    running: RunningDemo,
    python: Path,
    folder: Path,
    number: int,
    *,
    idp_metadata: bytes | None = None,
    settings: dict[str, str] | None = None,
    registered_key: str | None = None,
    **configuration: Any,
) -> Iterator[Place]:
    name = f"django-{number}"
    made = django_digid_eherkenning.portal(new_pair(name), number, **configuration)
    ours = idp_metadata or _our_metadata(running)
    entity_id = running.addresses.broker + "/saml/idp/metadata"
    with django_digid_eherkenning.serving(made, python, folder, ours, entity_id) as portal:
        metadata = folder / f"{name}.xml"
        got = requests.get(f"{portal.base_url}/metadata/eherkenning", timeout=60)
        assert got.status_code == 200, got.text
        metadata.write_bytes(_with_key(got.content, registered_key))
        section = {"dialect": "etd", **(settings or {})}
        written = registrations.saml_portal(name, portal.entity_id, metadata, section, acr=None)
        running.apply(name, written)
        yield Place(portal, folder)


def is_in(page: Page, browser: Browser, place: Place) -> dict[str, Any]:
    """What the portal read; the browser carried a reference and no message."""
    assert page.url == f"{place.portal.base_url}/in", (page.url, page.text, place.log[-3000:])
    read: dict[str, Any] = page.answer.json()
    assert read["classes"] == [LOA3]
    (brought,) = (url for url in browser.visited if "/eherkenning/acs/" in url)
    assert {name for name, _ in parse_qsl(urlsplit(brought).query)} <= {"SAMLart", "RelayState"}
    return read


@pytest.mark.parametrize("cipher", ["aes256-gcm", "aes256-cbc"])
def test_a_company_logs_in_at_django_digid_eherkenning(
    running: RunningDemo, python: Path, tmp_path: Path, cipher: str
) -> None:
    number = 101 if cipher == "aes256-gcm" else 102
    settings = {"identifier_encryption": cipher}
    with placed(running, python, tmp_path, number, settings=settings) as place:
        first = is_in(*place.log_in(), place)
        again = is_in(*place.log_in(), place)
        published = (tmp_path / f"django-{number}.xml").read_text(encoding="utf-8")
    assert "SingleLogoutService" not in published  # it has no logout for eHerkenning
    assert first["kvk"] == "90001201"
    assert first["rsin"] == first["user"] == "800001205"
    assert first["company"] == "Bakkerij De Korenmolen B.V."
    assert first["attributes"]["urn:etoegang:core:ServiceUUID"] == [BODEM]
    assert first["name_id_format"].endswith(":transient")
    acting = "urn:etoegang:core:ActingSubjectID"
    assert first["attributes"][acting] == again["attributes"][acting]


def test_a_chain_a_branch_and_a_makelaar_of_eherkenning_reach_it(
    running: RunningDemo, python: Path, tmp_path: Path
) -> None:
    """Whom a mandate is of, and how narrow it is; from a makelaar of the same dialect as well."""
    etd = "urn:etoegang:"
    with placed(running, python, tmp_path, 103) as place:
        own = is_in(*place.log_in("Waterpoort", "hanna"), place)
        browser = place.ask()
        browser.click("Zekerweg")
        browser.press("person", "mo")
        browser.click("Korenmolen")
        chain = is_in(browser.press("agree", "yes"), browser, place)
        limited = is_in(*place.log_in("Polderpoort", "tim"), place)
    assert (own["kvk"], own["company"]) == ("90001639", "Hoveniersbedrijf Groenrijk")
    assert chain["kvk"] == "90001201"
    (between,) = chain["attributes"][f"{etd}1.9:IntermediateEntityID:KvKnr"]
    assert between["NameID"]["value"] == "90001542"
    assert limited["attributes"][f"{etd}1.9:ServiceRestriction:Vestigingsnr"] == ["000090012021"]
    for found in (own, chain):
        assert f"{etd}1.9:ServiceRestriction:Vestigingsnr" not in found["attributes"]


def test_an_answer_with_another_key_is_refused_by_django_digid_eherkenning(
    running: RunningDemo, python: Path, tmp_path: Path
) -> None:
    other = _with_key(_our_metadata(running), new_pair("Een ander").certificate_base64)
    with placed(running, python, tmp_path, 104, idp_metadata=other) as place:
        page, _ = place.log_in()
        assert (page.status, page.answer.json()) == (403, {"messages": [NOT_IN]})
        assert "Signature validation failed" in place.log


def test_a_request_of_django_digid_eherkenning_with_another_key_is_refused_here(
    running: RunningDemo, python: Path, tmp_path: Path
) -> None:
    other = new_pair("Een ander").certificate_base64
    with placed(running, python, tmp_path, 108, registered_key=other) as place:
        page = place.asked()
    assert (page.status, "SLS-4103" in page.text) == (400, True), page.text


def test_who_stops_reads_it_on_the_page_of_that_portal(
    running: RunningDemo, python: Path, tmp_path: Path
) -> None:
    with placed(running, python, tmp_path, 105) as place:
        page = place.ask().click("Annuleer")
        assert (page.status, page.answer.json()) == (403, {"messages": [NOT_IN]})
        assert "did not succeed or was cancelled" in place.log


def test_an_artifact_is_good_for_one_time_there(
    running: RunningDemo, python: Path, tmp_path: Path
) -> None:
    with placed(running, python, tmp_path, 106) as place:
        page, browser = place.log_in()
        is_in(page, browser, place)
        (brought,) = (url for url in browser.visited if "/eherkenning/acs/" in url)
        again = Browser().open(brought)
        assert (
            again.status == 500
        )  # of the product, which does not expect that there is no Response
        assert Browser().open(f"{place.portal.base_url}/in").status == 401


def test_its_older_content_type_is_answered_too(
    running: RunningDemo, python: Path, tmp_path: Path
) -> None:
    """It says application/soap+xml unless told otherwise, and sends SOAP 1.1."""
    older = {"artifact_resolve_content_type": "application/soap+xml"}
    with placed(running, python, tmp_path, 107, **older) as place:
        is_in(*place.log_in(), place)
