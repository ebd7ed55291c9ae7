"""Makelaars that could never answer are refused when they are registered; so are services that
nobody can enter, links that run a script, and mandates that never hold.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy.orm import Session

from admin.registrations import rules
from admin.registrations.documents import DocumentsRefused
from admin.registrations.kinds import KINDS
from broker.settings import Settings
from tests.admin.registrations.documents import SERVICE, applied
from tests.broker.examples import a_record

OIDC: Final = {"issuer": "https://makelaar.example", "client_id": "sluis"}
ENTRA: Final = "https://login.microsoftonline.com"
AT_TOKEN: Final = "token_endpoint"
BASIC: Final = {**OIDC, "token_endpoint_auth_method": "client_secret_basic"}
MAKELAAR: Final[dict[str, Any]] = {
    "kind": "IdentityProvider",
    "id": "zekerweg",
    "name": "Zekerweg",
    "level_ceiling": "EH3",
    "oidc": OIDC,
}
SAML: Final[dict[str, Any]] = {"entity_id": "urn:makelaar", "metadata": "<x/>"}


def refused(kind: str, fields: dict[str, Any], settings: Settings) -> set[str]:
    """The fields that are refused."""
    model = KINDS[kind].model_of(fields).model_validate(fields)
    found = rules.breaches(kind, model, rules.calls_of(settings))
    return {breach.field for breach in found if not breach.warns}


ES = "ES256"


def makelaar(**fields: Any) -> dict[str, Any]:
    base = {name: value for name, value in MAKELAAR.items() if name != "kind"}
    if "saml" in fields:
        del base["oidc"]
    return {**base, **fields}


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"oidc": {**OIDC, "issuer": "https://makelaar.example/realms/a/"}},  # Keycloak, Auth0
        {"oidc": {**OIDC, "issuer": "https://makelaar.example:8443"}},
        {"oidc": {**BASIC, "client_secret_file": "secret"}},
        {"oidc": {**OIDC, "endpoint_hosts": ["api.makelaar.example", "x.example:8443"]}},
        {"oidc": {**OIDC, "issuer": f"{ENTRA}/7f3a-4c2f/v2.0"}},
        {"oidc": {**OIDC, "discovery_url": "https://elders.example/a/.well-known/x?p=b2c"}},
        {"oidc": {**OIDC, "client_assertion_audience": "token_endpoint"}},
        {"oidc": {**OIDC, "token_endpoint_auth_signing_alg": "ES256"}},
        {"oidc": {**OIDC, "id_token_encrypted_response_alg": "ECDH-ES"}},
        {"oidc": {**OIDC, "userinfo": True, "userinfo_encrypted_response_alg": "RSA-OAEP"}},
        {
            "oidc": {
                **OIDC,
                "id_token_encrypted_response_alg": "RSA-OAEP",
                "id_token_encrypted_response_enc": "A256GCM",
            }
        },
        {"oidc": {**OIDC, "pushes_requests": True, "response_mode": "form_post"}},
        {"speaks_for": ["12345678"]},
        {"speaks_for": "register"},
        {"levels": {"1": "EH2", "urn:x": "EH3"}, "level_without_word": "EH2"},
        {"saml": SAML},
        {"saml": {**SAML, "subject": "attribute", "subject_attribute": "urn:x"}},
        {"saml": {**SAML, "metadata_url": "https://makelaar.example/metadata"}},
        {"saml": {**SAML, "preset": "entra"}},
        {"saml": {**SAML, "max_validity_seconds": 86400}},
        {"saml": {**SAML, "metadata": "<x>\u200e\x85</x>"}},  # names of others, in no page
        {"saml": {**SAML, "name_id_policy": {"format": "urn:x:own"}}},
        {
            "saml": {
                **SAML,
                "subject": "attribute",
                "subject_attribute": "urn:x",
                "name_id_policy": {"format": "transient"},
            }
        },
        {"saml": {**SAML, "authn_context_classes": {"EH3": ["urn:x:strong"]}}},
        {"saml": {**SAML, "allow_cbc": True, "allow_cbc_signed_inside": True}},
        {"help_url": "https://makelaar.example/hulp#a"},
    ],
)
def test_a_makelaar_that_can_answer_breaks_no_rule(
    settings: Settings, fields: dict[str, Any]
) -> None:
    assert refused("IdentityProvider", makelaar(**fields), settings) == set()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"oidc": {**OIDC, "issuer": "makelaar.example"}}, "oidc.issuer"),
        ({"oidc": {**OIDC, "issuer": "http://makelaar.example"}}, "oidc.issuer"),
        ({"oidc": {**OIDC, "issuer": ""}}, "oidc.issuer"),
        ({"oidc": {**OIDC, "issuer": "https://makelaar.example?x=1"}}, "oidc.issuer"),
        ({"oidc": {**OIDC, "issuer": "https://makelaar.example#x"}}, "oidc.issuer"),
        (
            {
                "oidc": {
                    **OIDC,
                    "issuer": "https://makelaar.example/.well-known/openid-configuration",
                }
            },
            "oidc.issuer",
        ),
        ({"oidc": {**OIDC, "issuer": "https://10.0.0.1"}}, "oidc.issuer"),
        ({"oidc": {**OIDC, "issuer": "https://makelaar"}}, "oidc.issuer"),
        ({"oidc": {**OIDC, "issuer": "https://makelaar.example:6443"}}, "oidc.issuer"),
        ({"oidc": {**OIDC, "issuer": "https://a:b@makelaar.example"}}, "oidc.issuer"),
        ({"oidc": {**OIDC, "client_id": " "}}, "oidc.client_id"),
        ({"oidc": BASIC}, "oidc.client_secret_file"),
        ({"oidc": {**OIDC, "client_secret_file": "x"}}, "oidc.client_secret_file"),
        ({"oidc": {**OIDC, "issuer": f"{ENTRA}/common/v2.0"}}, "oidc.issuer"),
        ({"oidc": {**OIDC, "issuer": f"{ENTRA}/organizations/v2.0"}}, "oidc.issuer"),
        ({"oidc": {**OIDC, "discovery_url": "http://elders.example/x"}}, "oidc.discovery_url"),
        ({"oidc": {**OIDC, "discovery_url": "https://10.0.0.1/x"}}, "oidc.discovery_url"),
        ({"oidc": {**OIDC, "discovery_url": "https://elders.example/x#y"}}, "oidc.discovery_url"),
        (
            {"oidc": {**BASIC, "client_secret_file": "x", "client_assertion_audience": AT_TOKEN}},
            "oidc.client_assertion_audience",
        ),
        (
            {"oidc": {**BASIC, "client_secret_file": "x", "token_endpoint_auth_signing_alg": ES}},
            "oidc.token_endpoint_auth_signing_alg",
        ),
        (
            {"oidc": {**OIDC, "id_token_encrypted_response_enc": "A256GCM"}},
            "oidc.id_token_encrypted_response_enc",
        ),
        (
            {"oidc": {**OIDC, "userinfo": True, "userinfo_encrypted_response_enc": "A128GCM"}},
            "oidc.userinfo_encrypted_response_enc",
        ),
        (
            {"oidc": {**OIDC, "userinfo_encrypted_response_alg": "RSA-OAEP"}},
            "oidc.userinfo_encrypted_response_alg",
        ),
        ({"oidc": {**OIDC, "scopes": ["profile"]}}, "oidc.scopes"),
        ({"oidc": {**OIDC, "endpoint_hosts": ["https://x.example"]}}, "oidc.endpoint_hosts.0"),
        ({"oidc": {**OIDC, "endpoint_hosts": ["X.example"]}}, "oidc.endpoint_hosts.0"),
        ({"oidc": {**OIDC, "endpoint_hosts": [""]}}, "oidc.endpoint_hosts.0"),
        ({"oidc": {**OIDC, "endpoint_hosts": ["x.example:99"]}}, "oidc.endpoint_hosts.0"),
        ({"oidc": {**OIDC, "endpoint_hosts": ["10.0.0.1"]}}, "oidc.endpoint_hosts.0"),
        ({"levels": {"": "EH2"}}, "levels"),
        ({"level_without_word": "EMAIL"}, "level_without_word"),
        ({"saml": SAML, "level_without_word": "EH2"}, "level_without_word"),
        ({"speaks_for": ["1234567"]}, "speaks_for.0"),
        ({"speaks_for": ["12345678", "register"]}, "speaks_for.1"),
        ({"help_url": "javascript:alert(1)"}, "help_url"),
        ({"saml": {**SAML, "metadata_url": "http://makelaar.example/m"}}, "saml.metadata_url"),
        ({"saml": {**SAML, "metadata_url": "makelaar.example/m"}}, "saml.metadata_url"),
        ({"saml": {**SAML, "entity_id": " urn:x"}}, "saml.entity_id"),
        ({"saml": {**SAML, "entity_id": ""}}, "saml.entity_id"),
        ({"saml": {**SAML, "subject": "attribute"}}, "saml.subject_attribute"),
        ({"saml": {**SAML, "max_validity_seconds": 0}}, "saml.max_validity_seconds"),
        (
            {"saml": {**SAML, "metadata_signing_certificate": "MIIB"}},
            "saml.metadata_signing_certificate",
        ),
        ({"saml": {**SAML, "max_validity_seconds": 86401}}, "saml.max_validity_seconds"),
        (
            {"saml": {**SAML, "name_id_policy": {"format": "Persistent"}}},
            "saml.name_id_policy.format",
        ),
        (
            {"saml": {**SAML, "name_id_policy": {"format": "transient"}}},
            "saml.name_id_policy.format",
        ),
        (
            {
                "saml": {
                    **SAML,
                    "authn_context_comparison": "none",
                    "authn_context_classes": {"EH3": ["urn:x"]},
                }
            },
            "saml.authn_context_classes",
        ),
        (
            {"saml": {**SAML, "authn_context_classes": {"EH3": []}}},
            "saml.authn_context_classes.EH3",
        ),
        (
            {"saml": {**SAML, "authn_context_classes": {"EH3": ["strong"]}}},
            "saml.authn_context_classes.EH3",
        ),
        ({"saml": {**SAML, "allow_cbc_signed_inside": True}}, "saml.allow_cbc_signed_inside"),
        ({"saml": {**SAML, "provider_name": "a\u202eb"}}, "saml.provider_name"),
        ({"name": "Zeker\x07weg"}, "name"),
    ],
)
def test_a_makelaar_that_cannot_answer_is_refused_at_its_field(
    settings: Settings, fields: dict[str, Any], field: str
) -> None:
    assert refused("IdentityProvider", makelaar(**fields), settings) == {field}


def test_a_word_that_yaml_reads_as_a_number_is_to_be_quoted(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(DocumentsRefused) as told:
        applied(session, settings, tmp_path, {**MAKELAAR, "levels": {1: "EH2"}})
    (line,) = told.value.lines
    assert 'YAML reads 1 as no text; write it in quotes: "1"' in line


def test_what_the_development_rules_allow_may_be_registered(settings: Settings) -> None:
    web = settings.web.model_copy(update={"base_url": "http://localhost:8000"})
    loopback = settings.development.model_copy(update={"loopback": ("127.0.0.1:8001",)})
    here = settings.model_copy(update={"web": web, "development": loopback})
    near = makelaar(oidc={**OIDC, "issuer": "http://127.0.0.1:8001/zekerweg"})
    assert refused("IdentityProvider", near, here) == set()
    assert refused("IdentityProvider", near, settings) == {"oidc.issuer"}


def test_apply_asks_the_rules_before_anything_is_fetched(
    session: Session, settings: Settings, tmp_path: Path
) -> None:
    saml = {**makelaar(saml={"entity_id": "urn:x", "metadata_url": "http://x.example/m"})}
    with pytest.raises(DocumentsRefused) as told:
        applied(session, settings, tmp_path, {"kind": "IdentityProvider", **saml})
    (line,) = told.value.lines
    assert "saml.metadata_url: 'http://x.example/m' will never be called" in line


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"privacy_url": "javascript:alert(1)"}, "privacy_url"),
        ({"help_url": "http://gemeente.example/hulp"}, "help_url"),
        ({"makelaars": []}, "makelaars"),
        ({"description": {"nl": "a\u2067b", "en": "x"}}, "description.nl"),
    ],
)
def test_a_service_that_nobody_can_enter_or_harms_is_refused(
    settings: Settings, fields: dict[str, Any], field: str
) -> None:
    service = {name: value for name, value in SERVICE.items() if name != "kind"}
    assert refused("Service", {**service, **fields}, settings) == {field}
    lines = {"privacy_url": "https://x.example/", "description": {"nl": "a\nb", "en": "x"}}
    own = {"makelaars": [], "own_means": True}
    assert refused("Service", {**service, **lines, **own}, settings) == set()


@pytest.mark.parametrize("kind", ["Mandate", "ChainMandate"])
@pytest.mark.parametrize(("until", "is_fine"), [("2027-01-01", True), ("2025-12-31", False)])
def test_a_mandate_that_never_holds_is_refused(
    settings: Settings, kind: str, until: str, is_fine: bool
) -> None:
    from datetime import date

    given = {
        "organisation": "12345678",
        "level": "EH3",
        "service": "x",
        "from": date(2026, 1, 1),
        "until": date.fromisoformat(until),
        **({"person": "roos"} if kind == "Mandate" else {"intermediary": "87654321"}),
    }
    assert refused(kind, given, settings) == (set() if is_fine else {"until"})


def test_what_was_registered_before_a_rule_is_still_read() -> None:
    assert a_record(help_url="javascript:alert(1)").help_url is not None
