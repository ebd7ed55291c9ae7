"""What a registration may say of where metadata come from, for makelaars and portals alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from admin.registrations import rules
from admin.registrations.documents import DocumentsRefused
from admin.registrations.reading import read
from broker.settings import Settings
from keys.certificates import to_pem
from tests.broker.saml.portals import ENTITY, a_portal, metadata
from tests.providers.saml.maker import certificate, record_of

URL: Final = "https://makelaar.example/metadata.xml"
PEM: Final = to_pem(certificate("federation"))
GOOD: Final[tuple[dict[str, Any], ...]] = (
    {"metadata_url": URL},
    {"metadata_url": URL, "metadata": "<seed/>"},
    {"metadata_url": URL, "metadata_trust_tls": True},
    {"metadata_url": URL, "metadata_signing_certificate": PEM},
    {"metadata_url": URL, "metadata_signing_certificate": PEM + PEM},
    {"metadata_url": URL, "metadata_signing_fingerprints": ["AA:" * 31 + "AA"]},
    {"metadata_query": "https://mdq.example/", "metadata_query_by": "sha1"},
)
BAD: Final[tuple[tuple[dict[str, Any], str, str], ...]] = (
    ({"metadata_url": "http://makelaar.example/"}, "saml.metadata_url", "it is not https"),
    ({"metadata_url": "https://10.1.2.3/m"}, "saml.metadata_url", "will never be called"),
    ({"metadata_url": "https://u:p@makelaar.example/"}, "saml.metadata_url", "user name"),
    ({"metadata_query": "http://mdq.example"}, "saml.metadata_query", "it is not https"),
    (
        {"metadata_query": "https://mdq.example", "metadata_url": URL},
        "saml.metadata_query",
        "which of the two holds is not said",
    ),
    ({"metadata_query": "https://mdq.example/?x"}, "saml.metadata_query", "no base address"),
    (
        {"metadata_url": URL, "metadata_signing_certificate": "MIIB"},
        "saml.metadata_signing_certificate",
        "cannot be read as a certificate",
    ),
    (
        {"metadata_url": URL, "metadata_signing_certificate": PEM, "metadata_trust_tls": True},
        "saml.metadata_trust_tls",
        "it does nothing",
    ),
    (
        {"metadata": "<x/>", "metadata_trust_tls": True},
        "saml.metadata_trust_tls",
        "no address that could be trusted",
    ),
)


def found(model: Any, settings: Settings, kind: str) -> list[tuple[str, str]]:
    calls = rules.calls_of(settings)
    return [
        (one.field, str(one))
        for one in rules.breaches(kind, model, calls)
        if one.field.startswith("saml.metadata_")
    ]


@pytest.mark.parametrize("saml", GOOD)
def test_a_source_that_may_be(settings: Settings, saml: dict[str, Any]) -> None:
    assert found(record_of(**saml), settings, "IdentityProvider") == []
    portal = a_portal(saml={"metadata": None, "entity_id": ENTITY, **saml})
    assert found(portal, settings, "Client") == []


@pytest.mark.parametrize(("saml", "field", "told"), BAD)
def test_a_source_that_would_do_harm_or_nothing(
    settings: Settings, saml: dict[str, Any], field: str, told: str
) -> None:
    portal = a_portal(saml={"metadata": None, "entity_id": ENTITY, **saml})
    for model, kind in ((record_of(**saml), "IdentityProvider"), (portal, "Client")):
        (one,) = found(model, settings, kind)
        assert one[0] == field and told in one[1]


def test_a_portal_without_any_source_is_told(settings: Settings) -> None:
    portal = a_portal(saml={"metadata": None, "entity_id": ENTITY})
    ((field, told),) = found(portal, settings, "Client")
    assert field == "saml.metadata_file" and "there is none" in told
    assert found(a_portal(metadata()), settings, "Client") == []


def test_the_signer_may_stand_in_a_file(tmp_path: Path) -> None:
    document = {
        "kind": "IdentityProvider",
        "id": "mk",
        "name": "M",
        "level_ceiling": "EH3",
        "saml": {
            "entity_id": "urn:m",
            "metadata_url": URL,
            "metadata_signing_certificate_file": "federation.pem",
        },
    }
    file = tmp_path / "m.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    with pytest.raises(DocumentsRefused) as refused:
        read(file)
    (line,) = refused.value.lines
    assert "saml.metadata_signing_certificate_file: it cannot be read" in line
    (tmp_path / "federation.pem").write_text(PEM, encoding="utf-8")
    (entry,) = read(file)
    assert entry.model.saml.metadata_signing_certificate == PEM
