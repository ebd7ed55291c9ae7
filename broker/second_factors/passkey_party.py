"""Who we are to a passkey (WebAuthn's relying party)."""

from __future__ import annotations

from assurance.webauthn import PasskeyParty
from broker.runtime import Runtime


def party(rt: Runtime) -> PasskeyParty:
    """Us: the host and the exact origin of ``web.base_url``."""
    return PasskeyParty(rt.base_url, rt.settings.ui.name)
