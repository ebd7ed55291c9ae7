"""Passkeys (WebAuthn Level 2): what the browser is asked, and whether its answer is right.

The rows stand in ``passkeys``. Attestation is neither asked nor judged: a passkey proves itself.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

MAX_ANSWER: Final = 32 * 1024  # characters of JSON
CHALLENGE_BYTES: Final = 32
TIMEOUT: Final = 5 * 60 * 1000  # milliseconds
ES256, EDDSA, RS256 = -7, -8, -257
ALGORITHMS: Final = (ES256, EDDSA, RS256)  # COSE


class PasskeyRefused(Exception):
    """The answer does not count. ``reason`` is a machine word; ``counter`` may mean a copy."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class PasskeyParty:
    """Us, as a passkey knows us (§5.1.2): ``origin`` is compared exactly."""

    origin: str
    name: str

    @property
    def id(self) -> str:
        """The host, to which passkeys are bound."""
        return urlsplit(self.origin).hostname or ""


@dataclass(frozen=True)
class PasskeyOwner:
    """Who the passkey is for. ``handle`` tells nobody who that is."""

    handle: bytes
    name: str


@dataclass(frozen=True)
class Credential:
    """A passkey as kept. ``public_key`` in COSE."""

    id: bytes
    public_key: bytes
    sign_count: int


def new_challenge() -> str:
    """256 random bits in base64url, for one answer."""
    return secrets.token_urlsafe(CHALLENGE_BYTES)


def creation_options(
    party: PasskeyParty, owner: PasskeyOwner, challenge: str, known: Sequence[Credential]
) -> str:
    """What ``navigator.credentials.create`` is asked (§5.4), as JSON with base64url values."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers import structs
    from webauthn.helpers.cose import COSEAlgorithmIdentifier

    asked = generate_registration_options(
        rp_id=party.id,
        rp_name=party.name,
        user_name=owner.name,
        user_id=owner.handle,
        challenge=_bytes(challenge),
        timeout=TIMEOUT,
        attestation=structs.AttestationConveyancePreference.NONE,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.PREFERRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=one.id) for one in known],
        supported_pub_key_algs=[COSEAlgorithmIdentifier(number) for number in ALGORITHMS],
    )
    return str(options_to_json(asked))


def request_options(party: PasskeyParty, challenge: str, known: Sequence[Credential]) -> str:
    """What ``navigator.credentials.get`` is asked (§5.5): one of these passkeys, and that the
    device asks its user for a finger, a face or a PIN.
    """
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers import structs

    asked = generate_authentication_options(
        rp_id=party.id,
        challenge=_bytes(challenge),
        timeout=TIMEOUT,
        allow_credentials=[structs.PublicKeyCredentialDescriptor(id=one.id) for one in known],
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return str(options_to_json(asked))


def created(party: PasskeyParty, challenge: str, answer: str) -> Credential:
    """The new passkey (§7.1). Raises PasskeyRefused."""
    from webauthn import verify_registration_response
    from webauthn.helpers.cose import COSEAlgorithmIdentifier

    said = _read(answer)
    try:
        verified = verify_registration_response(
            credential=said,
            expected_challenge=_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
            supported_pub_key_algs=[COSEAlgorithmIdentifier(number) for number in ALGORITHMS],
        )
    except Exception:  # the parsers of the library raise many kinds; all mean the same
        raise PasskeyRefused("registration") from None
    return Credential(verified.credential_id, verified.credential_public_key, verified.sign_count)


def credential_id(answer: str) -> bytes:
    """Which passkey answers, nothing checked. Raises PasskeyRefused."""
    return _bytes(_read(answer)["id"])


def used(party: PasskeyParty, challenge: str, answer: str, known: Credential, handle: bytes) -> int:
    """The sign counter after this use (§7.2). Raises PasskeyRefused: ``counter`` where it did not
    go forward.
    """
    from webauthn import verify_authentication_response

    said = _read(answer)
    _check_handle(said, handle)
    try:
        verified = verify_authentication_response(
            credential=said,
            expected_challenge=_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=known.public_key,
            credential_current_sign_count=0,  # ours to compare, below
            require_user_verification=True,
        )
    except Exception:  # as above
        raise PasskeyRefused("assertion") from None
    if verified.credential_id != known.id:
        raise PasskeyRefused("credential")
    count = int(verified.new_sign_count)
    if (count or known.sign_count) and count <= known.sign_count:
        raise PasskeyRefused("counter")
    return count


def _read(answer: str) -> dict[str, Any]:
    """The answer of the browser, of this page itself and not of one that frames it."""
    if len(answer) > MAX_ANSWER:
        raise PasskeyRefused("too_large")
    try:
        said = json.loads(answer)
        client = json.loads(_bytes(said["response"]["clientDataJSON"]))
        crossed = client.get("crossOrigin", False) is not False or "topOrigin" in client
        if not isinstance(said["id"], str):
            raise TypeError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise PasskeyRefused("malformed") from None
    if crossed:
        raise PasskeyRefused("cross_origin")
    return dict(said)


def _check_handle(said: dict[str, Any], handle: bytes) -> None:
    """A passkey that names its user must name this one (§7.2 step 6)."""
    named = said["response"].get("userHandle")
    if named and (not isinstance(named, str) or _bytes(named) != handle):
        raise PasskeyRefused("user_handle")


def _bytes(text: str) -> bytes:
    from webauthn import base64url_to_bytes

    try:
        return bytes(base64url_to_bytes(text))
    except (ValueError, TypeError, AttributeError):
        raise PasskeyRefused("malformed") from None
