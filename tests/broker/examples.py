"""Values for tests of one rule: a portal, its service, a request and a finished login. Each takes
the fields that differ.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from assurance.levels import AssuranceLevel
from broker.downstream import DownstreamName, LoginRequest, LoginResult
from broker.oidc.reply_to import OidcReplyTo
from consent.authority import Authority, AuthorityKind, Party, PartyIdType
from directory.services import OidcClient, Service
from providers.interface import Identity
from providers.login_facts import LoginFacts
from providers.registry import ProviderRecord
from tests.clocks import START

ISSUER: Final = "https://login.example"
CALLBACK: Final = "https://portal.example/callback"
SERVICE: Final = "7f1e6c1a-90b4-4d0e-9b52-3c1f0a77d2e4"
OTHER_SERVICE: Final = "867e12fc-c1de-4b3d-99dd-0c55a35b3a2e"
GRANT: Final = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
L: Final = AssuranceLevel


def both(text: str) -> dict[str, str]:
    """The same text in both languages, apart."""
    return {"nl": text, "en": f"{text} (en)"}


def a_client(**fields: Any) -> OidcClient:
    """A public web client with one address."""
    base = {
        "client_id": "portal",
        "name": both("Portaal"),
        "services": (SERVICE,),
        "redirect_uris": (CALLBACK,),
        "token_endpoint_auth_method": "none",
    }
    return OidcClient.model_validate({**base, **fields})


def a_service(**fields: Any) -> Service:
    """A service at EH3 that asks for a mandate and for consent."""
    base = {
        "uuid": SERVICE,
        "service_id": "urn:etoegang:DV:1:services:1",
        "name": both("Meldpunt"),
        "provider_name": both("Provincie"),
        "provider_oin": "00000004000000001000",
        "level": "EH3",
    }
    return Service.model_validate({**base, **fields})


def a_record(**fields: Any) -> ProviderRecord:
    """A makelaar that speaks OpenID Connect."""
    oidc = {"issuer": "https://makelaar.example", "client_id": "sluis"}
    base = {"id": "zekerweg", "name": "Zekerweg", "level_ceiling": "EH3", "oidc": oidc}
    return ProviderRecord.model_validate({**base, **fields})


def a_request(to: OidcReplyTo | None = None, **fields: Any) -> LoginRequest:
    """What the portal of ``a_client`` asked."""
    base: dict[str, Any] = {
        "downstream": DownstreamName.OIDC,
        "client_id": "portal",
        "service_uuid": SERVICE,
        "level": L.EH3,
        "reply_to": (to or OidcReplyTo(CALLBACK)).stored(),
    }
    return LoginRequest(**{**base, **fields})


def an_identity(**fields: Any) -> Identity:
    """Jan, as the makelaar of ``a_record`` knows him."""
    base: dict[str, Any] = {
        "provider_id": "zekerweg",
        "subject": "jan-at-zekerweg",
        "proofing": L.EH3,
        "authentication": L.EH3,
        "authenticated_at": START,
        "said": "urn:etoegang:core:assurance-class:loa3",
    }
    return Identity(**{**base, **fields})


def a_result(**fields: Any) -> LoginResult:
    """A login at a makelaar that did all by itself."""
    base: dict[str, Any] = {
        "login_id": "a" * 26,
        "reference": "AB12CD34",
        "request": a_request(),
        "person_id": "jan",
        "display_name": "Jan de Vries",
        "email": "jan@voorbeeld.example",
        "provider_id": "zekerweg",
        "provider_entity": "https://makelaar.example",
        "level": L.EH3,
        "provider_level": L.EH3,
        "proofing": L.EH3,
        "second_factor": None,
        "authenticated_at": START,
        "authority": None,
        "session_id": "a-session",
        "grant_id": GRANT,
        "facts": LoginFacts(an_identity(), SERVICE, None),
    }
    return LoginResult(**{**base, **fields})


def an_authority(**fields: Any) -> Authority:
    """A mandate for one bakery, of our register."""
    base: dict[str, Any] = {
        "represented": Party(PartyIdType.KVK, "90001201", "De Korenmolen"),
        "kind": AuthorityKind.DIRECT,
        "level": L.EH3,
        "source": "urn:sluis:register",
        "service_uuid": SERVICE,
        "valid_until": START + timedelta(days=365),
    }
    return Authority(**{**base, **fields})
