"""So many documents that what each costs is seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.admin.metadata.publishing import document, makelaar


def documents(each: int, first: int = 0) -> Iterator[dict[str, Any]]:
    """A makelaar and an organisation, and so many services, portals, people and mandates."""
    yield {
        "kind": "IdentityProvider",
        "id": "veerhuis",
        "name": "Veerhuis",
        "oidc": {
            "issuer": "https://veerhuis.example",
            "client_id": "sluis",
            "token_endpoint_auth_method": "private_key_jwt",
        },
        "level_ceiling": "EH3",
        "speaks_for": "register",
    }
    yield {"kind": "Organisation", "kvk": "90001201", "name": "De Korenmolen"}
    for number in range(first, first + each):
        uuid = f"5ca1e000-0000-4000-8000-{number:012}"
        yield {
            "kind": "Service",
            "uuid": uuid,
            "service_id": f"urn:x:dienst:{number}",
            "name": {"nl": f"Dienst {number}", "en": f"Service {number}"},
            "provider_name": {"nl": "Gemeente", "en": "Town"},
            "provider_oin": "00000001234567890000",
            "level": "EH3",
        }
        yield {
            "kind": "Client",
            "client_id": f"portaal-{number}",
            "name": {"nl": f"Portaal {number}", "en": f"Portal {number}"},
            "services": [uuid],
            "redirect_uris": [f"https://portaal-{number}.example/terug"],
            "jwks_uri": f"https://portaal-{number}.example/jwks",
        }
        yield {
            "kind": "Person",
            "id": f"persoon-{number}",
            "name": f"Persoon {number}",
            "email": f"persoon{number}@x.example",
            "identities": [{"provider": "veerhuis", "subject": f"subject-{number}"}],
            "organisations": [{"kvk": "90001201"}],
        }
        yield {
            "kind": "Mandate",
            "person": f"persoon-{number}",
            "organisation": "90001201",
            "service": uuid,
            "level": "EH3",
            "from": "2026-01-01",
            "until": "2030-12-31",
        }


def makelaars(number: int) -> Iterator[dict[str, Any]]:
    """So many that speak SAML, each with its metadata."""
    for one in range(number):
        entity_id = f"https://makelaar-{one}.example"
        said = makelaar(f"makelaar-{one}", metadata=document("makelaar", entity_id=entity_id))
        yield {**said, "saml": {**said["saml"], "entity_id": entity_id}}
