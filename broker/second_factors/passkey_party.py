"""Who we are to a passkey (WebAuthn's relying party)."""

from __future__ import annotations

from assurance.webauthn import Party
from broker.runtime import Runtime


def party(rt: Runtime) -> Party:
    """Us: the host and the exact origin of ``web.base_url``."""
    return Party(rt.base_url, rt.settings.ui.name)
