"""The record of a makelaar: what may be registered, and for whom it may speak."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from assurance.levels import AssuranceLevel
from providers.registry import OWN, ProviderRecord

OIDC = {"issuer": "https://makelaar.example", "client_id": "sluis"}
SAML = {"entity_id": "https://makelaar.example/metadata"}


def record(**fields: Any) -> ProviderRecord:
    base = {"id": "zekerweg", "name": "Zekerweg", "level_ceiling": "EH3", "oidc": OIDC}
    return ProviderRecord.model_validate({**base, **fields})


@pytest.mark.parametrize(
    ("fields", "kind"),
    [({}, "oidc"), ({"oidc": None, "saml": SAML}, "saml"), ({"kind": "oidc"}, "oidc")],
)
def test_the_kind_follows_from_the_section(fields: dict[str, Any], kind: str) -> None:
    assert record(**fields).kind == kind


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"oidc": None}, "exactly the section saml"),
        ({"saml": SAML}, "exactly the section oidc"),
        ({"kind": "saml"}, "exactly the section saml"),
        ({"id": OWN}, "that of Sluis itself"),
        ({"level_ceiling": "EMAIL"}, "EH2 or higher"),
        ({"level_ceiling": "EH1"}, "unknown assurance level"),
        ({"levels": {"gold": "EH9"}}, "unknown assurance level"),
        ({"id": "Zeker weg"}, "id"),
        ({"name": ""}, "name"),
        ({"oidc": {**OIDC, "skew_seconds": 181}}, "skew_seconds"),
        ({"oidc": {**OIDC, "client_secret": "x"}}, "client_secret"),  # by reference only
        ({"unknown": 1}, "unknown"),
    ],
)
def test_what_cannot_be_a_makelaar_is_refused_with_the_reason(
    fields: dict[str, Any], why: str
) -> None:
    with pytest.raises(ValidationError, match=why):
        record(**fields)


@pytest.mark.parametrize(
    ("speaks_for", "trusted"),
    [
        ({}, set()),
        ({"speaks_for": ["90001201"]}, {"90001201"}),
        ({"speaks_for": "register"}, {"90001201", "90001542", ""}),
    ],
)
def test_it_speaks_for_nobody_until_it_is_registered_to(
    speaks_for: dict[str, Any], trusted: set[str]
) -> None:
    one = record(**speaks_for)
    numbers = ("90001201", "90001542", "")
    assert {number for number in numbers if one.may_speak_for(number)} == trusted


def test_a_record_comes_back_as_it_was_kept() -> None:
    one = record(levels={"gold": "EH2+"}, level_ceiling="EH4", speaks_for=["90001201"])
    assert ProviderRecord.model_validate(one.model_dump(mode="json")) == one
    assert one.levels == {"gold": AssuranceLevel.EH2_PLUS}
    assert one.key == "zekerweg"
