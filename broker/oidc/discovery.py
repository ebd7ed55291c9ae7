"""Discovery: what this provider does, and nothing that it does not (OpenID Connect Discovery §3,
RFC 8414).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assurance import step_up
from assurance.levels import AssuranceLevel, highest_of, suffices
from assurance.step_up import Trusted
from broker.oidc import scopes
from broker.oidc.reply_to import FORM_POST, QUERY
from broker.oidc.token_endpoint import GRANTS
from consent import documents
from directory.services import Service
from keys.jose_algorithms import ALGORITHMS, VERIFIED


def reach(makelaars: Iterable[Trusted], services: Iterable[Service]) -> AssuranceLevel | None:
    """The highest level that anybody can log in with here; None before anything is registered."""
    found: list[AssuranceLevel] = []
    for record in makelaars:
        found.append(record.level_ceiling)
        if step_up.allows_factor(record):
            found.append(step_up.LOCAL_FACTOR_GIVES)
    if any(service.own_means for service in services):
        found += [level for level in AssuranceLevel if level.is_issued_by_sluis]
    return highest_of(*found)


def metadata(
    base_url: str, claims: frozenset[str], highest: AssuranceLevel | None = None
) -> dict[str, Any]:
    """The discovery document. ``claims``: names that any client may get; ``highest``: of the levels
    here (``reach``), None where every level may come.
    """
    known = [level for level in AssuranceLevel if level.eidas is not None]
    levels = [level for level in known if highest is None or suffices(highest, level)]
    return {
        "issuer": base_url,
        "authorization_endpoint": f"{base_url}/authorize",
        "token_endpoint": f"{base_url}/token",
        "pushed_authorization_request_endpoint": f"{base_url}/par",
        "require_pushed_authorization_requests": False,
        "userinfo_endpoint": f"{base_url}/userinfo",
        "end_session_endpoint": f"{base_url}/logout",
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "jwks_uri": f"{base_url}/jwks",
        "response_types_supported": ["code"],
        "response_modes_supported": [QUERY, FORM_POST],
        "grant_types_supported": list(GRANTS),
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": list(ALGORITHMS),
        "token_endpoint_auth_methods_supported": [
            "private_key_jwt",
            "client_secret_basic",
            "client_secret_post",
            "none",
        ],
        "token_endpoint_auth_signing_alg_values_supported": list(VERIFIED),
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "scopes_supported": scopes.supported(claims),
        "acr_values_supported": [
            name for level in levels for name in (level.eidas, level.loa, level.digid)
        ],
        "claims_supported": sorted(
            {"iss", "sub", "aud", "exp", "iat", "nbf", "jti", "nonce", "auth_time", "acr", "amr"}
            | {"azp", "sid", "at_hash", "loa"}
            | claims
        ),
        "claims_parameter_supported": True,
        "authorization_details_types_supported": [documents.TYPE],
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "ui_locales_supported": ["nl", "en"],
    }
