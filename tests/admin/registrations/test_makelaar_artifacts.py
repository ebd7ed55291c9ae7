"""A makelaar that answers by artifact is registered with where its artifacts are resolved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from admin.parties import saml_makelaars
from admin.registrations import metadata_sources
from admin.registrations.documents import DocumentsRefused, Entry
from admin.registrations.makelaar_rules import MAKELAAR_RULES
from broker.settings import Settings
from providers.saml_settings import SamlSettings
from state.outgoing import OutgoingFailed
from tests.called import Called
from tests.clocks import START
from tests.providers.saml.back_channel import metadata, resolution_service
from tests.providers.saml.maker import certificate, metadata_of, record_of
from tests.proxies import certificate as tls_files

INSIDE = resolution_service("https://10.0.0.7/artifact")
WITHOUT = metadata_of(certificate()).decode()


def completed(settings: Settings, document: str, **saml: Any) -> SamlSettings:
    record = record_of(metadata=document, **saml)
    found = metadata_sources.complete(
        Entry("IdentityProvider", record, "file:1", Path()), settings, START
    ).model.saml
    assert isinstance(found, SamlSettings)
    return found


def test_metadata_with_an_address_to_call_are_taken(settings: Settings) -> None:
    kept = completed(settings, metadata().decode(), response_binding="artifact")
    assert kept.response_binding == "artifact"


@pytest.mark.parametrize(
    ("document", "field", "told"),
    [
        (WITHOUT, "response_binding", "have no ArtifactResolutionService for SOAP"),
        (metadata(resolution_service(binding="PAOS")).decode(), "response_binding", "SOAP"),
        (metadata(INSIDE).decode(), "metadata", "https://10.0.0.7/artifact is never called"),
    ],
)
def test_without_one_it_is_said_before_anybody_logs_in(
    settings: Settings, document: str, field: str, told: str
) -> None:
    with pytest.raises(DocumentsRefused) as refused:
        completed(settings, document, response_binding="artifact")
    (line,) = refused.value.lines
    assert line.startswith(f"file:1: saml.{field}: ") and told in line
    assert completed(settings, document).response_binding == "post"  # who posts is not judged by it


def test_a_key_without_its_certificate_is_a_mistake() -> None:
    def fields(**saml: Any) -> list[str]:
        record = record_of(**saml)
        calls = Called(OutgoingFailed("no_answer"))
        return [b.field for rule in MAKELAAR_RULES for b in rule.look(record, calls)]

    assert fields(tls_key_file="/etc/sluis/key.pem") == ["saml.tls_key_file"]
    assert fields(tls_key_file="/k.pem", tls_certificate_file="/c.pem") == []


def troubles(document: str, **saml: Any) -> list[tuple[str, str]]:
    settings = record_of(metadata=document, **saml).saml
    assert settings is not None
    calls = Called(OutgoingFailed("no_answer"))
    return [
        (one.field, one.reason)
        for one in saml_makelaars.troubles(settings, calls, now=START, since=START)
    ]


def test_doctor_says_what_would_stop_a_login(tmp_path: Path) -> None:
    by_artifact = {"response_binding": "artifact"}
    assert troubles(metadata().decode(), **by_artifact) == []
    assert troubles(WITHOUT) == []
    assert troubles(WITHOUT, **by_artifact) == [("saml.response_binding", "metadata_unusable")]
    path = tls_files(tmp_path, "sluis.example")
    assert troubles(metadata().decode(), **by_artifact, tls_certificate_file=str(path)) == []
    path.unlink()
    found = troubles(metadata().decode(), **by_artifact, tls_certificate_file=str(path))
    assert found == [("saml.tls_certificate_file", "tls_certificate_file")]
