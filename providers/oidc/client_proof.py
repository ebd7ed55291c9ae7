"""How we prove to a makelaar that we are its client: a signed assertion, or a secret from a file.

RFC 6749 §2.3.1, RFC 7523 (private_key_jwt).
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, get_args
from urllib.parse import quote

from joserfc import jwt

from keys.jwks import joserfc_key, kid_for
from keys.keyring import KeyRing, KeyUse
from providers import received
from providers.interface import ProviderUnavailable
from providers.oidc.discovery import ProviderMetadata
from providers.own_key import own_key
from providers.registry import ClientAlgorithm, OidcSettings
from providers.trouble import Trouble

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_LIFE: Final = timedelta(seconds=60)
ALGORITHMS: Final[tuple[ClientAlgorithm, ...]] = get_args(ClientAlgorithm)


@dataclass(frozen=True)
class ClientProof:
    """What a request to the makelaar carries. Never logged."""

    fields: dict[str, str] = field(repr=False)
    headers: dict[str, str] = field(repr=False)


def proof(
    settings: OidcSettings, metadata: ProviderMetadata, keyring: KeyRing, now: datetime
) -> ClientProof:
    """By the method that is registered. Raises ProviderUnavailable."""
    if settings.token_endpoint_auth_method == "private_key_jwt":
        assertion = client_assertion(settings, metadata, keyring, now)
        return ClientProof(
            {
                "client_id": settings.client_id,
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": assertion,
            },
            {},
        )
    if settings.token_endpoint_auth_method == "client_secret_post":
        secret = client_secret(settings)
        return ClientProof({"client_id": settings.client_id, "client_secret": secret}, {})
    return ClientProof({}, {"Authorization": basic(settings)})


def assertion_algorithm(settings: OidcSettings, metadata: ProviderMetadata) -> ClientAlgorithm:
    """What our assertion is signed with: as registered, else the first of ours that the makelaar
    says it takes, else RS256.
    """
    if settings.token_endpoint_auth_signing_alg is not None:
        return settings.token_endpoint_auth_signing_alg
    taken = metadata.assertion_algorithms
    return next((ours for ours in ALGORITHMS if ours in taken), "RS256")


def client_assertion(
    settings: OidcSettings, metadata: ProviderMetadata, keyring: KeyRing, now: datetime
) -> str:
    """Our private_key_jwt. One audience: the issuer, of no use to anybody else, or the token
    endpoint where the registration says so. Raises ProviderUnavailable.
    """
    algorithm = assertion_algorithm(settings, metadata)
    key = own_key(keyring, KeyUse.CLIENT_SIGNING, algorithm)
    to_endpoint = settings.client_assertion_audience == "token_endpoint"
    claims = {
        "iss": settings.client_id,
        "sub": settings.client_id,
        "aud": metadata.token_endpoint if to_endpoint else settings.issuer,
        "jti": secrets.token_urlsafe(24),
        "iat": int(now.timestamp()),
        "exp": int((now + ASSERTION_LIFE).timestamp()),
    }
    header = {"alg": algorithm, "kid": kid_for(key, algorithm), "typ": "JWT"}
    return jwt.encode(header, claims, joserfc_key(key), algorithms=[algorithm])


def client_secret(settings: OidcSettings) -> str:
    """Our secret at this makelaar.

    The file is read each time: a new secret needs no restart. Raises ProviderUnavailable.
    """
    if not settings.client_secret_file:
        raise _no_secret(settings, "none is registered", "none")
    try:
        secret = Path(settings.client_secret_file).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise _no_secret(settings, "its file cannot be read: it is not there", "missing") from None
    except PermissionError:
        raise _no_secret(settings, "its file cannot be read: not allowed", "not allowed") from None
    except ValueError:
        raise _no_secret(settings, "its file cannot be read: no UTF-8", "no UTF-8") from None
    except OSError:
        raise _no_secret(settings, "its file cannot be read", "unreadable") from None
    if not secret:
        raise _no_secret(settings, "its file is empty", "empty")
    return secret


def _no_secret(settings: OidcSettings, what: str, seen: str) -> ProviderUnavailable:
    measured = {
        "setting": "oidc.client_secret_file",
        "registered": received.masked(settings.client_secret_file),
        "seen": seen,
        "auth_method": settings.token_endpoint_auth_method,
    }
    return ProviderUnavailable(f"client secret: {what}", Trouble.SECRET_FILE, measured=measured)


def check_proof(settings: OidcSettings, metadata: ProviderMetadata, keyring: KeyRing) -> None:
    """Nobody is sent to a makelaar whose code we cannot redeem. Raises ProviderUnavailable."""
    if settings.token_endpoint_auth_method == "private_key_jwt":
        own_key(keyring, KeyUse.CLIENT_SIGNING, assertion_algorithm(settings, metadata))
    else:
        client_secret(settings)


def basic(settings: OidcSettings) -> str:
    """The header of client_secret_basic (RFC 6749 §2.3.1). Raises ProviderUnavailable."""
    pair = f"{quote(settings.client_id, safe='')}:{quote(client_secret(settings), safe='')}"
    return "Basic " + base64.b64encode(pair.encode()).decode()
