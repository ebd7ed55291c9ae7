"""Our key for what we ask of a makelaar, whatever it speaks."""

from __future__ import annotations

from keys.keyring import KeyMissing, KeyRing, KeyUse, PrivateKey
from providers.interface import ProviderUnavailable
from providers.trouble import Trouble


def own_key(keyring: KeyRing, use: KeyUse, algorithm: str) -> PrivateKey:
    """The active one. Without it nobody leaves for a makelaar: raises ProviderUnavailable."""
    try:
        return keyring.active(use, algorithm)
    except KeyMissing:
        raise ProviderUnavailable(
            f"no active key of ours for {use.value}",
            Trouble.OWN_KEY,
            measured={"key_use": use.value, "seen": "none", "expected": algorithm},
        ) from None
