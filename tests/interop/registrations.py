"""What an operator writes to register somebody else's software."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Template
from typing import Final

from directory.dates import day_of
from tests.interop.simplesamlphp import SimpleSamlPhp

_MAKELAAR: Final = Template("""\
kind: IdentityProvider
id: $slug
name: $name
level_ceiling: EH3
saml:
  entity_id: $entity_id
  metadata_file: $metadata
$more
---
kind: Person
id: fenna-$slug
name: Fenna Testman
identities:
  - {provider: $slug, subject: $subject}
organisations:
  - {kvk: "90001201", role: member}
---
kind: Mandate
person: fenna-$slug
organisation: "90001201"
service: null
level: EH3
from: $yesterday
until: $next_year
""")
_CLIENT: Final = Template("""\
kind: Client
client_id: $client_id
name: {nl: Portaal van een ander, en: Portal of another}
services:
  - 7f1e6c1a-90b4-4d0e-9b52-3c1f0a77d2e4
redirect_uris: ["$redirect_uri"]
token_endpoint_auth_method: private_key_jwt
jwks: $jwks
id_token_signed_response_alg: $algorithm
acr: eidas
claims:
  - name: represents
    purpose: {nl: Weten voor welke organisatie u komt, en: To know which organisation you act for}
  - name: mandate
    purpose: {nl: Nagaan dat u gemachtigd bent, en: To check that you are authorised}
""")
_SAML_PORTAL: Final = Template("""\
kind: Client
client_id: $client_id
name: {nl: SAML-portaal van een ander, en: SAML portal of another}
services:
  - 7f1e6c1a-90b4-4d0e-9b52-3c1f0a77d2e4
$acr
claims:
  - name: represents
    purpose: {nl: Weten voor welke organisatie u komt, en: To know which organisation you act for}
  - name: mandate
    purpose: {nl: Nagaan dat u gemachtigd bent, en: To check that you are authorised}
saml:
  entity_id: $entity_id
  metadata_file: $metadata
$more
""")


def makelaar(
    slug: str, provider: SimpleSamlPhp, metadata: Path, more: dict[str, str] | None = None
) -> str:
    """This makelaar, and Fenna who has a mandate. ``more``: lines of its ``saml`` section."""
    today = day_of(datetime.now(UTC))
    return _MAKELAAR.substitute(
        slug=slug,
        name=slug.capitalize(),
        entity_id=provider.entity_id,
        metadata=metadata,
        subject=provider.user,
        more=_lines(more),
        yesterday=today - timedelta(days=1),
        next_year=today + timedelta(days=365),
    )


def client(client_id: str, redirect_uri: str, jwks: str, algorithm: str) -> str:
    """A portal for Meldportaal Bodem that proves itself with its own key."""
    return _CLIENT.substitute(
        client_id=client_id, redirect_uri=redirect_uri, jwks=jwks, algorithm=algorithm
    )


def saml_portal(
    client_id: str,
    entity_id: str,
    metadata: Path,
    more: dict[str, str] | None = None,
    *,
    acr: str | None = "eidas",
) -> str:
    """A SAML portal for Meldportaal Bodem. ``more``: lines of its ``saml`` section. ``acr``: the
    words for a level; None: those of its dialect.
    """
    return _SAML_PORTAL.substitute(
        client_id=client_id,
        entity_id=entity_id,
        metadata=metadata,
        more=_lines(more),
        acr=f"acr: {acr}" if acr else "",
    )


def _lines(more: dict[str, str] | None) -> str:
    return "\n".join(f"  {key}: {value}" for key, value in (more or {}).items())
