"""SimpleSAMLphp as a makelaar: its users log in at the portal with a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser

from tests.browser.scenes import BODEM
from tests.browser.visitor import Visitor, visiting
from tests.interop import registrations, simplesamlphp
from tests.interop.simplesamlphp import SimpleSamlPhp
from tests.running_demo import RunningDemo

pytestmark = [pytest.mark.interop, pytest.mark.interop_php, pytest.mark.browser]

LEVEL_EH2 = "urn:etoegang:core:assurance-class:loa2"


@contextmanager
def makelaar(
    running: RunningDemo,
    folder: Path,
    slug: str,
    *,
    more: dict[str, str] | None = None,
    level: str = simplesamlphp.LEVEL_EH3,
    encrypted: bool = False,
    other_key: bool = False,
    artifact_port: int | None = None,
) -> Iterator[SimpleSamlPhp]:
    """SimpleSAMLphp runs and is registered; ``other_key``: with metadata that hold another key."""
    ours = requests.get(running.addresses.broker + "/saml/metadata", timeout=60).content
    provider = simplesamlphp.prepare(folder, ours, level, encrypted, artifact_port)
    with simplesamlphp.serving(provider):
        metadata = folder / "its-metadata.xml"
        metadata.write_bytes(simplesamlphp.metadata(provider))
        if other_key:
            simplesamlphp.write_key_pair(folder)
        running.apply(slug, registrations.makelaar(slug, provider, metadata, more))
        try:
            yield provider
        except BaseException:
            print(simplesamlphp.logged(provider))
            raise


def log_in(visitor: Visitor, slug: str, provider: SimpleSamlPhp) -> None:
    """With the password that it knows."""
    visitor.ask(BODEM)
    visitor.wait_until_offered(slug)
    visitor.choose(slug)
    visitor.page.fill("input[name=username]", provider.user)
    visitor.page.fill("input[name=password]", provider.password)
    visitor.page.press("input[name=password]", "Enter")


def is_let_in(visitor: Visitor) -> None:
    """At the portal, with who it is and for whom."""
    visitor.wait_for("button[name=agree][value=yes]")
    assert "Fenna Testman" in (visitor.page.text_content(".sluis-lock__facts") or "")
    visitor.press("agree", "yes")
    assert visitor.is_in, visitor.heading
    received = visitor.page.text_content("main") or ""
    assert "90001201" in received
    assert "http://eidas.europa.eu/LoA/substantial" in received
    assert visitor.complaints == []


def _is_refused(visitor: Visitor, code: str = "SLS-2104") -> None:
    visitor.wait_for(".sluis-reference")
    assert code in (visitor.page.text_content(".sluis-reference") or "")
    assert not visitor.is_in


@pytest.mark.parametrize("binding", ["redirect", "post"])
def test_a_user_of_simplesamlphp_logs_in(
    running: RunningDemo, chromium: Browser, tmp_path: Path, binding: str
) -> None:
    more = {"request_binding": binding}
    with (
        makelaar(running, tmp_path / "idp", f"getekend-{binding}", more=more) as provider,
        visiting(running, chromium) as visitor,
    ):
        log_in(visitor, f"getekend-{binding}", provider)
        is_let_in(visitor)


def test_an_answer_with_another_key_than_registered_is_refused(
    running: RunningDemo, chromium: Browser, tmp_path: Path
) -> None:
    with (
        makelaar(running, tmp_path / "idp", "andere-sleutel", other_key=True) as provider,
        visiting(running, chromium) as visitor,
    ):
        log_in(visitor, "andere-sleutel", provider)
        _is_refused(visitor)


def test_an_encrypted_answer_is_read(
    running: RunningDemo, chromium: Browser, tmp_path: Path
) -> None:
    more = {"require_encrypted_assertion": "true", "allow_cbc": "true"}
    with (
        makelaar(running, tmp_path / "idp", "versleuteld", more=more, encrypted=True) as provider,
        visiting(running, chromium) as visitor,
    ):
        log_in(visitor, "versleuteld", provider)
        is_let_in(visitor)


def test_the_old_encryption_mode_needs_the_operators_consent(
    running: RunningDemo, chromium: Browser, tmp_path: Path
) -> None:
    more = {"require_encrypted_assertion": "true"}
    with (
        makelaar(running, tmp_path / "idp", "oude-wijze", more=more, encrypted=True) as provider,
        visiting(running, chromium) as visitor,
    ):
        log_in(visitor, "oude-wijze", provider)
        _is_refused(visitor, "SLS-2106")  # a setting of ours allows it


def test_an_unencrypted_answer_is_refused_where_encryption_was_agreed(
    running: RunningDemo, chromium: Browser, tmp_path: Path
) -> None:
    more = {"require_encrypted_assertion": "true"}
    with (
        makelaar(running, tmp_path / "idp", "onversleuteld", more=more) as provider,
        visiting(running, chromium) as visitor,
    ):
        log_in(visitor, "onversleuteld", provider)
        _is_refused(visitor, "SLS-2106")  # a setting of ours allows it


def test_a_lower_level_than_asked_is_not_enough(
    running: RunningDemo, chromium: Browser, tmp_path: Path
) -> None:
    with (
        makelaar(running, tmp_path / "idp", "laag-niveau", level=LEVEL_EH2) as provider,
        visiting(running, chromium) as visitor,
    ):
        log_in(visitor, "laag-niveau", provider)
        visitor.wait_for("form[action$=step-up]")
        assert visitor.heading == "Uw niveau is te laag voor deze dienst"


@pytest.mark.parametrize("acs", ["url", "index"])
def test_an_answer_is_fetched_by_artifact(
    running: RunningDemo, chromium: Browser, tmp_path: Path, acs: str
) -> None:
    """Its ArtifactResponse is signed and the Response inside is not, as with eHerkenning."""
    more = {"response_binding": "artifact", "acs": acs}
    slug = f"artifact-{acs}"
    with (
        makelaar(
            running, tmp_path / "idp", slug, more=more, artifact_port=running.spare_port
        ) as provider,
        visiting(running, chromium) as visitor,
    ):
        log_in(visitor, slug, provider)
        is_let_in(visitor)


def test_an_artifact_that_needs_another_key_is_refused(
    running: RunningDemo, chromium: Browser, tmp_path: Path
) -> None:
    more = {"response_binding": "artifact"}
    with (
        makelaar(
            running,
            tmp_path / "idp",
            "artifact-andere",
            more=more,
            other_key=True,
            artifact_port=running.spare_port,
        ) as provider,
        visiting(running, chromium) as visitor,
    ):
        log_in(visitor, "artifact-andere", provider)
        _is_refused(visitor)
