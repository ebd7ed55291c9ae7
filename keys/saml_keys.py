"""Our keys for SAML by role: what metadata show, and with what we decrypt.

A next key is shown for signing from the moment that it exists, so that it is known before it
signs. For encryption whoever reads us uses what is shown, at once: that is one key, the current
one, unless a makelaar wants it otherwise while one follows the other.
"""

from __future__ import annotations

import enum
from typing import Final

from keys.keyring import KeyRing, KeyState, KeyUse, PrivateKey


class OwnRole(enum.StrEnum):
    """In which role we speak SAML."""

    SP = "sp"  # towards makelaars
    IDP = "idp"  # towards portals


class EncryptionShown(enum.StrEnum):
    """Which keys for encryption metadata show while one follows another."""

    CURRENT = "current"
    NEXT = "next"  # from the moment that there is one, in place of the current
    BOTH = "both"


SIGNING: Final = {OwnRole.SP: KeyUse.SAML_SIGNING, OwnRole.IDP: KeyUse.SAML_IDP_SIGNING}


def signing_key(keyring: KeyRing, role: OwnRole) -> PrivateKey:
    """The key that signs in this role. Raises KeyMissing."""
    return keyring.active(SIGNING[role], "RSA")


def shown_for_signing(keyring: KeyRing, role: OwnRole) -> tuple[PrivateKey, ...]:
    """The current one first, the next, and those that signed what may be under way."""
    return keyring.published(SIGNING[role])


def shown_for_encryption(
    keyring: KeyRing, shown: EncryptionShown = EncryptionShown.CURRENT
) -> tuple[PrivateKey, ...]:
    """Never one that retires: nobody is to begin with that."""
    known = {key.state: key for key in keyring.published(KeyUse.SAML_ENCRYPTION)}
    current, following = known.get(KeyState.ACTIVE), known.get(KeyState.NEXT)
    wanted = {
        EncryptionShown.CURRENT: (current,),
        EncryptionShown.NEXT: (following or current,),
        EncryptionShown.BOTH: (current, following),
    }
    return tuple(key for key in wanted[shown] if key is not None)


def for_decrypting(keyring: KeyRing) -> tuple[PrivateKey, ...]:
    """Every key that somebody may have encrypted to: the current one, the next, and those kept."""
    return keyring.published(KeyUse.SAML_ENCRYPTION)
