"""Portals: which kind a document is, and where somebody begins for a service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from directory.portals import portal_model, where_it_begins
from directory.services import OidcClient

UUID = "11111111-2222-4333-8444-555555555555"
OTHER = "99999999-2222-4333-8444-555555555555"


@dataclass(frozen=True)
class Case:
    """Portals as (name, services, home), and the address that is given for UUID."""

    portals: tuple[tuple[str, tuple[str, ...], str | None], ...]
    begins: str | None


def a_portal(name: str, services: tuple[str, ...], home: str | None) -> OidcClient:
    facts: dict[str, Any] = {
        "client_id": name.lower(),
        "name": {"nl": name, "en": name},
        "services": services,
        "redirect_uris": ("https://portaal.example/terug",),
        "home_url": home,
    }
    return OidcClient.model_validate(facts)


@pytest.mark.parametrize(
    "case",
    [
        Case((), None),
        Case((("A", (OTHER,), "https://a.example/"),), None),
        Case((("A", (UUID,), None),), None),
        Case(
            (("B", (UUID,), "https://b.example/"), ("A", (UUID,), "https://a.example/")),
            "https://a.example/",
        ),
        Case(
            (("A", (UUID,), None), ("B", (UUID, OTHER), "https://b.example/")), "https://b.example/"
        ),
    ],
)
def test_a_service_begins_at_the_first_portal_that_says_where(case: Case) -> None:
    portals = [a_portal(*one) for one in case.portals]
    assert where_it_begins(portals, UUID) == case.begins


def test_a_document_with_a_section_saml_is_a_saml_portal() -> None:
    assert portal_model({"saml": {}}).protocol == "saml"
    assert portal_model({}).protocol == "oidc"
